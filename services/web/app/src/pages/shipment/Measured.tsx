/** The chart with its legend, the stretches outside the band and without readings, and all of it as a table. */

import { useMemo } from "preact/hooks";

import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Table } from "../../components/Table";
import { type Line, TimeChart } from "../../components/TimeChart";
import { number, temperature } from "../../format/quantity";
import { span, toMs } from "../../format/time";
import { bandText } from "./sentence";
import { type Record_, aligned, hourly } from "./series";
import { shipmentWords } from "./words";

type Span = Record_["gaps"][number];
const LONGEST_LIST = 12;

export function Measured({ record }: { record: Record_ }) {
  const words = shipmentWords();
  const drawn = useMemo(() => aligned(record.series), [record]);
  const lines = useMemo(() => linesOf(record, drawn, words.humidity), [drawn, words.humidity]);
  const stretches = (spans: Span[]) => spans.map((one) => ({ from_ms: toMs(one.from), to_ms: toMs(one.to) }));
  const gaps = useMemo(() => stretches(record.gaps), [record]);
  const excursions = useMemo(() => stretches(record.excursions), [record]);
  if (record.series.length === 0) {
    return (
      <Empty icon="live" title={words.noReadings}>
        {words.noReadingsNext}
      </Empty>
    );
  }
  const shown = record.series.reduce((sum, series) => sum + series.at_ms.length, 0);
  return (
    <>
      <TimeChart
        label={words.chartLabel(record.code)}
        at_s={drawn.at_s}
        lines={lines}
        band={record.band_c}
        gaps={gaps}
        excursions={excursions}
        timeLabel={words.time}
        leftAxis={words.temperatureAxis}
        rightAxis={words.humidityAxis}
      />
      <ul class="legend">
        {record.band_c !== null && (
          <li>
            <span class="swatch band" /> {words.legend.band} {bandText(record.band_c)}
          </li>
        )}
        <li>
          <span class="swatch excursion" /> {words.legend.excursion}
        </li>
        <li>
          <span class="swatch gap" /> {words.legend.gap}
        </li>
      </ul>
      <p class="hint no-print">{words.zoom}</p>
      {shown < record.readings && <p class="hint">{words.thinned(number(shown), number(record.readings))}</p>}
      <div class="columns">
        <Spans title={words.excursions} none={words.noExcursions} spans={record.excursions} />
        <Spans title={words.gaps} none={words.noGaps} spans={record.gaps} />
      </div>
      <details class="no-print">
        <summary>{words.asTable}</summary>
        <Table
          label={words.asTable}
          rows={hourly(record.series)}
          id={(row) => String(row.at_ms)}
          columns={[
            { name: "hour", title: words.hour, cell: (row) => <Moment at={row.at_ms} /> },
            { name: "coldest", title: words.coldest, number: true, cell: (row) => temperature(row.coldest_c) },
            { name: "mean", title: words.mean, number: true, cell: (row) => temperature(row.mean_c) },
            { name: "warmest", title: words.warmest, number: true, cell: (row) => temperature(row.warmest_c) },
          ]}
        />
      </details>
    </>
  );
}

function linesOf(record: Record_, drawn: ReturnType<typeof aligned>, humidity: string): Line[] {
  const named = record.series.map((series) => `${series.sensor} (${series.position.replaceAll("_", " ")})`);
  const warm: Line[] = drawn.temperature_c.map((values, index) => ({
    label: named[index] ?? "",
    scale: "left",
    values,
    digits: 1,
    unit: "°C",
  }));
  const damp: Line[] = drawn.humidity_pct
    .map((values, index): Line => ({ label: `${named[index]} ${humidity}`, scale: "right", values, digits: 0, unit: "%" }))
    .filter((line) => line.values.some((value) => typeof value === "number"));
  return [...warm, ...damp];
}

function Spans({ title, none, spans }: { title: string; none: string; spans: Span[] }) {
  return (
    <div>
      <h3>{title}</h3>
      {spans.length === 0 ? (
        <p>{none}</p>
      ) : (
        <ul>
          {spans.slice(0, LONGEST_LIST).map((one) => (
            <li key={one.from}>
              <Moment at={one.from} /> – <Moment at={one.to} style="time" /> ({span((toMs(one.to) - toMs(one.from)) / 1000)})
            </li>
          ))}
          {spans.length > LONGEST_LIST && <li>+ {number(spans.length - LONGEST_LIST)}</li>}
        </ul>
      )}
    </div>
  );
}
