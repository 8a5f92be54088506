/** A plan with what it was made from, and the tag that publishing it needs. */

import { type Schemas, answer, api } from "../../api/client";
import { problemOf } from "../../api/problem";
import type { Problem, RoutedPlan } from "./day";

export interface Loaded {
  document: Schemas["PlanDocument"];
  etag: string;
  plan: RoutedPlan;
  problem: Problem;
  pins: ReadonlyMap<string, Schemas["PinDocument"]>;
  progress: readonly Schemas["ProgressDocument"][];
}

const NOTHING: Problem = { locations: [], hubs: [], trucks: [], pickups: [], time_zero_ms: null };

/** Throws Problem. `known` spares fetching what an edited plan shares with the one before. */
export async function loadPlan(id: string, known?: Problem): Promise<Loaded> {
  const path = { params: { path: { plan_id: id } } };
  const [found, problem, pins] = await Promise.all([
    api.GET("/v1/plans/{plan_id}", path),
    known ?? answer(api.GET("/v1/plans/{plan_id}/problem", path)).then((one) => ({ ...NOTHING, ...(one.problem as unknown as Problem) })),
    answer(api.GET("/v1/plans/{plan_id}/pins", path)),
  ]);
  if (found.data === undefined) throw problemOf(found.response.status, found.error);
  const document = found.data;
  const progress = document.state === "published" ? await answer(api.GET("/v1/plans/{plan_id}/progress", path)).catch(() => []) : [];
  return {
    document,
    etag: found.response.headers.get("ETag") ?? "*",
    plan: document.plan as unknown as RoutedPlan,
    problem,
    pins: new Map(pins.pins.map((pin) => [pin.lot, pin])),
    progress,
  };
}
