/** What somebody types about a lot, and what is sent of it. Pure. */

import type { Schemas } from "../../api/client";
import { typedNumber } from "../../format/entry";

export interface Draft {
  code: string;
  village: string;
  commodity_id: string;
  weight_kg: string;
  crates: string;
  price_baht: string;
  grade: string;
  harvested_at_ms: number;
}

const ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const LETTERS = 5;

/** `LOT-20261123-7KQ2M`: the day in Thailand and five letters that nobody mistakes for others. */
export function madeUpCode(now_ms: number, random: () => number = Math.random): string {
  const day = new Date(now_ms + 7 * 3_600_000).toISOString().slice(0, 10).replaceAll("-", "");
  const letters = Array.from({ length: LETTERS }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join("");
  return `LOT-${day}-${letters}`;
}

/** What is sent; the server checks it and names what is wrong. */
export function toLot(draft: Draft): Schemas["NewLot"] {
  const kilograms = typedNumber(draft.weight_kg);
  const baht = draft.price_baht.trim() === "" ? 0 : typedNumber(draft.price_baht);
  return {
    code: draft.code.trim(),
    village: draft.village,
    commodity_id: draft.commodity_id,
    weight_g: Math.round(kilograms * 1000),
    crates: Math.round(typedNumber(draft.crates)),
    value_satang: Math.round(kilograms * baht * 100),
    harvested_at: new Date(draft.harvested_at_ms).toISOString(),
    ...(draft.grade.trim() ? { grade: draft.grade.trim() } : {}),
  };
}
