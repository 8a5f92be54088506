/** What a sheet of each kind has: the members that the API takes, those that are needed first. Pure. */

export type Kind = "villages" | "lots" | "declarations" | "demands";
export const KINDS: readonly Kind[] = ["demands", "declarations", "lots", "villages"];

interface Sheet {
  needed: readonly string[];
  optional: readonly string[];
}

export const SHEETS: Record<Kind, Sheet> = {
  villages: {
    needed: ["code", "name", "latitude", "longitude", "opens", "closes"],
    optional: ["name_th", "province", "source"],
  },
  lots: {
    needed: ["code", "village", "commodity_id", "weight_g", "crates", "value_satang", "harvested_at"],
    optional: ["variety", "grade", "ready_at"],
  },
  declarations: {
    needed: ["village", "commodity_id", "expected_g", "harvest_on"],
    optional: ["variety", "grade", "confidence_pct", "grower_group", "gap_code", "packing_house_code", "note"],
  },
  demands: {
    needed: ["code", "exporter", "buyer", "commodity_id", "quantity_g", "per", "from_on", "to_on", "hub", "destination", "price_satang_per_kg"],
    optional: ["variety", "grade", "transit_days", "transit_c", "min_life_days", "note"],
  },
};

export function columnsOf(kind: Kind): string[] {
  return [...SHEETS[kind].needed, ...SHEETS[kind].optional];
}

/** Where the API finds a fault, as a person finds it in the sheet: `row 3, weight_g`. */
export function placed(pointer: string): { row: string; column: string } {
  const [row = "", ...rest] = pointer.replace(/^\//, "").split(", ");
  return row.startsWith("column ") ? { row: "", column: row.slice("column ".length) } : { row: row.replace(/^row /, ""), column: rest.join(", ") };
}
