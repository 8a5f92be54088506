/** Ask for a plan: of which lots, with which trucks, to which hubs, and what might be otherwise. */

import { useMemo, useState } from "preact/hooks";

import { type Schemas, answer, api, everyRow } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Field } from "../../components/Field";
import { Moment } from "../../components/Moment";
import { Empty, ProblemNote } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Verdict } from "../../components/Verdict";
import { number, weight } from "../../format/quantity";
import { LOT_ADDERS, may } from "../../session/session";
import { address } from "../../shell/page";
import { useResource } from "../../state/resource";
import { type Asked, toRequest } from "./request";
import { plansWords } from "./words";

interface Supply {
  lots: Schemas["LotDocument"][];
  trucks: Schemas["TruckDocument"][];
  hubs: Schemas["HubDocument"][];
}

const ROWS = 200;
const MINUTES = [-60, -30, 0, 30, 60, 120] as const;

export function Ask({ asked }: { asked: (jobs: string[]) => void }) {
  const words = plansWords();
  const supply = useResource<Supply>(
    "supply",
    async () => {
      const page = (cursor: string | undefined) => ({ limit: ROWS, ...(cursor ? { cursor } : {}) });
      const [lots, trucks, hubs] = await Promise.all([
        everyRow((cursor) => answer(api.GET("/v1/lots", { params: { query: { ...page(cursor), state: "waiting" } } }))),
        everyRow((cursor) => answer(api.GET("/v1/trucks", { params: { query: page(cursor) } }))),
        everyRow((cursor) => answer(api.GET("/v1/hubs", { params: { query: page(cursor) } }))),
      ]);
      const keeps = (lot: Schemas["LotDocument"]) => (lot.freshness.keeps_until === null ? Infinity : Date.parse(String(lot.freshness.keeps_until)));
      return { lots: lots.sort((a, b) => keeps(a) - keeps(b)), trucks, hubs };
    },
    [],
  );
  return (
    <Shown resource={supply} rows={4}>
      {(found) =>
        found.lots.length === 0 || found.trucks.length === 0 || found.hubs.length === 0 ? (
          <Empty icon="lots" title={words.nothing}>
            <p>{words.nothingNext}</p>
            {may(LOT_ADDERS) && <a href={address("/lots/new")}>{words.addLot}</a>}
          </Empty>
        ) : (
          <AskForm supply={found} asked={asked} />
        )
      }
    </Shown>
  );
}

function AskForm({ supply, asked }: { supply: Supply; asked: (jobs: string[]) => void }) {
  const words = plansWords();
  const there = useMemo(
    () => ({ lots: supply.lots.map((one) => one.code), trucks: supply.trucks.map((one) => one.code), hubs: supply.hubs.map((one) => one.code) }),
    [supply],
  );
  const [wanted, setWanted] = useState<Asked>(() => ({
    lots: new Set(there.lots),
    trucks: new Set(there.trucks),
    hubs: new Set(there.hubs),
    seconds: 10,
    which: "waiting",
    name: "",
    fewer: "",
    later_min: 0,
    longer_min: 0,
  }));
  const [both, setBoth] = useState(true);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const set = (changed: Partial<Asked>) => setWanted((before) => ({ ...before, ...changed }));
  const { base, scenario } = toRequest(wanted, there);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      if (scenario !== null && both) {
        const { jobs } = await answer(api.POST("/v1/plans/scenarios", { body: { base, scenarios: [scenario] } }));
        asked(jobs.map((job) => job.id));
      } else {
        const job = await answer(api.POST("/v1/plans", { body: { ...base, scenario } }));
        asked([job.id]);
      }
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  }
  const minutes = (value: number) => (value === 0 ? words.asIs : `${value > 0 ? "+" : "−"}${Math.abs(value)} min`);
  return (
    <form class="ask" onSubmit={(event) => void send(event)}>
      {problem && <ProblemNote problem={problem} />}
      <div class="ask-columns">
        <Picks
          title={words.lots(number(wanted.lots.size), number(there.lots.length))}
          all={there.lots}
          kept={wanted.lots}
          set={(lots) => set({ lots })}
          beside={(index) => {
            const lot = supply.lots[index];
            return (
              lot && (
                <>
                  <span>
                    {lot.village} · {weight(lot.weight_g)}
                  </span>
                  <Verdict of={lot.freshness.verdict} />
                  <small>
                    {lot.freshness.keeps_until !== null && (
                      <>
                        {words.keeps} <Moment at={lot.freshness.keeps_until} />
                      </>
                    )}
                  </small>
                </>
              )
            );
          }}
        />
        <div>
          <Picks title={words.trucks(number(wanted.trucks.size), number(there.trucks.length))} all={there.trucks} kept={wanted.trucks} set={(trucks) => set({ trucks })} beside={(index) => weight(supply.trucks[index]?.capacity_g)} />
          <Picks title={words.hubs(number(wanted.hubs.size), number(there.hubs.length))} all={there.hubs} kept={wanted.hubs} set={(hubs) => set({ hubs })} beside={(index) => supply.hubs[index]?.name} />
        </div>
        <div>
          <Field label={words.which}>
            {(control) => (
              <select {...control} value={wanted.which} onChange={(event) => set({ which: event.currentTarget.value as Asked["which"] })}>
                <option value="waiting">{words.whichWaiting}</option>
                <option value="sourced">{words.whichSourced}</option>
              </select>
            )}
          </Field>
          <Field label={words.seconds} fault={problem?.faultOf("/seconds")}>
            {(control) => <input {...control} type="number" min={1} max={600} required value={wanted.seconds} onInput={(event) => set({ seconds: Number(event.currentTarget.value) })} />}
          </Field>
          <fieldset class="changes">
            <legend>{words.whatIf}</legend>
            <Field label={words.fewer}>
              {(control) => (
                <select {...control} value={wanted.fewer} onChange={(event) => set({ fewer: event.currentTarget.value })}>
                  <option value="">{words.asIs}</option>
                  {there.trucks.map((truck) => (
                    <option key={truck} value={truck}>
                      {truck}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <Field label={words.later}>
              {(control) => (
                <select {...control} value={String(wanted.later_min)} onChange={(event) => set({ later_min: Number(event.currentTarget.value) })}>
                  {MINUTES.map((one) => (
                    <option key={one} value={String(one)}>
                      {minutes(one)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <Field label={words.longer}>
              {(control) => (
                <select {...control} value={String(wanted.longer_min)} onChange={(event) => set({ longer_min: Number(event.currentTarget.value) })}>
                  {MINUTES.map((one) => (
                    <option key={one} value={String(one)}>
                      {minutes(one)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <Field label={words.name} fault={problem?.faultOf("/scenario/name")}>
              {(control) => <input {...control} maxLength={100} value={wanted.name} onInput={(event) => set({ name: event.currentTarget.value })} />}
            </Field>
            {scenario !== null && (
              <label class="pick">
                <input type="checkbox" checked={both} onChange={(event) => setBoth(event.currentTarget.checked)} /> {words.both}
              </label>
            )}
          </fieldset>
          <button type="submit" class="primary wide" disabled={busy || wanted.lots.size === 0 || wanted.trucks.size === 0 || wanted.hubs.size === 0}>
            {words.ask}
          </button>
        </div>
      </div>
    </form>
  );
}

interface PicksProperties {
  title: string;
  all: readonly string[];
  kept: ReadonlySet<string>;
  set: (kept: ReadonlySet<string>) => void;
  beside: (index: number) => preact.ComponentChildren;
}

function Picks({ title, all, kept, set, beside }: PicksProperties) {
  const words = plansWords();
  return (
    <fieldset class="picks">
      <legend>{title}</legend>
      <label class="pick">
        <input type="checkbox" checked={kept.size === all.length} onChange={(event) => set(event.currentTarget.checked ? new Set(all) : new Set())} /> {words.all}
      </label>
      <div class="picks-body">
        {all.map((code, index) => (
          <label key={code} class="pick">
            <input
              type="checkbox"
              checked={kept.has(code)}
              onChange={(event) => {
                const changed = new Set(kept);
                if (event.currentTarget.checked) changed.add(code);
                else changed.delete(code);
                set(changed);
              }}
            />
            <strong>{code}</strong> {beside(index)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
