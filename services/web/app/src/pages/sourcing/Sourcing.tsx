/** Every matching of supply to demand, and the way to a new one. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";

import { type Schemas, answer, api } from "../../api/client";
import { FormDialog } from "../../components/FormDialog";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { numberOrNull, textOrNull, thousandths } from "../../format/entry";
import { number, weight } from "../../format/quantity";
import { written } from "../../format/time";
import { COORDINATORS, may } from "../../session/session";
import { address } from "../../shell/page";
import { shellWords } from "../../shell/words";
import { useList } from "../../state/list";
import { toast } from "../../state/toasts";
import { sourcingWords } from "./words";

type Rules = Schemas["SourcingRules"];

export default function Sourcing() {
  const words = sourcingWords();
  const { route } = useLocation();
  const [starting, setStarting] = useState(false);
  const list = useList("sourcing", (cursor) => answer(api.GET("/v1/sourcing", { params: { query: cursor ? { cursor } : {} } })), []);
  const start = may(COORDINATORS) && (
    <button type="button" class="primary" onClick={() => setStarting(true)}>
      <Icon name="search" /> {words.start}
    </button>
  );
  return (
    <>
      <Siblings of="demands" />
      <Heading title={words.title}>{start}</Heading>
      <Shown resource={list}>
        {({ rows, more }) => (
          <>
            {rows.length === 0 ? (
              <Empty icon="demand" title={words.empty}>
                {words.emptyNext}
              </Empty>
            ) : (
              <Table
                label={words.title}
                rows={rows}
                id={(row) => row.id}
                href={(row) => address("/sourcing/:id", { id: row.id })}
                columns={[
                  { name: "when", title: words.when, cell: (row) => written(row.created_at) },
                  { name: "state", title: words.state, cell: (row) => words.states[row.state] },
                  { name: "by", title: words.by, cell: (row) => row.created_by },
                  { name: "days", title: words.span, number: true, cell: (row) => number(row.days) },
                  { name: "needed", title: words.needed, number: true, cell: (row) => weight(row.totals?.needed_g) },
                  { name: "met", title: words.met, number: true, cell: (row) => weight(row.totals?.met_g) },
                  { name: "short", title: words.short, number: true, cell: (row) => weight(row.totals?.short_g) },
                  { name: "decided", title: words.decided, number: true, cell: (row) => weight(row.totals?.accepted_g) },
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
      {starting && (
        <FormDialog
          title={words.start}
          intro={words.startIntro}
          fields={[
            { name: "days", label: words.days, kind: "decimal" },
            { name: "exporter", label: words.exporter, hint: words.exporterHint, optional: true },
            { name: "fairness", label: words.fairness, pointer: "/rules/fairness", options: (["offered", "equal", "none"] as const).map((one) => [one, words.fairnesses[one]]) },
            {
              name: "substitution",
              label: words.substitution,
              pointer: "/rules/substitution",
              options: (["better_serves_lower", "exact"] as const).map((one) => [one, words.substitutions[one]]),
            },
            { name: "min_line_kg", label: words.minLine, kind: "decimal", pointer: "/rules/min_line_g" },
            { name: "ambient_c", label: words.ambient, kind: "decimal" },
            { name: "collection_h", label: words.collection, kind: "decimal" },
          ]}
          start={{ days: "7", min_line_kg: "0", ambient_c: "32", collection_h: "12" }}
          save={words.go}
          onClose={() => setStarting(false)}
          submit={async (typed) => {
            const job = await answer(
              api.POST("/v1/sourcing", {
                body: {
                  days: numberOrNull(typed["days"]) ?? 7,
                  exporter: textOrNull(typed["exporter"]),
                  ambient_c: numberOrNull(typed["ambient_c"]) ?? 32,
                  collection_h: numberOrNull(typed["collection_h"]) ?? 12,
                  rules: {
                    fairness: typed["fairness"],
                    substitution: typed["substitution"],
                    min_line_g: thousandths(typed["min_line_kg"] ?? "0"),
                  } as Rules,
                } as Schemas["SourcingRequest"], // what is left out stands as the API has it
              }),
            );
            toast(words.started);
            route(address("/sourcing/:id", { id: job.id }));
          }}
        />
      )}
    </>
  );
}
