import { describe, expect, it } from "vitest";

import { neighbour, spotAt, spotOf, spotsIn, stepped, time_s } from "../src/pages/plan/carry";
import { type Problem, type RoutedPlan, type RoutedStop, type StopKind, barsOf, colourOf, dashOf, lanesOf, spanOf, spare_s, withChanges } from "../src/pages/plan/day";
import { noteEdit, noteUndo, toRedo } from "../src/pages/plan/edits";
import { toRequest } from "../src/pages/plans/request";
import { diffOf } from "../src/pages/repairs/diff";

const MIN = 60;

function stop(kind: StopKind, arrival: number, start: number, depart: number, pickup: string | null = null): RoutedStop {
  const hub = kind === "unload" ? "H" : null;
  return { kind, location: "x", arrival_s: arrival * MIN, start_s: start * MIN, depart_s: depart * MIN, pickup, hub, load_g: 0, load_crates: 0 };
}

function route(truck: string, stops: RoutedStop[]) {
  return { truck, stops, distance_m: 0, driving_s: 0, duration_s: 0 };
}

/** Truck A makes two trips (1, 2 and 3), truck B none, truck C one (4); 5 stays behind. */
const A = route("A", [
  stop("start", 0, 0, 0),
  stop("pickup", 30, 40, 50, "1"),
  stop("pickup", 60, 60, 70, "2"),
  stop("rest", 80, 80, 110),
  stop("unload", 120, 125, 140),
  stop("pickup", 160, 160, 170, "3"),
  stop("unload", 200, 200, 210),
  stop("end", 210, 210, 210),
]);
const C = route("C", [stop("start", 0, 0, 0), stop("pickup", 65, 65, 75, "4"), stop("unload", 120, 120, 130)]);
const plan: RoutedPlan = { routes: [A, C], unserved: [{ pickup: "5", rule: "shift", reason: "", mandatory: false, relaxation: "" }], costs: {} };
const pickup = (id: string, deadline_min: number | null, ride_min: number | null) => ({
  id,
  location: "x",
  weight_g: 1,
  crates: 1,
  windows: [],
  deadline_s: deadline_min === null ? null : deadline_min * MIN,
  ride_limit_s: ride_min === null ? null : ride_min * MIN,
});
const problem: Problem = {
  locations: [],
  hubs: [],
  trucks: ["A", "B", "C"].map((id) => ({ id, capacity_g: 1, capacity_crates: 1, shift: { opens_s: 0, closes_s: 999 } })),
  pickups: [pickup("1", 150, 80), pickup("2", null, null)],
  time_zero_ms: 0,
};
const lanes = lanesOf(problem, plan);

describe("the timeline", () => {
  it("shows driving, waiting, loading, rests and unloading, each as long as it lasts", () => {
    expect(barsOf(A).slice(0, 8).map((bar) => [bar.kind, bar.from_s / MIN, bar.to_s / MIN])).toEqual([
      ["drive", 0, 30],
      ["wait", 30, 40],
      ["load", 40, 50],
      ["drive", 50, 60],
      ["load", 60, 70],
      ["drive", 70, 80],
      ["rest", 80, 110],
      ["drive", 110, 120],
    ]);
    expect(barsOf(A).every((bar) => bar.to_s > bar.from_s)).toBe(true);
  });

  it("counts positions trip by trip, and knows when each lot is unloaded", () => {
    const [first] = lanes;
    expect(first?.stops.map((one) => [one.lot, one.trip, one.position, (one.delivered_s ?? 0) / MIN])).toEqual([
      ["1", 1, 1, 125],
      ["2", 1, 2, 125],
      ["3", 2, 1, 200],
    ]);
    expect(lanes[1]?.route).toBeUndefined();
  });

  it("measures what is to spare by whichever ends first, deadline or ride limit", () => {
    const [one, two] = lanes[0]!.stops;
    expect(spare_s(one!, problem.pickups[0])).toBe(-5 * MIN); // loaded at 40, may ride 80, unloaded at 125
    expect(spare_s(two!, problem.pickups[1])).toBeNull();
  });

  it("spans whole hours of the clock, wherever zero lies", () => {
    expect(spanOf(lanes, 0)).toEqual({ opens_s: 0, closes_s: 4 * 3600 });
    expect(spanOf(lanes, 30 * MIN * 1000)).toEqual({ opens_s: -1800, closes_s: 4 * 3600 - 1800 });
  });

  it("leaves alone, as the same objects, what a rehearsal does not change", () => {
    const edited = { ...plan, routes: [structuredClone(A), structuredClone(C)] };
    const drawn = lanesOf(problem, withChanges(plan, edited, ["C", "B"]));
    expect(drawn[0]?.route).toBe(A);
    expect(drawn[0]?.bars).toBe(lanes[0]?.bars);
    expect(drawn[2]?.route).toBe(edited.routes[1]);
    expect(drawn).toHaveLength(3);
  });

  it("tells forty trucks apart by colour and pattern together", () => {
    const looks = Array.from({ length: 40 }, (_, index) => `${colourOf(index + 1)} ${dashOf(index + 1)}`);
    expect(new Set(looks).size).toBe(40);
  });
});

describe("carrying a lot", () => {
  const from = spotOf(lanes, "2");

  it("starts where the lot is, or behind", () => {
    expect(from).toEqual({ truck: "A", trip: 1, position: 2 });
    expect(spotOf(lanes, "5").truck).toBeNull();
  });

  it("may be put down anywhere in a lane; a trip that it leaves empty is gone", () => {
    expect(spotsIn(lanes[0]!, "2").map((one) => [one.trip, one.position])).toEqual([[1, 1], [1, 2], [2, 1], [2, 2]]);
    expect(spotsIn(lanes[0]!, "3").map((one) => [one.trip, one.position])).toEqual([[1, 1], [1, 2], [1, 3]]);
    expect(spotsIn(lanes[1]!, "3")).toEqual([{ truck: "B", trip: 1, position: 1 }]);
  });

  it("goes along the lane and stops at its ends", () => {
    const right = stepped(lanes, "2", from, "right", 0);
    expect(right).toEqual({ truck: "A", trip: 2, position: 1 });
    const end = { truck: "A", trip: 2, position: 2 };
    expect(stepped(lanes, "2", end, "right", 0)).toEqual(end);
  });

  it("goes to the next truck at about the same time, and from the last one to what stays behind", () => {
    const down = stepped(lanes, "2", from, "down", 60 * MIN);
    expect(down).toEqual({ truck: "B", trip: 1, position: 1 });
    const last = stepped(lanes, "2", down, "down", 100 * MIN);
    expect(last).toEqual({ truck: "C", trip: 1, position: 2 });
    const behind = stepped(lanes, "2", last, "down", 100 * MIN);
    expect(behind.truck).toBeNull();
    expect(stepped(lanes, "2", behind, "up", 0)).toEqual({ truck: "C", trip: 1, position: 1 });
    expect(stepped(lanes, "2", from, "up", 0)).toEqual(from);
  });

  it("lands under the pointer", () => {
    expect(spotAt(lanes[0]!, "4", 55 * MIN)).toEqual({ truck: "A", trip: 1, position: 2 });
    expect(spotAt(lanes[0]!, "4", 400 * MIN)).toEqual({ truck: "A", trip: 2, position: 2 });
    expect(time_s(lanes[1]!, "4", { truck: "B", trip: 1, position: 1 })).toBeUndefined();
  });

  it("is chosen with the arrows, over idle trucks too", () => {
    expect(neighbour(lanes, ["5"], "1", "right")).toBe("2");
    expect(neighbour(lanes, ["5"], "1", "left")).toBeUndefined();
    expect(neighbour(lanes, ["5"], "2", "down")).toBe("4");
    expect(neighbour(lanes, ["5"], "4", "down")).toBe("5");
    expect(neighbour(lanes, ["5"], "4", "up")).toBe("2");
  });
});

describe("what was undone", () => {
  it("can be made again until something else is", () => {
    const edit = { moves: [{ lot: "1", to_truck: "C", trip: 1, position: 1 }], pin: false };
    noteEdit("p", "q", edit);
    expect(toRedo("p")).toBeUndefined();
    noteUndo("q", "p");
    expect(toRedo("p")).toBe(edit);
    noteEdit("p", "r", { ...edit, pin: true });
    expect(toRedo("p")).toBeUndefined();
  });
});

describe("a request", () => {
  const there = { lots: ["1", "2"], trucks: ["A", "B"], hubs: ["H"] };
  const asked = { lots: new Set(there.lots), trucks: new Set(there.trucks), hubs: new Set(there.hubs), seconds: 5, which: "waiting" as const, name: "", fewer: "", later_min: 0, longer_min: 0 };

  it("names lots and trucks only where some are left out", () => {
    expect(toRequest(asked, there).base).toMatchObject({ lots: null, trucks: null, hubs: null });
    expect(toRequest({ ...asked, lots: new Set(["2"]) }, there).base.lots).toEqual(["2"]);
  });

  it("has a scenario only where something is otherwise, under a name of its own", () => {
    expect(toRequest(asked, there).scenario).toBeNull();
    expect(toRequest({ ...asked, fewer: "B", later_min: 60 }, there).scenario).toMatchObject({ name: "−B, +60 min", without_trucks: ["B"], later_cutoff_min: 60 });
  });
});

describe("a repair's changes", () => {
  it("show each touched truck before and after, and no other", () => {
    const now = new Map([["A", ["1", "2", "3"]], ["B", ["4"]], ["C", ["5"]]]);
    const then = new Map([["A", ["3", "1"]], ["B", ["4", "2"]], ["C", ["5"]]]);
    const found = diffOf(now, then);
    expect(found.map((one) => one.truck)).toEqual(["A", "B"]);
    expect(found[0]?.now.find((line) => line.lot === "2")?.mark).toBe("gone");
    expect(found[0]?.then.filter((line) => line.mark === "moved")).toHaveLength(1);
    expect(found[1]?.then).toEqual([{ lot: "4", mark: "same" }, { lot: "2", mark: "new" }]);
  });
});
