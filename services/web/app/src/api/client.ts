/**
 * The API, typed by its own description: `api.GET("/v1/lots", { params: { query: { state: "waiting" } } })`.
 *
 * `answer(...)` unwraps what came, or throws the `Problem`. Whoever is signed out is taken to the sign-in page.
 */

import { signal } from "@preact/signals";
import createClient, { type Middleware } from "openapi-fetch";

import { Problem, problemOf } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** Sent with every change, so that no other site can make one in our name. */
let csrfToken = "";

/** Set where the server says that nobody is signed in any more. */
export const signedOut = signal(false);

/** Whether the last request reached the server. */
export const reachable = signal(true);

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

const guard: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && csrfToken) request.headers.set("X-CSRF-Token", csrfToken);
    return request;
  },
  onResponse({ request, response }) {
    reachable.value = true;
    if (response.status === 401 && !request.url.includes("/v1/session")) signedOut.value = true;
    return response;
  },
  onError() {
    reachable.value = false;
    return undefined;
  },
};

export const api = createClient<paths>({ baseUrl: globalThis.location?.origin ?? "http://localhost" });
api.use(guard);

interface Answered<Data> {
  data?: Data | undefined;
  error?: unknown;
  response: Response;
}

/** The data of an answer. Throws Problem. */
export async function answer<Data>(asked: Promise<Answered<Data>>): Promise<Data> {
  const { data, error, response } = await asked;
  if (!response.ok) throw problemOf(response.status, error);
  return data as Data;
}

/** Ask an address that the description does not have in every installation. Throws Problem. */
export async function ask<Data>(method: string, path: string, body?: unknown): Promise<Data> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && csrfToken) headers["X-CSRF-Token"] = csrfToken;
  let response: Response;
  try {
    response = await fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  } catch (error) {
    reachable.value = false;
    throw error;
  }
  reachable.value = true;
  const parsed: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (!response.ok) throw problemOf(response.status, parsed);
  return parsed as Data;
}

interface PageOf<Item> {
  items: Item[];
  next_cursor: string | null;
}

const MOST_PAGES = 200;

/** Every row of a list, page by page; `each` sees how many there are so far. Throws Problem. */
export async function everyRow<Item>(
  page: (cursor: string | undefined) => Promise<PageOf<Item>>,
  each: (count: number) => void = () => {},
): Promise<Item[]> {
  const rows: Item[] = [];
  let cursor: string | undefined;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const found = await page(cursor);
    rows.push(...found.items);
    each(rows.length);
    if (found.next_cursor === null) return rows;
    cursor = found.next_cursor;
  }
  throw new Problem(0, "too_many", "", `More than ${rows.length} rows: narrow the filters.`);
}
