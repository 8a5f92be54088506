/** Numbers with their units, in the language spoken; metric throughout. */

import { LOCALES, language } from "../i18n/language";

export const NOTHING = "–";

export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined) return NOTHING;
  return value.toLocaleString(LOCALES[language.value], { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function temperature(celsius: number | null | undefined, digits = 1): string {
  return celsius === null || celsius === undefined ? NOTHING : `${number(celsius, digits)} °C`;
}

export function humidity(percent: number | null | undefined): string {
  return percent === null || percent === undefined ? NOTHING : `${number(percent)} %`;
}

/** Grams as kilograms, from ten tonnes on as tonnes. */
export function weight(grams: number | null | undefined): string {
  if (grams === null || grams === undefined) return NOTHING;
  return grams < 10_000_000 ? `${number(grams / 1000)} kg` : `${number(grams / 1_000_000, 1)} t`;
}

export function baht(satang: number | null | undefined): string {
  return satang === null || satang === undefined ? NOTHING : `฿${number(Math.round(satang / 100))}`;
}

export function share(part: number | null | undefined): string {
  return part === null || part === undefined ? NOTHING : `${number(part * 100)} %`;
}

/** `6–11` days with the middle left to the eye; one figure where both ends are written alike. */
export function days(p10: number | null, p90: number | null): string {
  if (p10 === null || p90 === null) return NOTHING;
  const digits = p90 < 5 ? 1 : 0;
  const low = number(Math.max(p10, 0), digits);
  const high = number(Math.max(p90, 0), digits);
  return low === high ? low : `${low}–${high}`;
}
