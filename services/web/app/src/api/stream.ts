/**
 * Changes as they happen: one connection for the whole app, whose state people can see.
 *
 * The browser comes back by itself with `Last-Event-ID`, and the server sends what was missed. Where it gives up for
 * good, a fresh connection is made and everything shown is fetched again.
 */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

export const KINDS = [
  "lot.freshness",
  "shipment.freshness",
  "alarm",
  "run",
  "plan",
  "plan.job",
  "gateway",
] as const;
export type Kind = (typeof KINDS)[number];

export interface Change {
  kind: Kind;
  /** The id of what changed. */
  id: string;
  document: Record<string, unknown>;
}

export type Connection = "connecting" | "live" | "lost";

export const connection = signal<Connection>("connecting");

type Listener = (change: Change | "everything") => void;

const listeners = new Set<Listener>();
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;

let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let wait_ms = FIRST_WAIT_MS;
let wasLive = false;

function tell(change: Change | "everything"): void {
  for (const listener of listeners) listener(change);
}

/** Listen from now on; called again, it starts afresh. */
export function connect(): void {
  disconnect();
  const opened = new EventSource("/v1/stream");
  source = opened;
  connection.value = "connecting";
  opened.onopen = () => {
    connection.value = "live";
    wait_ms = FIRST_WAIT_MS;
    if (wasLive) tell("everything");
    wasLive = true;
  };
  opened.onerror = () => {
    connection.value = "lost";
    if (opened.readyState !== EventSource.CLOSED) return;
    retry = setTimeout(connect, wait_ms);
    wait_ms = Math.min(wait_ms * 2, LONGEST_WAIT_MS);
  };
  for (const kind of KINDS) {
    opened.addEventListener(kind, (event) => {
      const document = JSON.parse(event.data as string) as Record<string, unknown>;
      tell({ kind, id: String(document["id"] ?? ""), document });
    });
  }
}

export function disconnect(): void {
  clearTimeout(retry);
  source?.close();
  source = null;
}

export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Call `heard` for changes of these kinds while the component is shown. */
export function useChanges(kinds: readonly Kind[], heard: (change: Change | "everything") => void): void {
  useEffect(
    () => listen((change) => (change === "everything" || kinds.includes(change.kind)) && heard(change)),
    [kinds.join(), heard],
  );
}
