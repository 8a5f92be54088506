/** One lot at the gate: taken, taken in part, or refused with the reason; and how warm its pulp is. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Choice } from "../../components/Choice";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { ProblemNote } from "../../components/notes";
import { numberOrNull, textOrNull, thousandths, typedNumber } from "../../format/entry";
import type { Expected } from "./Coming";
import { hubWords } from "./words";

type Decision = Schemas["ReceiptLine"]["decision"];
type Reason = NonNullable<Schemas["ReceiptLine"]["reason"]>;
const DECISIONS: readonly Decision[] = ["accepted", "partly", "refused"];

interface Properties {
  hub: string;
  lot: Expected;
  onClose: () => void;
  onDone: () => void;
}

export function Receiving({ hub, lot, onClose, onDone }: Properties) {
  const words = hubWords();
  const [decision, setDecision] = useState<Decision>("accepted");
  const [typed, setTyped] = useState({ weight: String(lot.weight_g / 1000), crates: String(lot.crates), refused: "", celsius: "", reason: "", note: "" });
  const [problem, setProblem] = useState<Problem>();
  const fault = (name: string) => problem?.faultOf(`/lines/0/${name}`);
  const control = (name: keyof typeof typed) => ({
    value: typed[name],
    onInput: (event: { currentTarget: HTMLInputElement }) => setTyped({ ...typed, [name]: event.currentTarget.value }),
  });

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const taken = decision !== "refused";
    const celsius = numberOrNull(typed.celsius);
    const line = {
      lot: lot.lot,
      decision,
      weight_g: taken ? thousandths(typed.weight) : 0,
      crates: taken ? typedNumber(typed.crates) : 0,
      refused_weight_g: decision === "accepted" ? 0 : taken ? thousandths(typed.refused) : lot.weight_g,
      temperature_c: celsius,
      reason: decision === "accepted" ? null : ((typed.reason || null) as Reason | null),
      note: textOrNull(typed.note),
    };
    try {
      await answer(api.POST("/v1/hubs/{hub}/receipts", { params: { path: { hub } }, body: { lines: [line] } }));
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
    }
  }

  return (
    <Dialog title={words.receiveTitle(lot.lot)} onClose={onClose}>
      {problem && <ProblemNote problem={problem} />}
      <form class="large" onSubmit={(event) => void submit(event)}>
        <Choice label={words.decision} options={DECISIONS.map((one) => [one, words.decisions[one]])} value={decision} choose={(one) => setDecision(one as Decision)} />
        {decision !== "refused" && (
          <div class="pair">
            <Field label={words.weight} fault={fault("weight_g")}>
              {(field) => <input {...field} inputMode="decimal" required {...control("weight")} />}
            </Field>
            <Field label={words.crates} fault={fault("crates")}>
              {(field) => <input {...field} inputMode="numeric" required {...control("crates")} />}
            </Field>
          </div>
        )}
        {decision === "partly" && (
          <Field label={words.refusedWeight} fault={fault("refused_weight_g")}>
            {(field) => <input {...field} inputMode="decimal" required {...control("refused")} />}
          </Field>
        )}
        {decision !== "accepted" && (
          <Field label={words.reason} fault={fault("reason")}>
            {(field) => (
              <select {...field} required value={typed.reason} onChange={(event) => setTyped({ ...typed, reason: event.currentTarget.value })}>
                <option value="">{words.choose}</option>
                {Object.entries(words.reasons).map(([name, word]) => (
                  <option key={name} value={name}>
                    {word}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        <Field label={words.pulp} fault={fault("temperature_c")}>
          {(field) => <input {...field} inputMode="decimal" {...control("celsius")} />}
        </Field>
        <Field label={words.note}>{(field) => <input {...field} maxLength={400} {...control("note")} />}</Field>
        <button type="submit" class="primary wide">
          {words.save}
        </button>
      </form>
    </Dialog>
  );
}
