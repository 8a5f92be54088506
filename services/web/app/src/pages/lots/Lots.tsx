/** Every lot, where it is, and how long it keeps. */

import { type Schemas, answer, api, everyRow } from "../../api/client";
import { ExportButtons } from "../../components/ExportButtons";
import { FilterSearch, FilterSelect, SavedViews } from "../../components/filters";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Table } from "../../components/Table";
import { VERDICTS, Verdict, type VerdictName } from "../../components/Verdict";
import type { SheetColumn } from "../../files/sheet";
import { lifeRange } from "../../format/life";
import { number, weight } from "../../format/quantity";
import { toMs } from "../../format/time";
import { LOT_ADDERS, may } from "../../session/session";
import { address } from "../../shell/page";
import { shellWords } from "../../shell/words";
import { nameOf, useCommodities } from "../../state/commodities";
import { useFilters } from "../../state/filters";
import { useList } from "../../state/list";
import { lotWords } from "./words";

type Row = Schemas["LotDocument"];
const STATES = ["waiting", "planned", "loaded", "received", "withdrawn", "refused", "split", "merged"] as const;
const FILTERS = ["q", "state", "verdict", "village"] as const;
const ROWS_A_PAGE = 100;

export default function Lots() {
  const words = lotWords();
  const shared = shellWords();
  const commodities = useCommodities();
  const filters = useFilters(FILTERS);
  const { q = "", state, verdict, village } = filters.values;
  const query = {
    ...(state ? { state: state as Row["state"] } : {}),
    ...(verdict ? { verdict: verdict as VerdictName } : {}),
    ...(village ? { village } : {}),
  };
  const page = (limit: number) => (cursor: string | undefined) =>
    answer(api.GET("/v1/lots", { params: { query: { ...query, limit, ...(cursor ? { cursor } : {}) } } }));
  const list = useList(`lots ${state} ${verdict} ${village}`, page(ROWS_A_PAGE), ["lot.freshness"]);
  const matches = (row: Row) => {
    const text = [row.code, row.village, nameOf(commodities, row.commodity_id), row.truck, row.hub].join(" ").toLowerCase();
    return q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  };
  return (
    <>
      <Heading title={words.title}>
        {may(LOT_ADDERS) && (
          <a class="button primary" href={address("/lots/new")}>
            <Icon name="plus" /> {words.add}
          </a>
        )}
        <ExportButtons
          name="lots"
          columns={() => sheet((row) => nameOf(commodities, row.commodity_id))}
          rows={async (each) => (await everyRow(page(500), each)).filter(matches)}
        />
      </Heading>
      <div class="filters">
        <FilterSearch filters={filters} name="q" label={words.search} />
        <FilterSelect filters={filters} name="state" label={words.state} options={STATES.map((one) => [one, shared.lotStates[one]])} />
        <FilterSelect filters={filters} name="verdict" label={words.verdict} options={VERDICTS.map((one) => [one, shared.verdicts[one]])} />
        <SavedViews list="lots" filters={filters} />
      </div>
      <Shown resource={list} rows={8}>
        {({ rows, more }) => {
          const shown = rows.filter(matches);
          return (
            <>
              {shown.length === 0 ? (
                <Empty icon="lots" title={filters.any ? words.noMatch : words.empty}>
                  {filters.any ? words.noMatchNext : words.emptyNext}
                </Empty>
              ) : (
                <Table
                  label={words.title}
                  rows={shown}
                  id={(row) => row.id}
                  columns={[
                    { name: "code", title: words.code, cell: (row) => row.code },
                    { name: "commodity", title: words.commodity, cell: (row) => nameOf(commodities, row.commodity_id) },
                    { name: "verdict", title: words.verdict, cell: (row) => <Verdict of={row.freshness.verdict} /> },
                    {
                      name: "life",
                      title: words.life,
                      number: true,
                      cell: (row) => (row.freshness.remaining_days_p10 === null ? shared.noLife : shared.daysLeft(lifeRange(row.freshness))),
                    },
                    { name: "keeps", title: words.keepsUntil, cell: (row) => <Moment at={row.freshness.keeps_until} /> },
                    { name: "village", title: words.village, cell: (row) => row.village },
                    { name: "state", title: words.state, cell: (row) => shared.lotStates[row.state] },
                    { name: "weight", title: words.weight, number: true, cell: (row) => weight(row.weight_g) },
                    { name: "crates", title: words.crates, number: true, cell: (row) => number(row.crates) },
                    { name: "harvested", title: words.harvested, cell: (row) => <Moment at={row.harvested_at} /> },
                  ]}
                />
              )}
              {more && (
                <button type="button" onClick={list.extend}>
                  {shared.more}
                </button>
              )}
            </>
          );
        }}
      </Shown>
    </>
  );
}

function sheet(produce: (row: Row) => string): readonly SheetColumn<Row>[] {
  const words = lotWords();
  const shared = shellWords();
  const instant = (at: string | null) => (at === null ? null : new Date(toMs(at)));
  return [
    { title: words.code, value: (row) => row.code, width: 22 },
    { title: words.commodity, value: produce },
    { title: words.grade, value: (row) => row.grade },
    { title: words.village, value: (row) => row.village },
    { title: `${words.weight} (kg)`, value: (row) => row.weight_g / 1000 },
    { title: words.crates, value: (row) => row.crates },
    { title: words.harvested, value: (row) => instant(row.harvested_at), width: 20 },
    { title: words.state, value: (row) => shared.lotStates[row.state], width: 22 },
    { title: words.truck, value: (row) => row.truck },
    { title: words.hub, value: (row) => row.hub },
    { title: words.verdict, value: (row) => shared.verdicts[row.freshness.verdict], width: 18 },
    { title: `${words.life} p10`, value: (row) => row.freshness.remaining_days_p10 },
    { title: `${words.life} p50`, value: (row) => row.freshness.remaining_days_p50 },
    { title: `${words.life} p90`, value: (row) => row.freshness.remaining_days_p90 },
    { title: words.keepsUntil, value: (row) => instant(row.freshness.keeps_until), width: 20 },
  ];
}
