/** What lots can be of, fetched once, and their names in the language spoken. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { type Schemas, answer, api } from "../api/client";
import { language } from "../i18n/language";

type Commodity = Schemas["CommodityName"];

const known = signal<ReadonlyMap<string, Commodity> | null>(null);
let asked = false;

/** The catalogue by id; empty until it has come, and names fall back to ids meanwhile. */
export function useCommodities(): ReadonlyMap<string, Commodity> {
  useEffect(() => {
    if (asked) return;
    asked = true;
    answer(api.GET("/v1/commodity-names"))
      .then((found) => {
        known.value = new Map(found.map((one) => [one.id, one]));
      })
      .catch(() => {
        asked = false; // the next page asks again
      });
  }, []);
  return known.value ?? new Map<string, Commodity>();
}

/** The name in the language spoken; the catalogue has Thai and English. */
export function nameOf(commodities: ReadonlyMap<string, Commodity>, id: string): string {
  const found = commodities.get(id);
  if (found === undefined) return id;
  return language.value === "th" ? found.name_th : found.name_en;
}
