/** Shows what would be stored of a message, before a gateway is set to send the like. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { Moment } from "../../components/Moment";
import { ProblemNote } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Table } from "../../components/Table";
import { humidity, number, temperature } from "../../format/quantity";
import { useResource } from "../../state/resource";
import { pasted } from "./silence";
import { deviceWords } from "./words";

const SAMPLE = '{"seq": 1, "readings": [{"sensor": "TH-1", "temperature_c": 13.4, "humidity_pct": 88}]}';
const WRITINGS = ["text", "hex", "base64"] as const;

export function TryMessage({ onClose }: { onClose: () => void }) {
  const words = deviceWords();
  const formats = useResource("formats", () => answer(api.GET("/v1/decode/formats")));
  const [format, setFormat] = useState("native");
  const [writing, setWriting] = useState<string>("text");
  const [text, setText] = useState(SAMPLE);
  const [found, setFound] = useState<Schemas["DecodedMessage"]>();
  const [problem, setProblem] = useState<Problem>();

  async function decode(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setProblem(undefined);
    setFound(undefined);
    try {
      setFound(await answer(api.POST("/v1/decode", { body: { format, content_base64: pasted(text, writing) ?? "?", gateway: "gateway" } })));
    } catch (error) {
      setProblem(asProblem(error));
    }
  }

  return (
    <Dialog title={words.tryTitle} onClose={onClose}>
      <p>{words.tryIntro}</p>
      <form onSubmit={(event) => void decode(event)}>
        <Shown resource={formats} rows={1}>
          {(names) => (
            <Field label={words.format}>
              {(control) => (
                <select {...control} value={format} onChange={(event) => setFormat(event.currentTarget.value)}>
                  {names.map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </select>
              )}
            </Field>
          )}
        </Shown>
        <Field label={words.written}>
          {(control) => (
            <select {...control} value={writing} onChange={(event) => setWriting(event.currentTarget.value)}>
              {WRITINGS.map((one) => (
                <option key={one} value={one}>
                  {words.writings[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={words.message} fault={problem?.faultOf("/content_base64")}>
          {(control) => <textarea {...control} rows={5} required value={text} onInput={(event) => setText(event.currentTarget.value)} />}
        </Field>
        <button type="submit" class="primary">
          {words.decode}
        </button>
      </form>
      {problem && problem.faults.length === 0 && <ProblemNote problem={problem} />}
      {found && (
        <div role="status">
          <h3>{words.wouldStore(number(found.readings.length))}</h3>
          <Table
            label={words.sensors}
            rows={found.readings}
            id={(row) => `${row.sensor} ${row.at}`}
            columns={[
              { name: "sensor", title: words.sensor, cell: (row) => row.sensor },
              { name: "at", title: words.at, cell: (row) => <Moment at={row.at} /> },
              { name: "temperature", title: words.temperature, number: true, cell: (row) => temperature(row.temperature_c, 2) },
              { name: "humidity", title: words.humidity, number: true, cell: (row) => humidity(row.humidity_pct) },
              { name: "doubts", title: words.doubts, cell: (row) => row.doubts.join("; ") || "–" },
            ]}
          />
          {found.rejected.map((one) => (
            <p key={one.index} class="fault">
              {words.rejected(number(one.index), one.reason)}
            </p>
          ))}
          {found.note !== null && <p class="hint">{found.note}</p>}
        </div>
      )}
    </Dialog>
  );
}
