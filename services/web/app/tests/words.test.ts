import { describe, expect, it } from "vitest";

/** The type check finds missing keys; this finds what was left in English. */
const catalogues = import.meta.glob<{ default: Record<string, unknown> }>("../src/**/{en,th,zh}.ts", { eager: true });

/** Names, units and signs that are the same in every language. */
const SAME = /^(Village Cold Chain|Excel|CSV|°C|% RH|Esc|n|[?/;. ·]*)$/;

function texts(value: unknown, at = ""): [string, string][] {
  if (typeof value === "string") return [[at, value]];
  if (typeof value === "function") return [[at, String((value as (...args: string[]) => unknown)("1", "2", "3"))]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, `${at}/${key}`));
}

const folders = [...new Set(Object.keys(catalogues).map((path) => path.replace(/\/\w+\.ts$/, "")))];

describe("catalogues", () => {
  it("are found", () => {
    expect(folders.length).toBeGreaterThanOrEqual(8);
  });

  it.each(folders)("%s says everything in three languages", (folder) => {
    const of = (language: string) => new Map(texts(catalogues[`${folder}/${language}.ts`]?.default));
    const english = of("en");
    expect(english.size).toBeGreaterThan(0);
    for (const language of ["th", "zh"]) {
      const other = of(language);
      expect([...other.keys()].sort()).toEqual([...english.keys()].sort());
      const untranslated = [...other].filter(([key, text]) => text === english.get(key) && !SAME.test(text));
      expect(untranslated).toEqual([]);
      const script = language === "th" ? /[\u0e00-\u0e7f]/ : /[\u4e00-\u9fff]/;
      const foreign = [...other].filter(([, text]) => /[a-z]{4}/i.test(text) && !script.test(text) && !SAME.test(text));
      expect(foreign).toEqual([]);
    }
  });
});
