/** Trucks under way to the hub with their lots, each taken in, in part or not at all. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Verdict, type VerdictName } from "../../components/Verdict";
import { number, weight } from "../../format/quantity";
import { nameOf, useCommodities } from "../../state/commodities";
import { useResource } from "../../state/resource";
import { toast, toastFailure } from "../../state/toasts";
import { asProblem } from "../../api/problem";
import { Receiving } from "./Receiving";
import { hubWords } from "./words";

export type Expected = Schemas["ExpectedLot"];

export function Coming({ hub }: { hub: string }) {
  const words = hubWords();
  const commodities = useCommodities();
  const expected = useResource(
    `expected ${hub}`,
    () => answer(api.GET("/v1/hubs/{hub}/expected", { params: { path: { hub } } })),
    ["run", "lot.freshness"],
  );
  const [open, setOpen] = useState<Expected>();

  async function takeAll(lots: readonly Expected[]): Promise<void> {
    const lines = lots.map(({ lot, weight_g, crates }) => ({ lot, decision: "accepted" as const, weight_g, crates, refused_weight_g: 0 }));
    try {
      await answer(api.POST("/v1/hubs/{hub}/receipts", { params: { path: { hub } }, body: { lines } }));
      toast(words.receivedAll(number(lots.length)));
    } catch (error) {
      toastFailure(asProblem(error).message);
    }
    await expected.reload();
  }

  return (
    <Shown resource={expected} rows={4}>
      {(found) => (
        <>
          {found.length === 0 && (
            <Empty icon="truck" title={words.noneComing}>
              {words.noneComingNext}
            </Empty>
          )}
          {byRun(found).map(([run, lots]) => (
            <section class="card" key={run} aria-label={words.truck(lots[0]?.truck ?? "")}>
              <div class="card-head">
                <h2>
                  {words.truck(lots[0]?.truck ?? "")} <Moment at={lots[0]?.arrives_at} style="time" />
                </h2>
                <button type="button" onClick={() => void takeAll(lots)}>
                  {words.receiveAll(number(lots.length))}
                </button>
              </div>
              <ul class="lines">
                {lots.map((lot) => (
                  <li key={lot.lot}>
                    <strong>{lot.lot}</strong>
                    <span>
                      {nameOf(commodities, lot.commodity_id)} {lot.grade}
                    </span>
                    <span>
                      {weight(lot.weight_g)} · {words.crateTotal(number(lot.crates))}
                    </span>
                    <Verdict of={lot.verdict as VerdictName} />
                    <button type="button" class="primary hub-receive" onClick={() => setOpen(lot)}>
                      {words.receive}
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          ))}
          {open && (
            <Receiving
              hub={hub}
              lot={open}
              onClose={() => setOpen(undefined)}
              onDone={() => {
                toast(words.received(open.lot));
                setOpen(undefined);
                void expected.reload();
              }}
            />
          )}
        </>
      )}
    </Shown>
  );
}

function byRun(lots: readonly Expected[]): [string, Expected[]][] {
  const runs = new Map<string, Expected[]>();
  for (const lot of lots) runs.set(lot.run, [...(runs.get(lot.run) ?? []), lot]);
  return [...runs];
}
