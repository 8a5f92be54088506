/** First expired, first out: the list by which somebody decides what is sent and sold first. */

import { type Schemas, answer, api, everyRow } from "../../api/client";
import { ExportButtons } from "../../components/ExportButtons";
import { FilterSearch, FilterSelect, SavedViews } from "../../components/filters";
import { Heading } from "../../components/Heading";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Table } from "../../components/Table";
import { VERDICTS, Verdict, type VerdictName } from "../../components/Verdict";
import type { SheetColumn } from "../../files/sheet";
import { lifeRange, oneDecimal, spareDays } from "../../format/life";
import { number } from "../../format/quantity";
import { toMs } from "../../format/time";
import { address } from "../../shell/page";
import { shellWords } from "../../shell/words";
import { useFilters } from "../../state/filters";
import { useList } from "../../state/list";
import { shipmentsWords } from "./words";

type Row = Schemas["ShipmentDocument"];
const STATES = ["loading", "in_transit", "arrived"] as const;
const FILTERS = ["q", "verdict", "state"] as const;
const ROWS_A_PAGE = 100;

export default function Shipments() {
  const words = shipmentsWords();
  const shared = shellWords();
  const filters = useFilters(FILTERS);
  const { q = "", verdict, state } = filters.values;
  const query = {
    order: "fefo" as const,
    ...(verdict ? { verdict: verdict as VerdictName } : {}),
    ...(state ? { state: state as Row["state"] } : {}),
  };
  const page = (limit: number) => (cursor: string | undefined) =>
    answer(api.GET("/v1/shipments", { params: { query: { ...query, limit, ...(cursor ? { cursor } : {}) } } }));
  const list = useList(`shipments ${verdict} ${state}`, page(ROWS_A_PAGE), ["shipment.freshness"]);

  return (
    <>
      <Heading title={words.title}>
        <ExportButtons name="shipments" columns={sheet} rows={async (each) => (await everyRow(page(500), each)).filter((row) => matches(row, q))} />
      </Heading>
      <p class="hint">{words.order}</p>
      <div class="filters">
        <FilterSearch filters={filters} name="q" label={words.search} />
        <FilterSelect filters={filters} name="verdict" label={words.verdict} options={VERDICTS.map((one) => [one, shared.verdicts[one]])} />
        <FilterSelect filters={filters} name="state" label={words.state} options={STATES.map((one) => [one, shared.shipmentStates[one]])} />
        <SavedViews list="shipments" filters={filters} />
      </div>
      <Shown resource={list} rows={8}>
        {({ rows, more }) => {
          const shown = rows.filter((row) => matches(row, q));
          if (shown.length === 0) {
            return (
              <Empty icon="shipments" title={filters.any ? words.noMatch : words.empty}>
                {filters.any ? words.noMatchNext : words.emptyNext}
              </Empty>
            );
          }
          return (
            <>
              <Rows rows={shown} />
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

/** Whether every word typed is somewhere in the row. */
export function matches(row: Row, typed: string): boolean {
  const text = [row.code, row.destination, row.exporter ?? "", row.hub, ...row.lots].join(" ").toLowerCase();
  return typed.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function Rows({ rows }: { rows: readonly Row[] }) {
  const words = shipmentsWords();
  const shared = shellWords();
  return (
    <Table
      label={words.title}
      rows={rows}
      id={(row) => row.id}
      href={(row) => address("/shipments/:code", { code: row.code })}
      columns={[
        { name: "code", title: words.code, cell: (row) => row.code },
        { name: "verdict", title: words.verdict, cell: (row) => <Verdict of={row.freshness.verdict} /> },
        { name: "life", title: words.life, number: true, cell: (row) => <Life row={row} /> },
        { name: "eta", title: words.eta, cell: (row) => <Moment at={row.eta} /> },
        { name: "spare", title: words.lifeAtEta, number: true, cell: (row) => <Spare row={row} /> },
        { name: "destination", title: words.destination, cell: (row) => row.destination },
        { name: "hub", title: words.hub, cell: (row) => row.hub },
        { name: "state", title: words.state, cell: (row) => shared.shipmentStates[row.state] },
        { name: "lots", title: words.lots, number: true, cell: (row) => number(row.lots.length) },
      ]}
    />
  );
}

function Life({ row }: { row: Row }) {
  const range = lifeRange(row.freshness);
  return <>{range === "–" ? shellWords().noLife : shellWords().daysLeft(range)}</>;
}

function Spare({ row }: { row: Row }) {
  const words = shipmentsWords();
  const spare = row.arrived_at === null ? spareDays(row.freshness.keeps_until, row.eta) : null;
  if (spare === null) return <>–</>;
  return spare < 0 ? <span class="chip v-at_risk">{words.short(oneDecimal(spare))}</span> : <>{words.spare(oneDecimal(spare))}</>;
}

function sheet(): readonly SheetColumn<Row>[] {
  const words = shipmentsWords();
  const shared = shellWords();
  const instant = (at: string | null) => (at === null ? null : new Date(toMs(at)));
  const titled = (title: string) => `${title} (${words.utc})`;
  return [
    { title: words.code, value: (row) => row.code },
    { title: words.verdict, value: (row) => shared.verdicts[row.freshness.verdict], width: 20 },
    { title: `${words.life} p10`, value: (row) => row.freshness.remaining_days_p10 },
    { title: `${words.life} p50`, value: (row) => row.freshness.remaining_days_p50 },
    { title: `${words.life} p90`, value: (row) => row.freshness.remaining_days_p90 },
    { title: titled(words.keepsUntil), value: (row) => instant(row.freshness.keeps_until), width: 22 },
    { title: titled(words.eta), value: (row) => instant(row.eta), width: 22 },
    { title: words.confidence, value: (row) => shared.confidences[row.freshness.confidence] },
    { title: words.exporter, value: (row) => row.exporter, width: 24 },
    { title: words.hub, value: (row) => row.hub },
    { title: words.destination, value: (row) => row.destination, width: 24 },
    { title: words.state, value: (row) => shared.shipmentStates[row.state] },
    { title: titled(words.departs), value: (row) => instant(row.departs_at), width: 22 },
    { title: titled(words.lastReading), value: (row) => instant(row.freshness.last_reading_at), width: 22 },
    { title: words.lots, value: (row) => row.lots.join(" "), width: 40 },
  ];
}
