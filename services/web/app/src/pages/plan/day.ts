/** A plan as the router writes it, laid out truck by truck. Seconds count from the problem's time zero. Pure. */

export type StopKind = "start" | "pickup" | "unload" | "rest" | "end";

export interface RoutedStop {
  kind: StopKind;
  location: string | null;
  arrival_s: number;
  start_s: number;
  depart_s: number;
  pickup: string | null;
  hub: string | null;
  load_g: number;
  load_crates: number;
}

export interface Route {
  truck: string;
  stops: RoutedStop[];
  distance_m: number;
  driving_s: number;
  duration_s: number;
}

export interface Unserved {
  pickup: string;
  rule: string;
  reason: string;
  mandatory: boolean;
  relaxation: string;
}

export interface LateLot {
  pickup: string;
  truck: string;
  late_s: number;
  cost_satang: number;
  reason: string;
}

export interface Indicators {
  trucks: number;
  served: number;
  unserved: number;
  distance_m: number;
  driving_s: number;
  waiting_s: number;
  collected_g: number;
  weight_utilisation_pct: number;
  cost_per_kg_satang: number | null;
  co2e_g: number | null;
  longest_ride_s: number;
}

export interface RoutedPlan {
  routes: Route[];
  unserved: Unserved[];
  costs: Record<string, number>;
  indicators?: Indicators;
  explanations?: { late: LateLot[]; relaxations: { concession: string; pickups: string[] }[] };
  advice?: string[];
}

export interface Window_s {
  opens_s: number;
  closes_s: number;
}

export interface Pickup {
  id: string;
  location: string;
  weight_g: number;
  crates: number;
  windows: Window_s[];
  deadline_s: number | null;
  ride_limit_s: number | null;
}

export interface Truck {
  id: string;
  capacity_g: number;
  capacity_crates: number;
  shift: Window_s;
}

export interface Place {
  id: string;
  latitude: number | null;
  longitude: number | null;
  name: string;
}

export interface Problem {
  locations: Place[];
  hubs: { id: string; location: string; windows: Window_s[] }[];
  trucks: Truck[];
  pickups: Pickup[];
  time_zero_ms: number | null;
}

export type BarKind = "drive" | "wait" | "load" | "unload" | "rest";

export interface Bar {
  kind: BarKind;
  from_s: number;
  to_s: number;
}

export interface LotStop {
  lot: string;
  /** Both from 1, as moves name them. */
  trip: number;
  position: number;
  arrival_s: number;
  start_s: number;
  depart_s: number;
  /** When its hub begins to unload it. */
  delivered_s: number | null;
  hub: string | null;
}

export interface Lane {
  truck: string;
  /** From 1, in the order of the problem: what the map and the timeline call it by. */
  number: number;
  route: Route | undefined;
  bars: Bar[];
  stops: LotStop[];
  trips: number;
}

export const COLOURS = 8;
/** Lines on the map, so that no truck is told by its colour alone. */
export const DASHES = ["", "12 6", "2 6", "14 5 3 5", "6 4"] as const;

export function colourOf(number: number): number {
  return (number - 1) % COLOURS;
}

export function dashOf(number: number): string {
  return DASHES[Math.floor((number - 1) / COLOURS) % DASHES.length] ?? "";
}

/** What a truck does when: one bar for each stretch that lasts. */
export function barsOf(route: Route): Bar[] {
  const bars: Bar[] = [];
  const add = (kind: BarKind, from_s: number, to_s: number) => to_s > from_s && bars.push({ kind, from_s, to_s });
  let left_s: number | undefined;
  for (const stop of route.stops) {
    if (left_s !== undefined) add("drive", left_s, stop.arrival_s);
    add("wait", stop.arrival_s, stop.start_s);
    const busy = stop.kind === "pickup" ? "load" : stop.kind === "unload" ? "unload" : stop.kind === "rest" ? "rest" : undefined;
    if (busy !== undefined) add(busy, stop.start_s, stop.depart_s);
    left_s = stop.depart_s;
  }
  return bars;
}

function stopsOf(route: Route): { stops: LotStop[]; trips: number } {
  const stops: LotStop[] = [];
  let trip = 1;
  let aboard: LotStop[] = [];
  for (const stop of route.stops) {
    if (stop.kind === "pickup" && stop.pickup !== null) {
      const { arrival_s, start_s, depart_s } = stop;
      aboard.push({ lot: stop.pickup, trip, position: aboard.length + 1, arrival_s, start_s, depart_s, delivered_s: null, hub: null });
    } else if (stop.kind === "unload") {
      stops.push(...aboard.map((one) => ({ ...one, delivered_s: stop.start_s, hub: stop.hub })));
      aboard = [];
      trip += 1;
    }
  }
  stops.push(...aboard);
  return { stops, trips: trip - 1 };
}

const drawn = new WeakMap<Route, Pick<Lane, "bars" | "stops" | "trips">>();

/** One lane a truck, those without work too; what a route looks like is reckoned once. */
export function lanesOf(problem: Problem, plan: RoutedPlan): Lane[] {
  const routes = new Map(plan.routes.map((route) => [route.truck, route]));
  return problem.trucks.map(({ id }, index) => {
    const route = routes.get(id);
    let parts = route && drawn.get(route);
    if (route !== undefined && parts === undefined) {
      parts = { bars: barsOf(route), ...stopsOf(route) };
      drawn.set(route, parts);
    }
    return { truck: id, number: index + 1, route, ...(parts ?? { bars: [], stops: [], trips: 0 }) };
  });
}

/** The plan with what a rehearsal changes in it: routes that it leaves alone stay the same objects, and are not drawn again. */
export function withChanges(plan: RoutedPlan, edited: RoutedPlan, changed: readonly string[]): RoutedPlan {
  const fresh = new Map(edited.routes.map((route) => [route.truck, route]));
  const kept = plan.routes.filter((route) => !changed.includes(route.truck));
  const replaced = changed.flatMap((truck) => fresh.get(truck) ?? []);
  return { ...edited, routes: [...kept, ...replaced] };
}

const HOUR_S = 3600;

/** From the first start to the last end of all lanes, in whole hours. */
export function spanOf(lanes: readonly Lane[], zero_ms: number): Window_s {
  const ends = lanes.flatMap(({ route }) => (route && route.stops.length > 0 ? [route.stops[0]!.arrival_s, route.stops.at(-1)!.depart_s] : []));
  if (ends.length === 0) return { opens_s: 0, closes_s: 12 * HOUR_S };
  // hours of the clock, not of the problem's zero
  const past_s = Math.round(zero_ms / 1000) % HOUR_S;
  const opens_s = Math.floor((Math.min(...ends) + past_s) / HOUR_S) * HOUR_S - past_s;
  const closes_s = Math.ceil((Math.max(...ends) + past_s) / HOUR_S) * HOUR_S - past_s;
  return { opens_s, closes_s: Math.max(closes_s, opens_s + HOUR_S) };
}

/** Time to spare between delivery and what ends first, the deadline or the ride limit; null where neither is set. */
export function spare_s(stop: LotStop, pickup: Pickup | undefined): number | null {
  if (pickup === undefined || stop.delivered_s === null) return null;
  const limits = [
    pickup.deadline_s,
    pickup.ride_limit_s === null ? null : stop.start_s + pickup.ride_limit_s,
  ].filter((limit) => limit !== null);
  return limits.length === 0 ? null : Math.min(...limits) - stop.delivered_s;
}
