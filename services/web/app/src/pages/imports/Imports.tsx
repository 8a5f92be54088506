/** Sheets taken in whole: checked first, with every fault by row and column. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { type FieldFault, type Problem, asProblem } from "../../api/problem";
import { Choice } from "../../components/Choice";
import { Field } from "../../components/Field";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { ProblemNote } from "../../components/notes";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { base64Of } from "../../files/base64";
import { csv, save } from "../../files/sheet";
import { number } from "../../format/quantity";
import { address } from "../../shell/page";
import { useFilters } from "../../state/filters";
import { KINDS, type Kind, SHEETS, columnsOf, placed } from "./sheets";
import { importWords } from "./words";
import "./imports.css";

type Outcome = Schemas["ImportDocument"];
/** The API takes a million characters of base64. */
const MOST_BYTES = 740_000;
const SHOWN_AT: Record<Kind, string> = { demands: "/demands", declarations: "/declarations", lots: "/lots", villages: "/places" };

export default function Imports() {
  const words = importWords();
  const filters = useFilters(["kind"] as const);
  const kind = KINDS.find((one) => one === filters.values.kind) ?? "demands";
  const [file, setFile] = useState<File>();
  const [busy, setBusy] = useState<"check" | "take">();
  const [outcome, setOutcome] = useState<Outcome>();
  const [problem, setProblem] = useState<Problem>();
  const [over, setOver] = useState(false);

  async function send(chosen: File, dryRun: boolean): Promise<void> {
    setBusy(dryRun ? "check" : "take");
    setProblem(undefined);
    setOutcome(undefined);
    try {
      setOutcome(
        await answer(
          api.POST("/v1/imports/{kind}", {
            params: { path: { kind } },
            body: { file_name: chosen.name, content_base64: await base64Of(chosen), zone: "Asia/Bangkok", dry_run: dryRun },
          }),
        ),
      );
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(undefined);
    }
  }

  function choose(chosen: File | undefined): void {
    setFile(chosen);
    setOutcome(undefined);
    setProblem(undefined);
    if (chosen && chosen.size <= MOST_BYTES) void send(chosen, true);
  }

  const tooLarge = file !== undefined && file.size > MOST_BYTES;
  return (
    <>
      <Siblings of="demands" />
      <Heading title={words.title} />
      <p>{words.lead}</p>
      <section class="card">
        <Choice
          label={words.kind}
          options={KINDS.map((one) => [one, words.kinds[one]])}
          value={kind}
          choose={(one) => {
            filters.set("kind", one);
            choose(undefined);
          }}
        />
        <div
          class={over ? "drop over" : "drop"}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            choose(event.dataTransfer?.files[0]);
          }}
        >
          <Field label={words.drop}>
            {(control) => (
              <input
                {...control}
                key={kind}
                type="file"
                accept=".csv,.xlsx,.xls,.json"
                onChange={(event) => choose(event.currentTarget.files?.[0])}
              />
            )}
          </Field>
          <button type="button" onClick={() => save(new Blob([csv(columnsOf(kind).map((title) => ({ title, value: () => null })), [])]), `${kind}.csv`)}>
            <Icon name="download" /> {words.sample}
          </button>
        </div>
        <details>
          <summary>{words.columns}</summary>
          <ul class="column-names">
            {columnsOf(kind).map((name) => (
              <li key={name}>
                <code>{name}</code> <small>{SHEETS[kind].needed.includes(name) ? words.required : words.maybe}</small>
              </li>
            ))}
          </ul>
        </details>
      </section>
      {tooLarge && <p class="fault">{words.tooLarge("740 kB")}</p>}
      <div role="status">
        {busy && <p>{busy === "check" ? words.checking : words.taking}</p>}
        {outcome?.dry_run === true && (
          <p class="lead">
            <Icon name="check" /> {words.good(number(outcome.rows))}
          </p>
        )}
        {outcome?.dry_run === false && (
          <p class="lead">
            <Icon name="check" /> {words.taken(number(outcome.rows))} · <a href={address(SHOWN_AT[kind])}>{words.see}</a>
          </p>
        )}
      </div>
      {file && !tooLarge && outcome?.dry_run !== false && (
        <div class="buttons">
          {outcome?.dry_run === true ? (
            <button type="button" class="primary" disabled={busy !== undefined} onClick={() => void send(file, false)}>
              {words.take}
            </button>
          ) : (
            <button type="button" disabled={busy !== undefined} onClick={() => void send(file, true)}>
              {words.check}
            </button>
          )}
        </div>
      )}
      {problem && (problem.faults.length > 0 ? <Faults kind={kind} faults={problem.faults} /> : <ProblemNote problem={problem} />)}
    </>
  );
}

function Faults({ kind, faults }: { kind: Kind; faults: readonly FieldFault[] }) {
  const words = importWords();
  const where = (fault: FieldFault) => {
    const { row, column } = placed(fault.pointer);
    return [row, column].filter(Boolean).join(" · ");
  };
  return (
    <section class="card" role="alert">
      <div class="card-head">
        <h2>{words.faults(number(faults.length))}</h2>
        <button
          type="button"
          onClick={() =>
            save(
              new Blob([
                csv(
                  [
                    { title: words.place, value: where },
                    { title: words.wrong, value: (fault: FieldFault) => fault.detail },
                    { title: words.remedy, value: (fault) => fault.remedy },
                  ],
                  faults,
                ),
              ]),
              `${kind}-faults.csv`,
            )
          }
        >
          <Icon name="download" /> {words.saveFaults}
        </button>
      </div>
      <Table
        label={words.wrong}
        rows={faults.map((fault, at) => ({ ...fault, at }))}
        id={(fault) => String(fault.at)}
        columns={[
          { name: "place", title: words.place, cell: where },
          { name: "wrong", title: words.wrong, cell: (fault) => fault.detail },
          { name: "remedy", title: words.remedy, cell: (fault) => fault.remedy },
        ]}
      />
    </section>
  );
}
