/** Villages and hubs, for names and choices. */

import { type Schemas, answer, api, everyRow } from "../api/client";
import { type Resource, useResource } from "./resource";

const PAGE = 500;
const query = (cursor: string | undefined) => ({ params: { query: { limit: PAGE, ...(cursor ? { cursor } : {}) } } });

export function useVillages(): Resource<Schemas["VillageDocument"][]> {
  return useResource("villages", () => everyRow((cursor) => answer(api.GET("/v1/villages", query(cursor)))));
}

export function useHubs(): Resource<Schemas["HubDocument"][]> {
  return useResource("hubs", () => everyRow((cursor) => answer(api.GET("/v1/hubs", query(cursor)))));
}

/** Code and name of each, as choices. */
export function choices(places: readonly { code: string; name: string }[] | undefined): [string, string][] {
  return (places ?? []).map((place) => [place.code, place.name === place.code ? place.code : `${place.name} (${place.code})`]);
}
