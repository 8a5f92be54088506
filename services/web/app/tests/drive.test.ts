import { describe, expect, it } from "vitest";

import { Problem } from "../src/api/problem";
import { fitted } from "../src/pages/drive/pictures";
import { type Entry, MOST_POSITIONS, type Proof, type Report, type Sheet, nextStep, projected, toSend, tooManyPositions } from "../src/pages/drive/queue";
import { type Office, type Outbox, type Taken, sendAll } from "../src/pages/drive/sending";

const PLACE = { code: "KLG-01", name: "Klaeng", name_th: "แกลง", latitude: 12.78, longitude: 101.65 };
const at = (minute: number) => new Date(Date.parse("2026-11-23T01:00:00Z") + minute * 60_000).toISOString();

function stop(position: number): Sheet["stops"][number] {
  return {
    position,
    lot: `LOT-${position}`,
    produce_en: "Durian",
    produce_th: "ทุเรียน",
    grade: null,
    weight_g: 400_000,
    crates: 20,
    village: PLACE,
    arrives_at: at(20 * position),
    departs_at: at(20 * position + 10),
    state: "assigned",
    arrived_at: null,
    done_at: null,
    loaded_weight_g: null,
    loaded_crates: null,
    reason: null,
  };
}

const SHEET: Sheet = {
  run_id: "run-1",
  code: "RUN-1",
  truck: "TRK-7",
  state: "assigned",
  version: 1,
  set_point_c: 14,
  distance_m: 100_000,
  departs_at: at(0),
  departed_at: null,
  arrives_at: at(120),
  arrived_at: null,
  hub: PLACE,
  stops: [stop(1), stop(2)],
  changes: [],
};

let made = 0;

function event(kind: Report["kind"], minute: number, more: Partial<Report> = {}, run_id = "run-1"): Entry {
  const id = `event-${(made += 1)}`;
  return { id, run_id, user: "somchai", refused: null, what: "event", body: { id, kind, at: at(minute), ...more } };
}

function photo(lot: string, minute: number): Entry {
  const id = `proof-${(made += 1)}`;
  return { id, run_id: "run-1", user: "somchai", refused: null, what: "proof", body: { id, lot, kind: "photo", at: at(minute), content: "AA==" } };
}

describe("the next step", () => {
  it("goes from stop to stop to the hub, by what only the phone knows yet", () => {
    const waiting: Entry[] = [];
    const kinds = () => nextStep(projected(SHEET, waiting)).kind;
    const steps: [string, Entry][] = [
      ["go", event("heading", 1, { lot: "LOT-1" })],
      ["arrive", event("arrived", 20, { lot: "LOT-1" })],
      ["load", event("loaded", 30, { lot: "LOT-1", weight_g: 390_000, crates: 19 })],
      ["go", event("skipped", 40, { lot: "LOT-2", reason: "flooded" })],
      ["deliver", event("delivered", 90)],
    ];
    for (const [kind, entry] of steps) {
      expect(kinds()).toBe(kind);
      waiting.push(entry);
    }
    expect(kinds()).toBe("delivered");
    const [first, second] = projected(SHEET, waiting).stops;
    expect([first?.state, first?.loaded_weight_g, second?.reason]).toEqual(["loaded", 390_000, "flooded"]);
  });

  it("stays with the stop that was begun, whatever its place on the sheet", () => {
    const begun = projected(SHEET, [event("arrived", 5, { lot: "LOT-2" })]);
    expect(nextStep(begun)).toMatchObject({ kind: "load", stop: { lot: "LOT-2" } });
  });

  it("takes no account of what the office refused, of other runs, or of stops made already", () => {
    const refused = { ...event("arrived", 5, { lot: "LOT-1" }), refused: "no" };
    expect(projected(SHEET, [refused, event("delivered", 6, {}, "run-2")])).toEqual(SHEET);
    const loaded = { ...SHEET, stops: [{ ...stop(1), state: "loaded" as const }, stop(2)] };
    expect(projected(loaded, [event("arrived", 7, { lot: "LOT-1" })])).toEqual(loaded);
  });
});

describe("what waits", () => {
  it("is sent in the order of time, proofs after what they prove, another user's not at all", () => {
    const [late, early, picture] = [event("loaded", 30), event("arrived", 20), photo("LOT-1", 10)];
    const other = { ...event("departed", 0), user: "lek" };
    expect(toSend([late, picture, other, early], "somchai").get("run-1")).toEqual([early, late, picture]);
  });

  it("holds the newest positions only", () => {
    const many = Array.from({ length: MOST_POSITIONS + 2 }, (_, minute) => event("position", minute));
    expect(tooManyPositions(many)).toEqual([many[1]?.id, many[0]?.id]);
  });
});

class Box implements Outbox {
  kept: Map<string, Entry>;
  constructor(...entries: Entry[]) {
    this.kept = new Map(entries.map((one) => [one.id, one]));
  }
  all = async () => [...this.kept.values()];
  put = async (entry: Entry) => void this.kept.set(entry.id, entry);
  remove = async (ids: readonly string[]) => ids.forEach((id) => this.kept.delete(id));
}

/** Takes each report once; refuses lots that it does not know; is out of reach as long as it is told to be. */
class Post implements Office {
  taken: string[] = [];
  proofs: string[] = [];
  fails: Problem[] = [];
  unreadable = new Set<string>();
  async report(_run: string, events: Report[]): Promise<readonly Taken[]> {
    const failure = this.fails.shift();
    if (failure) throw failure;
    if (events.some((one) => this.unreadable.has(one.id))) throw new Problem(422, "invalid_input", "", "One member is wrong.");
    return events.map(({ id, lot }) => {
      if (lot === "NOBODYS") return { id, outcome: "refused", reason: "NOBODYS stands on no run." };
      if (this.taken.includes(id)) return { id, outcome: "duplicate", reason: null };
      this.taken.push(id);
      return { id, outcome: "accepted", reason: null };
    });
  }
  async prove(_run: string, proof: Proof): Promise<void> {
    this.proofs.push(proof.id);
  }
}

describe("sending", () => {
  it("empties the queue, and keeps what was refused with the reason", async () => {
    const [good, bad, picture] = [event("departed", 0), event("loaded", 5, { lot: "NOBODYS" }), photo("LOT-1", 6)];
    const [box, post] = [new Box(good, bad, picture), new Post()];
    expect(await sendAll(box, post, "somchai")).toEqual({ runs: ["run-1"] });
    expect(await box.all()).toEqual([{ ...bad, refused: "NOBODYS stands on no run." }]);
    expect([post.taken, post.proofs]).toEqual([[good.id], [picture.id]]);
    await sendAll(box, post, "somchai");
    expect(post.taken).toHaveLength(1);
  });

  it.each([0, 401, 403, 429, 500, 503])("leaves everything where it is when the answer is %d", async (status) => {
    const [box, post] = [new Box(event("departed", 0), photo("LOT-1", 1)), new Post()];
    post.fails = [new Problem(status, "", "", "later")];
    expect((await sendAll(box, post, "somchai")).problem?.status).toBe(status);
    expect(await box.all()).toHaveLength(2);
    expect(post.proofs).toEqual([]);
    await sendAll(box, post, "somchai");
    expect(await box.all()).toEqual([]);
  });

  it("does not let one that can't be read hold up the others", async () => {
    const entries = [event("departed", 0), event("note", 1), event("arrived", 2)];
    const [box, post] = [new Box(...entries), new Post()];
    post.unreadable.add(entries[1]?.id ?? "");
    await sendAll(box, post, "somchai");
    expect(await box.all()).toEqual([{ ...entries[1], refused: "One member is wrong." }]);
    expect(post.taken).toEqual([entries[0]?.id, entries[2]?.id]);
  });

  it("makes nothing twice where the answer was lost", async () => {
    const [box, post] = [new Box(event("departed", 0)), new Post()];
    const [entry] = await box.all();
    await sendAll(box, post, "somchai");
    await box.put(entry as Entry);
    await sendAll(box, post, "somchai");
    expect([post.taken.length, (await box.all()).length]).toEqual([1, 0]);
  });
});

it("fits photos to 1200 pixels and never enlarges them", () => {
  expect(fitted(4000, 3000)).toEqual([1200, 900]);
  expect(fitted(300, 900)).toEqual([300, 900]);
  expect(fitted(100_000, 10)).toEqual([1200, 1]);
});
