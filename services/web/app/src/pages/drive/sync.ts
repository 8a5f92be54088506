/** The queue at work: what is reported goes to the phone first, and from there to the office whenever it can be reached. */

import { batch, signal } from "@preact/signals";

import { answer, api } from "../../api/client";
import type { Problem } from "../../api/problem";
import { session } from "../../session/session";
import { exactNow_ms } from "../../state/clock";
import { keepSheets, keptSheets, phoneOutbox } from "./phone";
import { type Entry, type Report, projected, tooManyPositions } from "./queue";
import { type Office, sendAll } from "./sending";

export const entries = signal<readonly Entry[]>([]);
export const sending = signal(false);
/** Why the last attempt did not send all. */
export const stuck = signal<Problem | null>(null);
/** What the office has taken, until the sheets that tell of it have been fetched. */
export const taken = signal<readonly Entry[]>([]);

const AGAIN_MS = 15_000;

export function me(): string {
  return session.value?.user?.id ?? "";
}

async function own(): Promise<Entry[]> {
  return (await phoneOutbox.all()).filter((one) => one.user === me());
}

async function refresh(): Promise<void> {
  entries.value = await own();
}

/** Report something of a run; it is safe on the phone when this is done. */
export async function report(run_id: string, what: Omit<Report, "id" | "at">): Promise<void> {
  const id = crypto.randomUUID();
  const body: Report = { ...what, id, at: new Date(exactNow_ms()).toISOString() };
  await phoneOutbox.put({ id, run_id, user: me(), refused: null, what: "event", body });
  await refresh();
  const many = tooManyPositions(entries.value);
  if (many.length > 0) await phoneOutbox.remove(many);
  void send();
}

export async function prove(run_id: string, lot: string, kind: "photo" | "signature", content: string): Promise<void> {
  const id = crypto.randomUUID();
  const body = { id, lot, kind, at: new Date(exactNow_ms()).toISOString(), content };
  await phoneOutbox.put({ id, run_id, user: me(), refused: null, what: "proof", body });
  await refresh();
  void send();
}

/** Put a refused report aside once it has been read. */
export async function putAside(id: string): Promise<void> {
  await phoneOutbox.remove([id]);
  await refresh();
}

const office: Office = {
  async report(run_id, events) {
    const said = await answer(api.POST("/v1/runs/{run_id}/events", { params: { path: { run_id } }, body: { events } }));
    return said.results;
  },
  async prove(run_id, proof) {
    await answer(api.POST("/v1/runs/{run_id}/proofs", { params: { path: { run_id } }, body: proof }));
  },
};

/** Send what waits; of several pages open at once, one does. */
export async function send(): Promise<void> {
  await navigator.locks.request("coldchain-drive", { ifAvailable: true }, async (lock) => {
    if (lock === null) return;
    // what is reported meanwhile found the lock taken, and goes with the next turn
    while (entries.value.some((one) => one.refused === null)) {
      sending.value = true;
      const before = await own();
      const { runs, problem } = await sendAll(phoneOutbox, office, me());
      const after = await own();
      const left = new Set(after.map((one) => one.id));
      const gone = before.filter((one) => !left.has(one.id));
      // the connection may break before the sheets are fetched again: what the phone keeps must not fall behind
      const sheets = (await keptSheets(me())).map((sheet) => projected(sheet, gone));
      await keepSheets(me(), sheets, false);
      batch(() => {
        entries.value = after;
        taken.value = [...taken.value, ...gone];
        stuck.value = problem ?? null;
      });
      if (problem !== undefined || runs.length === 0) break;
    }
    sending.value = false;
  });
}

/** Send now, when the connection is back, and every quarter of a minute while something waits. */
export function keepSending(): () => void {
  const now = () => void send();
  void refresh().then(now);
  addEventListener("online", now);
  document.addEventListener("visibilitychange", now);
  const timer = setInterval(now, AGAIN_MS);
  return () => {
    removeEventListener("online", now);
    document.removeEventListener("visibilitychange", now);
    clearInterval(timer);
  };
}
