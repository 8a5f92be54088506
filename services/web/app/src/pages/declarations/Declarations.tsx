/** What villages expect to harvest. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { FilterSelect } from "../../components/filters";
import { FormDialog } from "../../components/FormDialog";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { numberOrNull, textOrNull, thousandths } from "../../format/entry";
import { number, weight } from "../../format/quantity";
import { toLocalInput } from "../../format/time";
import { COORDINATORS, LOT_ADDERS, may } from "../../session/session";
import { address } from "../../shell/page";
import { shellWords } from "../../shell/words";
import { exactNow_ms } from "../../state/clock";
import { nameOf, useCommodities } from "../../state/commodities";
import { useFilters } from "../../state/filters";
import { useList } from "../../state/list";
import { choices, useVillages } from "../../state/places";
import { toast } from "../../state/toasts";
import { declarationWords } from "./words";

type Row = Schemas["DeclarationDocument"];
const STATES = ["open", "harvested", "withdrawn"] as const;

export default function Declarations() {
  const words = declarationWords();
  const commodities = useCommodities();
  const villages = useVillages();
  const filters = useFilters(["state", "village"] as const);
  const [open, setOpen] = useState<"add" | Row>();
  const { state, village } = filters.values;
  const query = { ...(state ? { state: state as Row["state"] } : {}), ...(village ? { village } : {}) };
  const list = useList(
    `declarations ${state} ${village}`,
    (cursor) => answer(api.GET("/v1/declarations", { params: { query: { ...query, ...(cursor ? { cursor } : {}) } } })),
    [],
  );
  const adder = may(LOT_ADDERS);
  return (
    <>
      <Siblings of="demands" />
      <Heading title={words.title}>
        {adder && (
          <button type="button" class="primary" onClick={() => setOpen("add")}>
            <Icon name="plus" /> {words.add}
          </button>
        )}
        {may(COORDINATORS) && (
          <a class="button" href={address("/imports", {}, { kind: "declarations" })}>
            {words.importFile}
          </a>
        )}
      </Heading>
      <div class="filters">
        <FilterSelect filters={filters} name="state" label={words.state} options={STATES.map((one) => [one, words.states[one]])} />
        <FilterSelect filters={filters} name="village" label={words.village} options={choices(villages.data)} />
      </div>
      <Shown resource={list}>
        {({ rows, more }) => (
          <>
            {rows.length === 0 ? (
              <Empty icon="lots" title={words.empty}>
                {words.emptyNext}
              </Empty>
            ) : (
              <Table
                label={words.title}
                rows={rows}
                id={(row) => row.id}
                columns={[
                  { name: "village", title: words.village, cell: (row) => row.village },
                  { name: "commodity", title: words.commodity, cell: (row) => [nameOf(commodities, row.commodity_id), row.variety, row.grade].filter(Boolean).join(" · ") },
                  { name: "on", title: words.harvestOn, cell: (row) => <Moment at={row.harvest_on} style="day" /> },
                  { name: "expected", title: words.expected, number: true, cell: (row) => weight(row.expected_g) },
                  { name: "confidence", title: words.confidence, number: true, cell: (row) => `${number(row.confidence_pct)} %` },
                  { name: "harvested", title: words.harvested, number: true, cell: (row) => weight(row.harvested_g) },
                  { name: "state", title: words.state, cell: (row) => words.states[row.state] },
                  {
                    name: "change",
                    title: words.change,
                    cell: (row) =>
                      adder && row.state === "open" && (
                        <button type="button" onClick={() => setOpen(row)}>
                          {words.withdraw}
                        </button>
                      ),
                  },
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
      {open === "add" && villages.data && commodities.size > 0 && (
        <FormDialog
          title={words.add}
          fields={[
            { name: "village", label: words.village, options: choices(villages.data) },
            { name: "commodity_id", label: words.commodity, options: [...commodities.keys()].map((id) => [id, nameOf(commodities, id)]) },
            { name: "expected_kg", label: words.expectedKg, kind: "decimal", pointer: "/expected_g" },
            { name: "harvest_on", label: words.harvestOn, kind: "date" },
            { name: "confidence_pct", label: words.confidence, kind: "decimal", hint: words.confidenceHint },
            { name: "variety", label: words.variety, optional: true },
            { name: "grade", label: words.grade, optional: true },
            { name: "grower_group", label: words.group, optional: true },
            { name: "gap_code", label: words.gap, optional: true },
            { name: "note", label: words.note, kind: "area", optional: true },
          ]}
          start={{ confidence_pct: "80", harvest_on: toLocalInput(exactNow_ms()).slice(0, 10) }}
          save={words.save}
          onClose={() => setOpen(undefined)}
          submit={async (typed) => {
            const made = await answer(
              api.POST("/v1/declarations", {
                body: {
                  village: typed["village"] ?? "",
                  commodity_id: typed["commodity_id"] ?? "",
                  expected_g: thousandths(typed["expected_kg"] ?? ""),
                  harvest_on: typed["harvest_on"] ?? "",
                  confidence_pct: numberOrNull(typed["confidence_pct"]) ?? 100,
                  variety: textOrNull(typed["variety"]),
                  grade: textOrNull(typed["grade"]),
                  grower_group: textOrNull(typed["grower_group"]),
                  gap_code: textOrNull(typed["gap_code"]),
                  note: textOrNull(typed["note"]),
                },
              }),
            );
            toast(words.saved(made.village));
            void list.reload();
          }}
        />
      )}
      {typeof open === "object" && (
        <FormDialog
          title={words.withdrawTitle(open.village)}
          fields={[{ name: "reason", label: words.reason }]}
          save={words.withdraw}
          onClose={() => setOpen(undefined)}
          submit={async (typed) => {
            await answer(
              api.POST("/v1/declarations/{declaration_id}/withdraw", { params: { path: { declaration_id: open.id } }, body: { reason: typed["reason"] ?? "" } }),
            );
            toast(words.withdrawn(open.village));
            void list.reload();
          }}
        />
      )}
    </>
  );
}
