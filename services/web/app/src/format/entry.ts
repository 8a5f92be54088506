/** What people type, as the API takes it. Pure; what is no number becomes NaN, which the server refuses by name. */

/** What a form holds: the text of each control by the member that it becomes. */
export type Entries = Record<string, string>;

/** A number as people type it: `1,250.5` or `1250,5`; NaN where it is none. */
export function typedNumber(text: string): number {
  const plain = text.trim().replace(/\s/g, "");
  const pointed = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain) ? plain.replaceAll(",", "") : plain.replace(",", ".");
  return pointed === "" ? Number.NaN : Number(pointed);
}

/** Thousandths of what was typed: kilograms as grams. */
export function thousandths(text: string): number {
  return Math.round(typedNumber(text) * 1000);
}

/** Hundredths of what was typed: baht as satang. */
export function hundredths(text: string): number {
  return Math.round(typedNumber(text) * 100);
}

export function textOrNull(text: string | undefined): string | null {
  const trimmed = (text ?? "").trim();
  return trimmed === "" ? null : trimmed;
}

export function numberOrNull(text: string | undefined): number | null {
  return textOrNull(text) === null ? null : typedNumber(text ?? "");
}

/** `GAP, DOA` as a list; null where nothing was typed. */
export function listOrNull(text: string | undefined): string[] | null {
  const parts = (text ?? "").split(",").map((part) => part.trim()).filter(Boolean);
  return parts.length === 0 ? null : parts;
}

/** What is shown in a control of a value that may be missing. */
export function entry(value: string | number | null | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}
