/** Who changed what, from what to what; and a signed checkpoint to keep elsewhere. */

import { type Schemas, answer, api } from "../../api/client";
import { Field } from "../../components/Field";
import { FilterSearch } from "../../components/filters";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { save } from "../../files/sheet";
import { number } from "../../format/quantity";
import { fromLocalInput } from "../../format/time";
import { shellWords } from "../../shell/words";
import { act } from "../../state/act";
import { useFilters } from "../../state/filters";
import { useList } from "../../state/list";
import { differences } from "./differences";
import { auditWords } from "./words";

type Entry = Schemas["JournalEntryDocument"];

export default function Audit() {
  const words = auditWords();
  const filters = useFilters(["kind", "object", "actor", "from", "to"] as const);
  const { kind, object, actor, from, to } = filters.values;
  const instant = (day: string | undefined) => (day ? new Date(fromLocalInput(`${day}T00:00`)).toISOString() : undefined);
  const list = useList(
    `audit ${kind} ${object} ${actor} ${from} ${to}`,
    (cursor) =>
      answer(
        api.GET("/v1/audit", {
          params: {
            query: {
              limit: 100,
              ...(cursor ? { cursor } : {}),
              ...(kind ? { object_kind: kind } : {}),
              ...(object ? { object_id: object } : {}),
              ...(actor ? { actor } : {}),
              ...(from ? { from: instant(from) } : {}),
              ...(to ? { to: instant(to) } : {}),
            } as Record<string, string | number>,
          },
        }),
      ),
    [],
  );
  const checkpoint = async () => {
    const found = await answer(api.GET("/v1/audit/checkpoint"));
    save(new Blob([JSON.stringify(found, null, 2)], { type: "application/json" }), `checkpoint-${found.made_at.slice(0, 10)}.json`);
  };
  return (
    <>
      <Siblings of="settings" />
      <Heading title={words.title}>
        <button type="button" title={words.checkpointHint} onClick={() => void act(checkpoint, words.checkpointHint)}>
          <Icon name="download" /> {words.checkpoint}
        </button>
      </Heading>
      <p>{words.lead}</p>
      <div class="filters">
        <FilterSearch filters={filters} name="kind" label={words.kind} />
        <FilterSearch filters={filters} name="object" label={words.object} />
        <FilterSearch filters={filters} name="actor" label={words.actor} />
        {(["from", "to"] as const).map((name) => (
          <Field key={name} label={words[name]}>
            {(control) => <input {...control} type="date" value={filters.values[name] ?? ""} onChange={(event) => filters.set(name, event.currentTarget.value || undefined)} />}
          </Field>
        ))}
      </div>
      <Shown resource={list} rows={8}>
        {({ rows, more }) => (
          <>
            {rows.length === 0 ? (
              <Empty icon="check" title={words.empty}>
                {words.emptyNext}
              </Empty>
            ) : (
              <Table
                label={words.title}
                rows={rows}
                id={(row) => String(row.number)}
                columns={[
                  { name: "number", title: words.number, cell: (row) => number(row.number) },
                  { name: "at", title: words.at, cell: (row) => <Moment at={row.at} /> },
                  { name: "actor", title: words.actor, cell: (row) => row.actor },
                  { name: "operation", title: words.operation, cell: (row) => words.operations[row.operation as keyof typeof words.operations] ?? row.operation },
                  { name: "kind", title: words.kind, cell: (row) => <code>{`${row.object_kind} ${row.object_id}`}</code> },
                  { name: "changes", title: words.changes, cell: (row) => <Changes of={row} /> },
                  { name: "reason", title: words.reason, cell: (row) => row.reason ?? "–" },
                ]}
              />
            )}
            {more && (
              <button type="button" onClick={list.extend}>
                {shellWords().more}
              </button>
            )}
          </>
        )}
      </Shown>
    </>
  );
}

const SHOWN = 6;

function Changes({ of }: { of: Entry }) {
  const found = differences(of.before, of.after);
  const line = (one: (typeof found)[number]) => <div key={one.name}>{`${one.name}: ${one.before} → ${one.after}`}</div>;
  if (found.length <= SHOWN) return <>{found.map(line)}</>;
  return (
    <details>
      <summary>{`${auditWords().changes} (${number(found.length)})`}</summary>
      {found.map(line)}
    </details>
  );
}
