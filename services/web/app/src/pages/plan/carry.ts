/** Where a carried lot may be put down, and how keys and pointer go from one such place to the next. Pure. */

import type { Lane, LotStop } from "./day";

export interface Spot {
  /** null: it stays behind. */
  truck: string | null;
  trip: number;
  position: number;
}

export type Direction = "up" | "down" | "left" | "right";

export function sameSpot(one: Spot, other: Spot): boolean {
  return one.truck === other.truck && one.trip === other.trip && one.position === other.position;
}

/** The lane's stops without the lot: a trip that this empties is gone, as the server has it. */
function others(lane: Lane, lot: string): LotStop[][] {
  const trips: LotStop[][] = Array.from({ length: lane.trips }, () => []);
  for (const stop of lane.stops) if (stop.lot !== lot) (trips[stop.trip - 1] ??= []).push(stop);
  return trips.filter((trip) => trip.length > 0);
}

/** Every place in a lane, in the order of driving. */
export function spotsIn(lane: Lane, lot: string): Spot[] {
  const trips = others(lane, lot);
  if (trips.length === 0) return [{ truck: lane.truck, trip: 1, position: 1 }];
  return trips.flatMap((trip, index) =>
    Array.from({ length: trip.length + 1 }, (_, at) => ({ truck: lane.truck, trip: index + 1, position: at + 1 })),
  );
}

/** About when the truck would be there; undefined in an empty lane. */
export function time_s(lane: Lane, lot: string, spot: Spot): number | undefined {
  const trip = others(lane, lot)[spot.trip - 1];
  if (trip === undefined) return undefined;
  const before = trip[spot.position - 2];
  const after = trip[spot.position - 1];
  if (before && after) return (before.depart_s + after.arrival_s) / 2;
  return before ? before.depart_s : after?.arrival_s;
}

/** The place in a lane that is nearest to a time. */
export function spotAt(lane: Lane, lot: string, at_s: number): Spot {
  const spots = spotsIn(lane, lot);
  let best = spots[0] as Spot;
  let distance = Infinity;
  for (const spot of spots) {
    const away = Math.abs((time_s(lane, lot, spot) ?? at_s) - at_s);
    if (away < distance) [best, distance] = [spot, away];
  }
  return best;
}

const LEFT: Spot = { truck: null, trip: 1, position: 1 };

/** Where a lot is now. */
export function spotOf(lanes: readonly Lane[], lot: string): Spot {
  for (const lane of lanes) {
    const stop = lane.stops.find((one) => one.lot === lot);
    if (stop) return { truck: lane.truck, trip: stop.trip, position: stop.position };
  }
  return LEFT;
}

/** One step with the arrows: along the lane, or to the next truck at about the same time; below the last it stays behind. */
export function stepped(lanes: readonly Lane[], lot: string, from: Spot, direction: Direction, at_s: number): Spot {
  const index = lanes.findIndex((lane) => lane.truck === from.truck);
  if (direction === "left" || direction === "right") {
    const lane = lanes[index];
    if (lane === undefined) return from;
    const spots = spotsIn(lane, lot);
    const at = spots.findIndex((spot) => sameSpot(spot, from));
    return spots[at + (direction === "left" ? -1 : 1)] ?? from;
  }
  const row = index < 0 ? lanes.length : index;
  const next = direction === "up" ? row - 1 : row + 1;
  if (next < 0) return from;
  const lane = lanes[next];
  return lane === undefined ? LEFT : spotAt(lane, lot, at_s);
}

/** The stop to look at next with the arrows, when nothing is carried; undefined at an end. */
export function neighbour(lanes: readonly Lane[], left: readonly string[], lot: string, direction: Direction): string | undefined {
  const rows: { lot: string; at_s: number }[][] = lanes.map((lane) => lane.stops.map((stop) => ({ lot: stop.lot, at_s: stop.start_s })));
  rows.push(left.map((one) => ({ lot: one, at_s: 0 })));
  const row = rows.findIndex((stops) => stops.some((stop) => stop.lot === lot));
  const stops = rows[row] ?? [];
  const at = stops.findIndex((stop) => stop.lot === lot);
  if (direction === "left") return stops[at - 1]?.lot;
  if (direction === "right") return stops[at + 1]?.lot;
  const step = direction === "up" ? -1 : 1;
  for (let other = row + step; other >= 0 && other < rows.length; other += step) {
    const found = rows[other] ?? [];
    const near = [...found].sort((a, b) => Math.abs(a.at_s - (stops[at]?.at_s ?? 0)) - Math.abs(b.at_s - (stops[at]?.at_s ?? 0)))[0];
    if (near) return near.lot;
  }
  return undefined;
}
