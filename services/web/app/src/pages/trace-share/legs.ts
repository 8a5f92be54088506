/** A leg as it is typed, and as it is sent. Pure. */

import type { Schemas } from "../../api/client";
import { entry, numberOrNull, textOrNull, typedNumber } from "../../format/entry";
import { fromLocalInput, toLocalInput, toMs } from "../../format/time";

export type Leg = Schemas["LegDocument"];
export const MODES = ["road", "sea", "air", "rail", "store"] as const;

export interface TypedLeg {
  from: string;
  to: string;
  mode: Leg["mode"];
  custodian: string;
  starts: string;
  ends: string;
  set_point: string;
  wait: string;
  wait_late: string;
  required: string;
}

export function typedLeg(leg: Leg): TypedLeg {
  return {
    from: leg.from,
    to: leg.to,
    mode: leg.mode,
    custodian: entry(leg.custodian),
    starts: toLocalInput(toMs(leg.starts_at)),
    ends: toLocalInput(toMs(leg.ends_at)),
    set_point: entry(leg.set_point_c),
    wait: entry(leg.border_wait_hours),
    wait_late: entry(leg.border_wait_late_hours),
    required: entry(leg.required_life_days),
  };
}

/** A leg that goes on where the one before ends. */
export function nextLeg(before: TypedLeg | undefined): TypedLeg {
  const { to = "", ends = "", set_point = "", mode = "road" } = before ?? {};
  return { from: to, to: "", mode, custodian: "", starts: ends, ends: "", set_point, wait: "0", wait_late: "", required: "" };
}

export function toLeg(leg: TypedLeg): Schemas["Leg"] {
  return {
    from: leg.from.trim(),
    to: leg.to.trim(),
    mode: leg.mode,
    custodian: textOrNull(leg.custodian),
    starts_at: instant(leg.starts),
    ends_at: instant(leg.ends),
    set_point_c: typedNumber(leg.set_point),
    border_wait_hours: numberOrNull(leg.wait) ?? 0,
    border_wait_late_hours: numberOrNull(leg.wait_late),
    required_life_days: numberOrNull(leg.required),
  };
}

/** RFC 3339 of a `datetime-local` in Thai time; empty where it is none, which the server refuses by name. */
export function instant(typed: string): string {
  const at_ms = fromLocalInput(typed);
  return Number.isNaN(at_ms) ? "" : new Date(at_ms).toISOString();
}
