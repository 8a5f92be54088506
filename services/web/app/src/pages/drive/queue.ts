/** What a driver has reported and the server has not yet taken; and what a run looks like with it. Pure. */

import type { Schemas } from "../../api/client";

export type Sheet = Schemas["RunSheetDocument"];
export type Stop = Schemas["SheetStop"];
export type Report = Schemas["NewEvent"];
export type Proof = Omit<Schemas["NewProof"], "content"> & { content: string };

interface Common {
  /** Made here; sent again, it is the same one. */
  id: string;
  run_id: string;
  /** Who reported it: a phone may change hands. */
  user: string;
  /** Set where the server did not take it; it is kept until the driver has read why. */
  refused: string | null;
}

export type Entry = Common & ({ what: "event"; body: Report } | { what: "proof"; body: Proof });

export type Step =
  | { kind: "go" | "arrive" | "load"; stop: Stop }
  | { kind: "deliver" }
  | { kind: "delivered" }
  | { kind: "cancelled" };

const OPEN: readonly Stop["state"][] = ["arrived", "driving", "assigned"];

/** Positions are told about every minute; of those that wait, no more than the last two hours' are worth sending. */
export const MOST_POSITIONS = 120;

/** The sheet as it will be when all that waits has been taken. */
export function projected(sheet: Sheet, entries: readonly Entry[]): Sheet {
  const reports = entries
    .filter((one) => one.run_id === sheet.run_id && one.refused === null && one.what === "event")
    .map((one) => one.body as Report)
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return reports.reduce(after, sheet);
}

function after(sheet: Sheet, report: Report): Sheet {
  if (report.kind === "departed") {
    return sheet.state === "assigned" ? { ...sheet, state: "driving", departed_at: report.at } : sheet;
  }
  if (report.kind === "delivered") return { ...sheet, state: "delivered", arrived_at: report.at };
  const stops = sheet.stops.map((stop) => {
    if (stop.lot !== report.lot || !OPEN.includes(stop.state)) return stop;
    if (report.kind === "heading") return { ...stop, state: "driving" as const };
    if (report.kind === "arrived") return { ...stop, state: "arrived" as const, arrived_at: report.at };
    if (report.kind === "skipped") return { ...stop, state: "skipped" as const, done_at: report.at, reason: report.reason ?? null };
    if (report.kind !== "loaded") return stop;
    const weighed = { loaded_weight_g: report.weight_g ?? null, loaded_crates: report.crates ?? null };
    return { ...stop, ...weighed, state: "loaded" as const, done_at: report.at };
  });
  return { ...sheet, stops };
}

/** What the driver does next: what was begun first, then the stops in their order, then the hub. */
export function nextStep(sheet: Sheet): Step {
  if (sheet.state === "delivered" || sheet.state === "cancelled") return { kind: sheet.state };
  for (const state of OPEN) {
    const stop = sheet.stops.find((one) => one.state === state);
    if (stop) return { kind: state === "arrived" ? "load" : state === "driving" ? "arrive" : "go", stop };
  }
  return { kind: "deliver" };
}

/** What waits of one user: whole runs together, reports before the proofs of what they say, in the order of time. */
export function toSend(entries: readonly Entry[], user: string): Map<string, Entry[]> {
  const runs = new Map<string, Entry[]>();
  const waiting = entries.filter((one) => one.refused === null && one.user === user);
  const rank = (one: Entry) => (one.what === "event" ? 0 : 1);
  waiting.sort((one, other) => rank(one) - rank(other) || Date.parse(one.body.at) - Date.parse(other.body.at));
  for (const one of waiting) runs.set(one.run_id, [...(runs.get(one.run_id) ?? []), one]);
  return runs;
}

/** Ids of the positions that are too many to wait. */
export function tooManyPositions(entries: readonly Entry[]): string[] {
  const positions = entries.filter((one) => one.what === "event" && one.body.kind === "position" && one.refused === null);
  positions.sort((one, other) => Date.parse(other.body.at) - Date.parse(one.body.at));
  return positions.slice(MOST_POSITIONS).map((one) => one.id);
}
