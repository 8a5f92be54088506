/** One matching: how far each need is met, whom to ask for what and why, and what is decided about it. */

import { useEffect, useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { Dialog } from "../../components/Dialog";
import { Heading } from "../../components/Heading";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { weight } from "../../format/quantity";
import { written } from "../../format/time";
import { COORDINATORS, may } from "../../session/session";
import { type PageProps, address } from "../../shell/page";
import { act } from "../../state/act";
import { nameOf, useCommodities } from "../../state/commodities";
import { useResource } from "../../state/resource";
import { Lines } from "./Lines";
import { sourcingWords } from "./words";

type Document = Schemas["SourcingDocument"];
const RENEWED_MS = 1_000;
const UNDER_WAY = new Set(["queued", "running", "cancelling"]);

export default function Sourced({ params }: PageProps) {
  const words = sourcingWords();
  const id = params["id"] ?? "";
  const path = { path: { sourcing_id: id } };
  const found = useResource(`sourcing ${id}`, () => answer(api.GET("/v1/sourcing/{sourcing_id}", { params: path })));
  const underWay = found.data !== undefined && UNDER_WAY.has(found.data.state);
  useEffect(() => {
    if (!underWay) return undefined;
    const timer = setInterval(() => void found.reload(), RENEWED_MS);
    return () => clearInterval(timer);
  }, [underWay, found.reload]);
  const day = found.data && written(found.data.from_on, "date");
  return (
    <>
      <Siblings of="demands" />
      <Heading title={day === undefined ? words.title : words.one(day)} beside={found.data && <span class="chip v-unknown">{words.states[found.data.state]}</span>}>
        {underWay && may(COORDINATORS) && (
          <button
            type="button"
            onClick={() =>
              void act(() => answer(api.POST("/v1/sourcing/{sourcing_id}/cancel", { params: path })), words.cancelled).then(() => found.reload())
            }
          >
            {words.cancel}
          </button>
        )}
      </Heading>
      <Shown resource={found} rows={6}>
        {(data) => (
          <>
            {underWay && (
              <p role="status" class="progress">
                <progress value={data.progress} aria-label={words.states[data.state]} /> {words.states[data.state]}
              </p>
            )}
            {data.state === "failed" && <p class="fault">{data.detail}</p>}
            {data.totals && <Totals of={data.totals} />}
            {data.state === "done" && (
              <>
                <Needs of={data} />
                <Lines id={id} changed={() => void found.reload()} />
                <Rest of={data} />
              </>
            )}
          </>
        )}
      </Shown>
    </>
  );
}

function Totals({ of }: { of: NonNullable<Document["totals"]> }) {
  const words = sourcingWords();
  const tiles: [string, number, string][] = [
    [words.needed, of.needed_g, "v-watch"],
    [words.met, of.met_g, "v-on_track"],
    [words.short, of.short_g, of.short_g > 0 ? "v-at_risk" : "none"],
    [words.uncertain, of.uncertain_g, of.uncertain_g > 0 ? "v-inspect_on_arrival" : "none"],
    [words.surplus, of.surplus_g, "none"],
    [words.decided, of.accepted_g, of.accepted_g > 0 ? "v-on_track" : "none"],
  ];
  return (
    <ul class="tiles">
      {tiles.map(([word, grams, tone]) => (
        <li key={word} class={`tile ${tone}`}>
          <span class="count">{weight(grams)}</span>
          <span class="word">{word}</span>
        </li>
      ))}
    </ul>
  );
}

function Needs({ of }: { of: Document }) {
  const words = sourcingWords();
  const commodities = useCommodities();
  const [why, setWhy] = useState<number>();
  return (
    <section class="card">
      <h2>{words.needs}</h2>
      {of.need_list.length === 0 ? (
        <Empty icon="demand" title={words.noNeeds}>
          {words.noNeedsNext}
        </Empty>
      ) : (
        <Table
          label={words.needs}
          rows={of.need_list}
          id={(row) => String(row.number)}
          href={(row) => address("/demands/:code", { code: row.demand })}
          columns={[
            { name: "demand", title: words.demand, cell: (row) => row.demand },
            { name: "commodity", title: words.commodity, cell: (row) => [nameOf(commodities, row.commodity_id), row.grade].filter(Boolean).join(" · ") },
            { name: "period", title: words.period, cell: (row) => <Days from={row.from_on} to={row.to_on} /> },
            { name: "hub", title: words.hub, cell: (row) => row.hub },
            { name: "needed", title: words.needed, number: true, cell: (row) => weight(row.quantity_g) },
            { name: "met", title: words.met, number: true, cell: (row) => <Met of={row} /> },
            { name: "short", title: words.short, number: true, cell: (row) => weight(row.short_g) },
            { name: "decided", title: words.decided, number: true, cell: (row) => weight(row.accepted_g) },
            {
              name: "why",
              title: words.why,
              cell: (row) => (
                <button type="button" onClick={() => setWhy(row.number)}>
                  {words.why}
                </button>
              ),
            },
          ]}
        />
      )}
      {why !== undefined && <Considered id={of.id} need={why} onClose={() => setWhy(undefined)} />}
    </section>
  );
}

function Met({ of }: { of: Document["need_list"][number] }) {
  return (
    <>
      {weight(of.met_g)} <progress max={of.quantity_g} value={of.met_g} aria-hidden="true" />
    </>
  );
}

function Days({ from, to }: { from: string; to: string }) {
  return from === to ? (
    <Moment at={from} style="day" />
  ) : (
    <>
      <Moment at={from} style="day" /> – <Moment at={to} style="day" />
    </>
  );
}

function Considered({ id, need, onClose }: { id: string; need: number; onClose: () => void }) {
  const words = sourcingWords();
  const found = useResource(`need ${id} ${need}`, () =>
    answer(api.GET("/v1/sourcing/{sourcing_id}/needs/{number}", { params: { path: { sourcing_id: id, number: need } } })),
  );
  return (
    <Dialog title={words.whyNeed(found.data?.demand ?? "…")} onClose={onClose}>
      <Shown resource={found}>
        {(data) => (
          <Table
            label={words.why}
            rows={data.considered}
            id={(row) => `${row.village} ${row.code}`}
            columns={[
              { name: "village", title: words.village, cell: (row) => row.village },
              { name: "chosen", title: words.chosen, number: true, cell: (row) => weight(row.chosen_g) },
              { name: "had", title: words.had, number: true, cell: (row) => weight(row.had_g) },
              { name: "why", title: words.why, cell: (row) => row.reason },
            ]}
          />
        )}
      </Shown>
    </Dialog>
  );
}

function Rest({ of }: { of: Document }) {
  const words = sourcingWords();
  const commodities = useCommodities();
  return (
    <>
      {of.surplus.length > 0 && (
        <section class="card">
          <h2>{words.surplusTitle}</h2>
          <Table
            label={words.surplusTitle}
            rows={of.surplus}
            id={(row) => row.lot ?? row.declaration ?? row.village}
            columns={[
              { name: "village", title: words.village, cell: (row) => row.village },
              { name: "supply", title: words.supply, cell: (row) => row.lot ?? words.declared },
              { name: "weight", title: words.weight, number: true, cell: (row) => weight(row.weight_g) },
              { name: "ready", title: words.ready, cell: (row) => <Moment at={row.ready_on} style="day" /> },
              { name: "why", title: words.why, cell: (row) => row.reason },
            ]}
          />
        </section>
      )}
      {of.shares.length > 0 && (
        <section class="card">
          <h2>{words.shares}</h2>
          <Table
            label={words.shares}
            rows={of.shares}
            id={(row) => `${row.village} ${row.commodity}`}
            columns={[
              { name: "village", title: words.village, cell: (row) => row.village },
              { name: "commodity", title: words.commodity, cell: (row) => nameOf(commodities, row.commodity) },
              { name: "offered", title: words.offered, number: true, cell: (row) => weight(row.offered_g) },
              { name: "asked", title: words.asked, number: true, cell: (row) => weight(row.asked_g) },
              { name: "fair", title: words.fair, number: true, cell: (row) => weight(row.fair_g) },
              { name: "taken", title: words.taken, number: true, cell: (row) => weight(row.history_g) },
            ]}
          />
        </section>
      )}
    </>
  );
}
