import { describe, expect, it } from "vitest";

import { problemOf } from "../src/api/problem";
import { csv } from "../src/files/sheet";
import { typedNumber } from "../src/format/entry";
import { madeUpCode, toLot } from "../src/pages/new-lot/draft";
import { address } from "../src/shell/page";

const NOON_MS = 1_795_410_000_000;

describe("what is typed about a lot", () => {
  it.each([
    ["1250", 1250],
    ["1,250", 1250],
    ["1,250.5", 1250.5],
    ["12,5", 12.5],
    [" 7 ", 7],
  ])("%j is %d", (text, value) => {
    expect(typedNumber(text)).toBe(value);
  });

  it.each(["", "many", "1.2.3"])("%j is no number", (text) => {
    expect(typedNumber(text)).toBeNaN();
  });

  it("is sent in grams and satang", () => {
    const lot = toLot({
      code: " LOT-1 ",
      village: "KLG-01",
      commodity_id: "durian",
      weight_kg: "420,5",
      crates: "28",
      price_baht: "150",
      grade: "",
      harvested_at_ms: NOON_MS,
    });
    expect(lot).toEqual({
      code: "LOT-1",
      village: "KLG-01",
      commodity_id: "durian",
      weight_g: 420_500,
      crates: 28,
      value_satang: 6_307_500,
      harvested_at: "2026-11-23T05:00:00.000Z",
    });
  });

  it("gets a label of the day in Thailand that the API takes", () => {
    expect(madeUpCode(Date.parse("2026-11-23T18:00:00Z"), () => 0)).toBe("LOT-20261124-22222");
    expect(madeUpCode(NOON_MS)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
  });
});

describe("a file for a spreadsheet", () => {
  const columns = [
    { title: "Code", value: (row: { code: string; days: number | null }) => row.code },
    { title: "Days", value: (row: { code: string; days: number | null }) => row.days },
  ];

  it("quotes what needs it and leaves nothing empty filled", () => {
    expect(csv(columns, [{ code: 'a "b", c', days: null }])).toBe('\uFEFFCode,Days\r\n"a ""b"", c",\r\n');
  });

  it("never lets a text be computed, and leaves numbers numbers", () => {
    expect(csv(columns, [{ code: "=1+1", days: -2.5 }])).toContain("'=1+1,-2.5");
  });

  it.each(["  =1+1", "＝1+1", "@SUM(A1)", "-1+cmd|' /C calc'!A0", "+66 81 234 5678"])("marks %s as text", (code) => {
    expect(csv(columns, [{ code, days: null }])).toContain(`'${code}`);
  });

  it("leaves a text that is a number alone", () => {
    expect(csv(columns, [{ code: "-12.5", days: null }])).toContain("\n-12.5,");
  });
});

describe("a problem", () => {
  it("names each field with its remedy", () => {
    const problem = problemOf(422, {
      code: "invalid_input",
      title: "Invalid input",
      detail: "One member is wrong.",
      errors: [{ pointer: "#/weight_g", detail: "is 0.", remedy: "Send more." }],
    });
    expect(problem.faultOf("/weight_g")?.remedy).toBe("Send more.");
  });

  it("is one even where a proxy answers with a page", () => {
    expect(problemOf(502, "<html>").status).toBe(502);
  });
});

it("fills addresses safely", () => {
  expect(address("/shipments/:code", { code: "a/b" }, { q: "ü&x" })).toBe("/app/shipments/a%2Fb?q=%C3%BC%26x");
});
