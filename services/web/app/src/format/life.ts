/** How long something keeps, as figures to show. */

import { NOTHING, days, number } from "./quantity";
import { type Instant, toMs } from "./time";

const DAY_MS = 86_400_000;

export interface Lives {
  remaining_days_p10: number | null;
  remaining_days_p50: number | null;
  remaining_days_p90: number | null;
}

/** `7–12` days between the tenth that ends first and the tenth that lasts longest. */
export function lifeRange(lives: Lives): string {
  return days(lives.remaining_days_p10, lives.remaining_days_p90);
}

/**
 * Days between what is due and what keeps: positive to spare, negative short; null where either is not known.
 *
 * `keeps_until` is the instant until which nine lots in ten keep.
 */
export function spareDays(keeps_until: Instant | null, due: Instant | null): number | null {
  return keeps_until === null || due === null ? null : (toMs(keeps_until) - toMs(due)) / DAY_MS;
}

export function oneDecimal(value: number | null): string {
  return value === null ? NOTHING : number(Math.abs(value), Math.abs(value) < 5 ? 1 : 0);
}
