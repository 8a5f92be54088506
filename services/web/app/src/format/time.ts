/** Instants as people here write them: Thai time whatever the machine is set to, Buddhist years in Thai. */

import { LOCALES, type Language, language } from "../i18n/language";

export const ZONE = "Asia/Bangkok";
export const ZONE_NAME = "UTC+7";

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

type Style = "time" | "date" | "day" | "dayTime" | "full";

const STYLES: Record<Style, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { day: "numeric", month: "short", year: "numeric" },
  day: { weekday: "short", day: "numeric", month: "short" },
  dayTime: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  full: { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

const formats = new Map<string, Intl.DateTimeFormat>();

function format(style: Style, spoken: Language): Intl.DateTimeFormat {
  const key = `${style} ${spoken}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(LOCALES[spoken], { ...STYLES[style], timeZone: ZONE });
    formats.set(key, found);
  }
  return found;
}

export type Instant = number | string;

/** UTC epoch milliseconds of what the API sends. */
export function toMs(at: Instant): number {
  return typeof at === "number" ? at : Date.parse(at);
}

/** `at` in Thai time; a dash where there is none. */
export function written(at: Instant | null | undefined, style: Style = "dayTime"): string {
  return at === null || at === undefined ? "–" : format(style, language.value).format(toMs(at));
}

/** The value of `<input type="datetime-local">`, in Thai time. */
export function toLocalInput(at_ms: number): string {
  return new Date(at_ms + 7 * HOUR_S * 1000).toISOString().slice(0, 16);
}

/** UTC epoch milliseconds of a `datetime-local` value taken as Thai time; NaN where it is none. */
export function fromLocalInput(text: string): number {
  return Date.parse(`${text}:00+07:00`);
}

/** A length of time in the unit in which people would say it: `45 min`, `7 h`, `2.4 days`. */
export function span(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 90 * MINUTE_S) return unit(Math.round(seconds / MINUTE_S), "minute");
  if (size < 2 * DAY_S) return unit(Math.round(seconds / HOUR_S), "hour");
  const days = seconds / DAY_S;
  return unit(Math.abs(days) < 5 ? Math.round(days * 10) / 10 : Math.round(days), "day");
}

function unit(value: number, name: "minute" | "hour" | "day"): string {
  const display = name === "day" ? "long" : "short";
  return new Intl.NumberFormat(LOCALES[language.value], { style: "unit", unit: name, unitDisplay: display }).format(value);
}

/** `in 3 hr`, `5 min ago`: how far `at` is from `now_ms`. */
export function relative(at: Instant, now_ms: number): string {
  const seconds = (toMs(at) - now_ms) / 1000;
  const size = Math.abs(seconds);
  const words = new Intl.RelativeTimeFormat(LOCALES[language.value], { numeric: "always", style: "short" });
  if (size < 90 * MINUTE_S) return words.format(Math.round(seconds / MINUTE_S), "minute");
  if (size < 2 * DAY_S) return words.format(Math.round(seconds / HOUR_S), "hour");
  return words.format(Math.round(seconds / DAY_S), "day");
}
