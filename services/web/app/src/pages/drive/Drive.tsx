/** A driver's phone: today's own run, one large next step, and everything safe on the phone until it is sent. */

import "./drive.css";

import { useEffect, useState } from "preact/hooks";

import { answer, api, everyRow } from "../../api/client";
import { asProblem } from "../../api/problem";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Empty, Loading, ProblemNote } from "../../components/notes";
import { number } from "../../format/quantity";
import { written } from "../../format/time";
import { type PageProps, address } from "../../shell/page";
import { exactNow_ms } from "../../state/clock";
import { remember, remembered } from "../../state/remembered";
import { useResource } from "../../state/resource";
import { keepSheets, keptSheets } from "./phone";
import { stayUsable } from "./offline";
import { type Entry, type Sheet, projected } from "./queue";
import { RunView } from "./RunView";
import { Sync } from "./Sync";
import { entries, keepSending, me, taken } from "./sync";
import { driveWords } from "./words";

interface Seen {
  sheets: Sheet[];
  /** What the office had taken before they were fetched. */
  taken: readonly Entry[];
  /** When they were fetched, where that was not now. */
  as_of: number | null;
}

const FETCHED = "drive.fetched";

/** Today's sheets, or those that the phone has kept. Throws Problem where the server says no. */
async function load(run: string | undefined): Promise<Seen> {
  const before = taken.peek();
  try {
    const ids = run === undefined ? await todays() : [run];
    const sheets = await Promise.all(
      ids.map((run_id) => answer(api.GET("/v1/runs/{run_id}/sheet", { params: { path: { run_id } } }))),
    );
    await keepSheets(me(), sheets, run === undefined);
    remember(FETCHED, String(exactNow_ms()));
    return { sheets, taken: before, as_of: null };
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status !== 0 && problem.status < 500) throw problem;
    const kept = (await keptSheets(me())).filter((one) => run === undefined || one.run_id === run);
    if (kept.length === 0) throw problem;
    return { sheets: kept, taken: before, as_of: Number(remembered(FETCHED)) || null };
  }
}

async function todays(): Promise<string[]> {
  const rows = await everyRow((cursor) =>
    answer(api.GET("/v1/runs", { params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } } })),
  );
  return rows.map((one) => one.id);
}

export default function Drive({ params }: PageProps) {
  const words = driveWords();
  const wanted = params["run"];
  const [chosen, choose] = useState<string>();
  const found = useResource(`drive ${wanted ?? ""}`, () => load(wanted), ["run"]);
  // what was shown stays while it is fetched again, also after something was sent
  const [seen, setSeen] = useState<Seen>();
  useEffect(() => {
    if (found.data === undefined) return;
    const { taken: told } = found.data;
    setSeen(found.data);
    taken.value = taken.value.filter((one) => !told.includes(one));
  }, [found.data]);
  useEffect(() => {
    if (taken.value.length > 0) void found.reload();
  }, [taken.value]);
  useEffect(keepSending, []);
  useEffect(() => void stayUsable().catch((error: unknown) => console.info("not kept for offline use:", error)), []);
  useEffect(() => {
    const again = () => void found.reload();
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [found.reload]);

  const sheets = (seen?.sheets ?? []).map((one) => projected(one, [...taken.value, ...entries.value]));
  const open = sheets.filter((one) => one.state === "assigned" || one.state === "driving");
  const shown = sheets.find((one) => one.run_id === (wanted ?? chosen)) ?? (open.length === 1 ? open[0] : undefined);
  return (
    <div class="drive">
      <Heading title={shown ? words.run(shown.truck) : words.title} />
      <Sync />
      {found.problem && <ProblemNote problem={found.problem} again={() => void found.reload()} />}
      {seen === undefined && !found.problem && <Loading rows={3} />}
      {seen?.as_of != null && (
        <p class="drive-note" role="status">
          <Icon name="offline" /> {words.saved(written(seen.as_of, "time"))}
        </p>
      )}
      {seen && sheets.length === 0 && (
        <Empty icon="truck" title={words.none}>
          {words.noneNext}
        </Empty>
      )}
      {shown ? (
        <RunView key={shown.run_id} sheet={shown} />
      ) : (
        <ul class="drive-runs">
          {sheets.map((one) => (
            <li key={one.run_id}>
              <a class="button wide" href={address("/drive/:run", { run: one.run_id })} onClick={() => choose(one.run_id)}>
                <Icon name="truck" />
                <strong>{one.truck}</strong> <Moment at={one.departs_at} style="time" /> · {words.stops(number(one.stops.length))} ·{" "}
                {words.states[one.state]}
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
