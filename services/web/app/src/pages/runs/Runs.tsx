/** The runs of a published plan: who is where, how far, and how late. */

import { answer, api, everyRow } from "../../api/client";
import { FilterSelect } from "../../components/filters";
import { Heading } from "../../components/Heading";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { RepairBanner } from "../../components/RepairBanner";
import { Shown } from "../../components/Shown";
import { Table } from "../../components/Table";
import { baht, number } from "../../format/quantity";
import { span, written } from "../../format/time";
import { address } from "../../shell/page";
import { useFilters } from "../../state/filters";
import { useResource } from "../../state/resource";
import { runsWords } from "./words";

const PLANS = 100;
const SHOWN_PLANS = 20;
const LATE_S = 60;

export default function Runs() {
  const words = runsWords();
  const filters = useFilters(["plan"] as const);
  const published = useResource(
    "published",
    () => answer(api.GET("/v1/plans", { params: { query: { limit: PLANS } } })).then((page) => page.items.filter((plan) => plan.published_at !== null).slice(0, SHOWN_PLANS)),
    ["plan"],
  );
  const plan_id = filters.values.plan ?? published.data?.[0]?.id;
  return (
    <>
      <Heading title={words.title}>{plan_id && <a class="button" href={address("/plans/:id", { id: plan_id })}>{words.openPlan}</a>}</Heading>
      <RepairBanner />
      <Shown resource={published}>
        {(plans) =>
          plan_id === undefined ? (
            <Empty icon="truck" title={words.empty}>
              <p>{words.emptyNext}</p>
              <a href={address("/plans")}>{words.toPlans}</a>
            </Empty>
          ) : (
            <>
              {plans.length > 1 && (
                <div class="filters">
                  <FilterSelect filters={filters} name="plan" label={words.plan} options={plans.map((plan) => [plan.id, `${written(plan.published_at)} · ${plan.scenario ?? baht(plan.cost_satang)}`])} />
                </div>
              )}
              <Driven plan_id={plan_id} />
            </>
          )
        }
      </Shown>
    </>
  );
}

function Driven({ plan_id }: { plan_id: string }) {
  const words = runsWords();
  const found = useResource(
    `runs ${plan_id}`,
    async () => {
      const [runs, progress] = await Promise.all([
        everyRow((cursor) => answer(api.GET("/v1/runs", { params: { query: { plan_id, limit: PLANS, ...(cursor ? { cursor } : {}) } } }))),
        answer(api.GET("/v1/plans/{plan_id}/progress", { params: { path: { plan_id } } })).catch(() => []), // what is over has none
      ]);
      return { runs, now: new Map(progress.map((one) => [one.truck, one])) };
    },
    ["run", "plan"],
  );
  return (
    <Shown resource={found} rows={6}>
      {({ runs, now }) => (
        <section class="card" aria-label={words.title}>
          <Table
            label={words.title}
            rows={runs}
            id={(run) => run.id}
            href={(run) => address("/runs/:id", { id: run.id })}
            columns={[
              { name: "run", title: words.run, cell: (run) => run.code },
              { name: "truck", title: words.truck, cell: (run) => run.truck },
              { name: "hub", title: words.hub, cell: (run) => run.hub },
              { name: "state", title: words.state, cell: (run) => words.states[run.state] },
              {
                name: "stops",
                title: words.stops,
                cell: (run) => {
                  const done = run.stops.filter((stop) => stop.state === "loaded" || stop.state === "skipped").length;
                  const text = words.of(number(done), number(run.stops.length));
                  return (
                    <span class="progress">
                      <progress value={done} max={Math.max(run.stops.length, 1)} aria-label={text} /> {text}
                    </span>
                  );
                },
              },
              { name: "departs", title: words.departs, cell: (run) => <Moment at={run.departed_at ?? run.departs_at} style="time" /> },
              { name: "arrives", title: words.arrives, cell: (run) => <Moment at={run.arrives_at} style="time" /> },
              {
                name: "delay",
                title: words.delay,
                cell: (run) => {
                  const delay_s = run.state === "delivered" || run.state === "cancelled" ? undefined : now.get(run.truck)?.delay_s;
                  if (delay_s === undefined) return "–";
                  return delay_s >= LATE_S ? <span class="chip s-warning">+{span(delay_s)}</span> : words.inTime;
                },
              },
              { name: "sheet", title: words.sheet, number: true, cell: (run) => number(run.sheet_version) },
            ]}
          />
        </section>
      )}
    </Shown>
  );
}
