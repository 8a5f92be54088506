import { describe, expect, it } from "vitest";

import { fanShape } from "../src/pages/shipment/fan";
import { aligned, broken, hourly, total_s } from "../src/pages/shipment/series";

const NOON_MS = 1_795_410_000_000;
const MINUTE_MS = 60_000;

function series(minutes: number[], values = minutes.map((minute) => 13 + minute / 100)) {
  return {
    sensor: "TH-1",
    position: "return_air",
    interval_s: 300,
    at_ms: minutes.map((minute) => NOON_MS + minute * MINUTE_MS),
    temperature_c: values,
    humidity_pct: minutes.map(() => null),
  };
}

describe("a sensor's line", () => {
  it("goes on through two missed readings", () => {
    expect(broken(series([0, 5, 20])).temperature_c).not.toContain(null);
  });

  it("breaks in the middle of a longer gap", () => {
    const column = broken(series([0, 5, 25, 30]));
    expect(column.temperature_c[2]).toBeNull();
    expect(column.at_s[2]).toBe((NOON_MS + 15 * MINUTE_MS) / 1000);
  });
});

describe("several sensors", () => {
  it("share one axis of time, on which each is silent where it did not report", () => {
    const drawn = aligned([series([0, 10]), series([5, 10], [14, 15])]);
    expect(drawn.at_s).toHaveLength(3);
    expect(drawn.temperature_c[1]).toEqual([undefined, 14, 15]);
    expect([...drawn.at_s].sort((one, other) => one - other)).toEqual(drawn.at_s);
  });

  it("make one row an hour with the extremes of all", () => {
    const rows = hourly([series([0, 30], [10, 20]), series([59, 60], [30, 1])]);
    expect(rows).toEqual([
      { at_ms: NOON_MS, coldest_c: 10, warmest_c: 30, mean_c: 20 },
      { at_ms: NOON_MS + 60 * MINUTE_MS, coldest_c: 1, warmest_c: 1, mean_c: 1 },
    ]);
  });
});

it("adds up stretches of time", () => {
  const spans = [
    { from: "2026-11-23T05:00:00Z", to: "2026-11-23T06:00:00Z" },
    { from: "2026-11-23T08:00:00Z", to: "2026-11-23T08:00:30Z" },
  ];
  expect(total_s(spans)).toBe(3630);
});

describe("a forecast's fan", () => {
  const points = [
    { at: "2026-11-23T00:00:00Z", p10_days: 6, p50_days: 8, p90_days: 10 },
    { at: "2026-11-25T00:00:00Z", p10_days: 3, p50_days: 5.5, p90_days: 8 },
  ];

  it("spans the whole width, and its height is the longest life", () => {
    const shape = fanShape(points, 100, 50);
    expect(shape.area).toBe("M0 0L100 10L100 35L0 20Z");
    expect(shape.middle).toBe("M0 10L100 22.5");
    expect(shape.marks.map((mark) => mark.days)).toEqual([0, 2, 4, 6, 8, 10]);
  });

  it("is empty without points, and shows no life below nothing", () => {
    expect(fanShape([], 100, 50).area).toBe("");
    expect(fanShape([{ at: points[0]!.at, p10_days: -3, p50_days: -1, p90_days: 1 }], 10, 10).middle).toBe("M0 10");
  });
});
