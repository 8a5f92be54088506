import { beforeAll, describe, expect, it } from "vitest";

import { lifeRange, spareDays } from "../src/format/life";
import { days, number, temperature, weight } from "../src/format/quantity";
import { fromLocalInput, relative, span, toLocalInput, written } from "../src/format/time";
import { language } from "../src/i18n/language";

/** 2026-11-23T05:00:00Z, noon in Bangkok. */
const NOON_MS = 1_795_410_000_000;
const DAY_S = 86_400;

describe("instants", () => {
  it("are Thai time whatever the machine is set to", () => {
    language.value = "en";
    expect(written(NOON_MS, "time")).toBe("12:00");
    expect(written("2026-11-23T18:30:00Z", "dayTime")).toBe("Tue 24 Nov, 01:30");
  });

  it("count years of the Buddhist era in Thai, and only there", () => {
    language.value = "th";
    expect(written(NOON_MS, "date")).toContain("2569");
    language.value = "zh";
    expect(written(NOON_MS, "date")).toContain("2026");
  });

  it("are a dash where there are none", () => {
    expect(written(null)).toBe("–");
  });

  it("go into an input of Thai time and come back the same", () => {
    expect(toLocalInput(NOON_MS)).toBe("2026-11-23T12:00");
    expect(fromLocalInput("2026-11-23T12:00")).toBe(NOON_MS);
    expect(fromLocalInput("")).toBeNaN();
  });
});

describe("lengths of time", () => {
  beforeAll(() => {
    language.value = "en";
  });

  it.each([
    [45 * 60, "45 mins"],
    [7 * 3600, "7 hrs"],
    [2.4 * DAY_S, "2.4 days"],
    [11 * DAY_S, "11 days"],
  ])("%d s is %s", (seconds, text) => {
    language.value = "en";
    expect(span(seconds)).toBe(text);
  });

  it("are told from now on", () => {
    expect(relative(NOON_MS + 3 * 3_600_000, NOON_MS)).toBe("in 3 hr");
    expect(relative(NOON_MS - 5 * 60_000, NOON_MS)).toBe("5 min ago");
  });
});

describe("quantities", () => {
  it("carry their units", () => {
    language.value = "en";
    expect(temperature(13.44)).toBe("13.4 °C");
    expect(weight(420_000)).toBe("420 kg");
    expect(weight(18_250_000)).toBe("18.3 t");
    expect(number(1234567)).toBe("1,234,567");
  });

  it("show what is left as a range, never below nothing", () => {
    expect(days(6.2, 11.4)).toBe("6–11");
    expect(days(-1, 2.3)).toBe("0.0–2.3");
    expect(days(7, 7.2)).toBe("7");
    expect(lifeRange({ remaining_days_p10: null, remaining_days_p50: 3, remaining_days_p90: 4 })).toBe("–");
  });

  it("tell days to spare, and days short as negative", () => {
    expect(spareDays("2026-11-25T05:00:00Z", "2026-11-23T05:00:00Z")).toBe(2);
    expect(spareDays("2026-11-22T05:00:00Z", "2026-11-23T05:00:00Z")).toBe(-1);
    expect(spareDays(null, "2026-11-23T05:00:00Z")).toBeNull();
  });
});
