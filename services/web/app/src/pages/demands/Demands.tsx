/** What buyers want, when and how: the book that supply is matched to. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";

import { type Schemas, answer, api, everyRow } from "../../api/client";
import { ExportButtons } from "../../components/ExportButtons";
import { FilterSearch, FilterSelect, SavedViews } from "../../components/filters";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { baht, number, weight } from "../../format/quantity";
import { COORDINATORS, RESPONDERS, may } from "../../session/session";
import { address } from "../../shell/page";
import { shellWords } from "../../shell/words";
import { nameOf, useCommodities } from "../../state/commodities";
import { useFilters } from "../../state/filters";
import { useList } from "../../state/list";
import { DemandForm } from "./DemandForm";
import { demandWords } from "./words";

type Row = Schemas["DemandDocument"];
const STATES = ["open", "withdrawn"] as const;
const FILTERS = ["q", "state", "commodity"] as const;

export default function Demands() {
  const words = demandWords();
  const commodities = useCommodities();
  const { route } = useLocation();
  const filters = useFilters(FILTERS);
  const [adding, setAdding] = useState(false);
  const { q = "", state, commodity } = filters.values;
  const query = {
    ...(state ? { state: state as Row["state"] } : {}),
    ...(commodity ? { commodity_id: commodity } : {}),
  };
  const page = (limit: number) => (cursor: string | undefined) =>
    answer(api.GET("/v1/demands", { params: { query: { ...query, limit, ...(cursor ? { cursor } : {}) } } }));
  const list = useList(`demands ${state} ${commodity}`, page(100), []);
  const matches = (row: Row) => {
    const text = [row.code, row.buyer, row.exporter, row.destination, row.hub, nameOf(commodities, row.commodity_id)].join(" ").toLowerCase();
    return q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  };
  return (
    <>
      <Siblings of="demands" />
      <Heading title={words.title}>
        {may(RESPONDERS) && (
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            <Icon name="plus" /> {words.add}
          </button>
        )}
        {may(COORDINATORS) && (
          <>
            <a class="button" href={address("/imports", {}, { kind: "demands" })}>
              {words.importFile}
            </a>
            <a class="button" href={address("/sourcing")}>
              {words.source}
            </a>
          </>
        )}
        <ExportButtons
          name="demands"
          columns={() => [
            { title: words.code, value: (row: Row) => row.code },
            { title: words.exporter, value: (row) => row.exporter, width: 24 },
            { title: words.buyer, value: (row) => row.buyer, width: 24 },
            { title: words.commodity, value: (row) => nameOf(commodities, row.commodity_id) },
            { title: words.grade, value: (row) => row.grade },
            { title: words.quantityKg, value: (row) => row.quantity_g / 1000 },
            { title: words.per, value: (row) => words.pers[row.per] },
            { title: words.from, value: (row) => row.from_on },
            { title: words.to, value: (row) => row.to_on },
            { title: words.hub, value: (row) => row.hub },
            { title: words.destination, value: (row) => row.destination },
            { title: words.minLife, value: (row) => row.min_life_days },
            { title: words.price, value: (row) => row.price_satang_per_kg / 100 },
            { title: words.state, value: (row) => words.states[row.state] },
          ]}
          rows={async (each) => (await everyRow(page(500), each)).filter(matches)}
        />
      </Heading>
      <div class="filters">
        <FilterSearch filters={filters} name="q" label={words.search} />
        <FilterSelect filters={filters} name="state" label={words.state} options={STATES.map((one) => [one, words.states[one]])} />
        <FilterSelect filters={filters} name="commodity" label={words.commodity} options={[...commodities.keys()].map((id) => [id, nameOf(commodities, id)])} />
        <SavedViews list="demands" filters={filters} />
      </div>
      <Shown resource={list} rows={6}>
        {({ rows, more }) => {
          const shown = rows.filter(matches);
          return (
            <>
              {shown.length === 0 ? (
                <Empty icon="demand" title={filters.any ? words.noMatch : words.empty}>
                  {filters.any ? words.noMatchNext : words.emptyNext}
                </Empty>
              ) : (
                <Table
                  label={words.title}
                  rows={shown}
                  id={(row) => row.id}
                  href={(row) => address("/demands/:code", { code: row.code })}
                  columns={[
                    { name: "code", title: words.code, cell: (row) => row.code },
                    { name: "buyer", title: words.buyer, cell: (row) => row.buyer },
                    { name: "exporter", title: words.exporter, cell: (row) => row.exporter },
                    { name: "commodity", title: words.commodity, cell: (row) => [nameOf(commodities, row.commodity_id), row.variety, row.grade].filter(Boolean).join(" · ") },
                    { name: "quantity", title: words.quantity, number: true, cell: (row) => `${weight(row.quantity_g)} / ${words.pers[row.per]}` },
                    { name: "period", title: words.period, cell: (row) => (<><Moment at={row.from_on} style="date" /> – <Moment at={row.to_on} style="date" /></>) },
                    { name: "way", title: words.destination, cell: (row) => `${row.hub} → ${row.destination}` },
                    { name: "life", title: words.minLife, number: true, cell: (row) => number(row.min_life_days) },
                    { name: "price", title: words.price, number: true, cell: (row) => baht(row.price_satang_per_kg) },
                    { name: "state", title: words.state, cell: (row) => words.states[row.state] },
                  ]}
                />
              )}
              {more && (
                <button type="button" onClick={list.extend}>
                  {shellWords().more}
                </button>
              )}
            </>
          );
        }}
      </Shown>
      {adding && <DemandForm onClose={() => setAdding(false)} done={(code) => route(address("/demands/:code", { code }))} />}
    </>
  );
}
