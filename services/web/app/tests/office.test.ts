import { describe, expect, it } from "vitest";

import { hundredths, listOrNull, numberOrNull, textOrNull, thousandths } from "../src/format/entry";
import { differences } from "../src/pages/audit/differences";
import { toChange, toDemand, toEntries } from "../src/pages/demands/draft";
import { pasted, silenceOf } from "../src/pages/devices/silence";
import { placed } from "../src/pages/imports/sheets";

const DEMAND = {
  id: "0", code: "D-1", exporter: "SIAM", buyer: "Fruit Hall", commodity_id: "durian", variety: null, grade: "A",
  quantity_g: 1_250_500, per: "week", from_on: "2026-11-23", to_on: "2026-11-29", hub: "THLCH", destination: "Guangzhou",
  transit_days: 4.5, transit_c: null, min_life_days: 5, certificates: ["gap"], price_satang_per_kg: 12_050, note: null,
  state: "open", withdrawn_reason: null, created_by: "nok", created_at: "2026-11-20T00:00:00Z", changed_at: "2026-11-20T00:00:00Z",
  version: 1,
} as const satisfies Record<string, unknown>;
const demand = { ...DEMAND, certificates: [...DEMAND.certificates] };

describe("what is typed", () => {
  it("becomes whole grams and satang, or nothing where it is blank", () => {
    expect([thousandths("1,250.5"), hundredths("120,5"), numberOrNull(" "), textOrNull("  "), listOrNull("GAP, , DOA")]).toEqual([
      1_250_500, 12_050, null, null, ["GAP", "DOA"],
    ]);
  });

  it("of a demand comes back as it was", () => {
    const { id, state, withdrawn_reason, created_by, created_at, changed_at, version, ...sent } = demand;
    expect([id, state, withdrawn_reason, created_by, created_at, changed_at, version].length).toBe(7);
    expect(toDemand(toEntries(demand))).toEqual(sent);
  });

  it("changes only what is different", () => {
    expect(toChange(demand, toEntries(demand))).toEqual({});
    expect(toChange(demand, { ...toEntries(demand), quantity_kg: "900", note: "less rain" })).toEqual({ quantity_g: 900_000, note: "less rain" });
  });
});

describe("a sensor", () => {
  it.each([
    [null, "never"],
    [0, "heard"],
    [300, "heard"],
    [450, "late"],
    [900, "silent"],
  ])("last heard %s s ago is %s", (ago_s, silence) => {
    expect(silenceOf(ago_s === null ? null : 1_000_000_000 - ago_s * 1000, 300, 1_000_000_000)).toBe(silence);
  });

  it("has messages that are pasted as text, hex or base64", () => {
    expect([pasted("{}", "text"), pasted("7B 7d", "hex"), pasted("0x7b7d", "hex"), pasted("e30=", "base64")]).toEqual(["e30=", "e30=", "e30=", "e30="]);
    expect([pasted("7b7", "hex"), pasted("zz", "hex"), pasted("", "hex")]).toEqual([null, null, null]);
  });
});

it("faults of a sheet are found by row and column", () => {
  expect([placed("row 3, weight_g"), placed("row 4"), placed("column wieght")]).toEqual([
    { row: "3", column: "weight_g" },
    { row: "4", column: "" },
    { row: "", column: "wieght" },
  ]);
});

it("a change of the journal shows what differs only", () => {
  expect(differences({ a: 1, b: [1] }, { a: 1, b: [2], c: "x" })).toEqual([
    { name: "b", before: "[1]", after: "[2]" },
    { name: "c", before: "–", after: "x" },
  ]);
  expect(differences(null, { a: null })).toEqual([]);
});
