/** From what the API sends to what is drawn. Pure; instants in seconds, as uPlot counts them. */

import type { Schemas } from "../../api/client";

export type Record_ = Schemas["ShipmentRecordDocument"];
type Series = Record_["series"][number];

/** A gap is longer than so many expected intervals, as the server has it. */
const GAP_INTERVALS = 3;

export interface Drawn {
  /** Ascending instants of all series, in seconds. */
  at_s: number[];
  /** One column a sensor: °C; null breaks the line, undefined is no reading of this one. */
  temperature_c: (number | null | undefined)[][];
  humidity_pct: (number | null | undefined)[][];
}

interface Column {
  at_s: number[];
  temperature_c: (number | null)[];
  humidity_pct: (number | null)[];
}

/** One sensor's column with a break in every gap. */
export function broken(series: Series): Column {
  const longest_ms = GAP_INTERVALS * series.interval_s * 1000;
  const column: Column = { at_s: [], temperature_c: [], humidity_pct: [] };
  series.at_ms.forEach((at_ms, index) => {
    const before_ms = series.at_ms[index - 1];
    if (before_ms !== undefined && at_ms - before_ms > longest_ms) {
      column.at_s.push((before_ms + at_ms) / 2000);
      column.temperature_c.push(null);
      column.humidity_pct.push(null);
    }
    column.at_s.push(at_ms / 1000);
    column.temperature_c.push(series.temperature_c[index] ?? null);
    column.humidity_pct.push(series.humidity_pct[index] ?? null);
  });
  return column;
}

/** All sensors on one axis of time. */
export function aligned(all: readonly Series[]): Drawn {
  const columns = all.map(broken);
  const at_s = [...new Set(columns.flatMap((column) => column.at_s))].sort((one, other) => one - other);
  const place = new Map(at_s.map((at, index) => [at, index]));
  const spread = (column: Column, values: (number | null)[]) => {
    const found: (number | null | undefined)[] = new Array<undefined>(at_s.length).fill(undefined);
    column.at_s.forEach((at, index) => {
      const index_of = place.get(at);
      if (index_of !== undefined) found[index_of] = values[index] ?? null;
    });
    return found;
  };
  return {
    at_s,
    temperature_c: columns.map((column) => spread(column, column.temperature_c)),
    humidity_pct: columns.map((column) => spread(column, column.humidity_pct)),
  };
}

export interface HourRow {
  at_ms: number;
  coldest_c: number;
  warmest_c: number;
  mean_c: number;
}

const HOUR_MS = 3_600_000;

/** Coldest, warmest and mean of all sensors hour by hour: the chart for who can't see it. */
export function hourly(all: readonly Series[]): HourRow[] {
  const hours = new Map<number, number[]>();
  for (const series of all) {
    series.at_ms.forEach((at_ms, index) => {
      const value = series.temperature_c[index];
      if (value === undefined) return;
      const hour = Math.floor(at_ms / HOUR_MS) * HOUR_MS;
      hours.set(hour, [...(hours.get(hour) ?? []), value]);
    });
  }
  return [...hours]
    .sort(([one], [other]) => one - other)
    .map(([at_ms, values]) => ({
      at_ms,
      coldest_c: Math.min(...values),
      warmest_c: Math.max(...values),
      mean_c: values.reduce((sum, value) => sum + value, 0) / values.length,
    }));
}

/** The whole length of some stretches of time, in seconds. */
export function total_s(spans: readonly { from: string; to: string }[]): number {
  return spans.reduce((sum, span) => sum + (Date.parse(span.to) - Date.parse(span.from)) / 1000, 0);
}
