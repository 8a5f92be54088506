/**
 * Sends what waits, over two ports so that it can be tried without a browser: where entries are kept, and who takes them.
 *
 * What can't be taken is marked with the reason and the rest goes on; what could not be asked is left for the next time.
 */

import { Problem, asProblem } from "../../api/problem";
import { type Entry, type Proof, type Report, toSend } from "./queue";

export interface Outbox {
  all(): Promise<Entry[]>;
  put(entry: Entry): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
}

export interface Taken {
  id: string;
  outcome: "accepted" | "duplicate" | "refused";
  reason: string | null;
}

export interface Office {
  /** Throws Problem. */
  report(run_id: string, events: Report[]): Promise<readonly Taken[]>;
  /** Throws Problem. */
  prove(run_id: string, proof: Proof): Promise<void>;
}

export const MOST_AT_ONCE = 100;

/** Answers what came up where not all of it could be asked, and the runs of which something was taken. */
export async function sendAll(outbox: Outbox, office: Office, user: string): Promise<{ runs: string[]; problem?: Problem }> {
  const runs: string[] = [];
  for (const [run_id, entries] of toSend(await outbox.all(), user)) {
    try {
      runs.push(run_id);
      const events = entries.filter((one) => one.what === "event");
      for (let start = 0; start < events.length; start += MOST_AT_ONCE) {
        await sendEvents(outbox, office, run_id, events.slice(start, start + MOST_AT_ONCE));
      }
      for (const one of entries) if (one.what === "proof") await sendProof(outbox, office, one);
    } catch (error) {
      return { runs, problem: asProblem(error) };
    }
  }
  return { runs };
}

async function sendEvents(outbox: Outbox, office: Office, run_id: string, entries: readonly Entry[]): Promise<void> {
  let taken: readonly Taken[];
  try {
    taken = await office.report(run_id, entries.map((one) => one.body as Report));
  } catch (error) {
    const problem = asProblem(error);
    if (!isFinal(problem)) throw problem;
    // one that can't be read must not hold up the others
    if (entries.length === 1) await Promise.all(entries.map((one) => outbox.put({ ...one, refused: problem.message })));
    else for (const one of entries) await sendEvents(outbox, office, run_id, [one]);
    return;
  }
  const refused = new Map(taken.filter((one) => one.outcome === "refused").map((one) => [one.id, one.reason ?? "?"]));
  const answered = new Set(taken.map((one) => one.id));
  await outbox.remove(entries.filter((one) => answered.has(one.id) && !refused.has(one.id)).map((one) => one.id));
  for (const one of entries) {
    const reason = refused.get(one.id);
    if (reason !== undefined) await outbox.put({ ...one, refused: reason });
  }
}

async function sendProof(outbox: Outbox, office: Office, entry: Entry & { what: "proof" }): Promise<void> {
  try {
    await office.prove(entry.run_id, entry.body);
    await outbox.remove([entry.id]);
  } catch (error) {
    const problem = asProblem(error);
    if (!isFinal(problem)) throw problem;
    await outbox.put({ ...entry, refused: problem.message });
  }
}

/** Whether asking again would be answered the same: not when signed out, slowed down, or where the server is in trouble. */
function isFinal(problem: Problem): boolean {
  return problem.status >= 400 && problem.status < 500 && ![401, 403, 408, 425, 429].includes(problem.status);
}
