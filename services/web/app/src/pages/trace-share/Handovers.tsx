/** Who had a shipment after whom, and the form that records the next one. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { Empty, ProblemNote } from "../../components/notes";
import { Table } from "../../components/Table";
import { Moment } from "../../components/Moment";
import { numberOrNull, textOrNull } from "../../format/entry";
import { NOTHING, temperature } from "../../format/quantity";
import { toLocalInput } from "../../format/time";
import { RESPONDERS, may } from "../../session/session";
import { exactNow_ms } from "../../state/clock";
import { toast } from "../../state/toasts";
import { instant } from "./legs";
import { wayWords } from "./words";

type Handover = Schemas["HandoverDocument"];

interface Properties {
  shipment: string;
  handovers: readonly Handover[];
  onRecorded: () => void;
}

export function Handovers({ shipment, handovers, onRecorded }: Properties) {
  const words = wayWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      {handovers.length === 0 ? (
        <Empty icon="share" title={words.noHandovers}>
          {words.noHandoversNext}
        </Empty>
      ) : (
        <Table
          label={words.handovers}
          rows={handovers}
          id={(row) => row.id}
          columns={[
            { name: "at", title: words.at, cell: (row) => <Moment at={row.at} /> },
            { name: "from", title: words.giver, cell: (row) => row.from_party },
            { name: "to", title: words.taker, cell: (row) => row.to_party },
            { name: "place", title: words.place, cell: (row) => row.place },
            { name: "temperature", title: words.temperature, number: true, cell: (row) => temperature(row.temperature_c) },
            { name: "seal", title: words.seal, cell: (row) => row.seal ?? NOTHING },
            { name: "note", title: words.note, cell: (row) => row.note ?? NOTHING },
          ]}
        />
      )}
      {may(RESPONDERS) && (
        <button type="button" onClick={() => setOpen(true)}>
          {words.record}
        </button>
      )}
      {open && (
        <Recording
          shipment={shipment}
          holder={handovers.at(-1)?.to_party ?? ""}
          onClose={() => setOpen(false)}
          onRecorded={() => {
            setOpen(false);
            toast(words.recorded);
            onRecorded();
          }}
        />
      )}
    </>
  );
}

function Recording({ shipment, holder, onClose, onRecorded }: { shipment: string; holder: string; onClose: () => void; onRecorded: () => void }) {
  const words = wayWords();
  const [typed, setTyped] = useState({ from_party: holder, to_party: "", place: "", at: toLocalInput(exactNow_ms()), temperature_c: "", seal: "", note: "" });
  const [problem, setProblem] = useState<Problem>();
  const texts: [keyof typeof typed, string, boolean, string][] = [
    ["from_party", words.giver, true, "text"],
    ["to_party", words.taker, true, "text"],
    ["place", words.place, true, "text"],
    ["at", words.at, true, "datetime-local"],
    ["temperature_c", words.temperature, false, "text"],
    ["seal", words.seal, false, "text"],
    ["note", words.note, false, "text"],
  ];

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const body = {
      from_party: typed.from_party.trim(),
      to_party: typed.to_party.trim(),
      place: typed.place.trim(),
      at: instant(typed.at),
      temperature_c: numberOrNull(typed.temperature_c),
      seal: textOrNull(typed.seal),
      note: textOrNull(typed.note),
    };
    try {
      await answer(api.POST("/v1/shipments/{shipment}/handovers", { params: { path: { shipment } }, body }));
      onRecorded();
    } catch (error) {
      setProblem(asProblem(error));
    }
  }

  return (
    <Dialog title={words.record} onClose={onClose}>
      {problem && <ProblemNote problem={problem} />}
      <form onSubmit={(event) => void submit(event)}>
        {texts.map(([name, label, required, type]) => (
          <Field key={name} label={label} fault={problem?.faultOf(`/${name}`)}>
            {(field) => <input {...field} type={type} required={required} value={typed[name]} onInput={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })} />}
          </Field>
        ))}
        <button type="submit" class="primary wide">
          {words.save}
        </button>
      </form>
    </Dialog>
  );
}
