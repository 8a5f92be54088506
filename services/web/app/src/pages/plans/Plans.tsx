/** Ask for plans, follow how they are made, set them side by side, open one. */

import "./plans.css";

import { useState } from "preact/hooks";

import { answer, api } from "../../api/client";
import { Heading } from "../../components/Heading";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { RepairBanner } from "../../components/RepairBanner";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { baht, number } from "../../format/quantity";
import { COORDINATORS, may } from "../../session/session";
import { address } from "../../shell/page";
import { shellWords } from "../../shell/words";
import { useFilters } from "../../state/filters";
import { useList } from "../../state/list";
import { Ask } from "./Ask";
import { Compare } from "./Compare";
import { Job } from "./Job";
import { plansWords } from "./words";

const FILTERS = ["jobs", "compare", "ask"] as const;
const ROWS = 50;

export default function Plans() {
  const words = plansWords();
  const filters = useFilters(FILTERS);
  const { jobs, compare, ask } = filters.values;
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [made, setMade] = useState<ReadonlyMap<string, string>>(new Map());
  const list = useList("plans", (cursor) => answer(api.GET("/v1/plans", { params: { query: { limit: ROWS, ...(cursor ? { cursor } : {}) } } })), ["plan", "plan.job"]);
  const asked = jobs?.split(",") ?? [];
  const both = asked.map((job) => made.get(job)).filter((plan) => plan !== undefined);
  const nothingYet = list.data?.rows.length === 0;
  const asking = may(COORDINATORS) && (ask !== undefined || (nothingYet && jobs === undefined));
  return (
    <>
      <Heading title={words.title}>
        {may(COORDINATORS) && (
          <button type="button" class="primary" aria-expanded={asking} onClick={() => filters.set("ask", asking ? undefined : "yes")}>
            {words.askTitle}
          </button>
        )}
      </Heading>
      <Siblings of="plans" />
      <RepairBanner />
      {asking && (
        <section class="card" aria-labelledby="ask">
          <h2 id="ask">{words.askTitle}</h2>
          <Ask asked={(ids) => filters.replace({ jobs: ids.join(",") })} />
        </section>
      )}
      {asked.length > 0 && (
        <div class="columns">
          {asked.map((id) => (
            <Job
              key={id}
              id={id}
              done={(job, plan) => {
                setMade((before) => new Map(before).set(job, plan));
                void list.reload();
              }}
            />
          ))}
        </div>
      )}
      {both.length > 1 && compare === undefined && (
        <p>
          <button type="button" class="primary" onClick={() => filters.set("compare", both.join(","))}>
            {words.compareThese(number(both.length))}
          </button>
        </p>
      )}
      {compare !== undefined && <Compare ids={compare} close={() => filters.set("compare", undefined)} />}
      <section class="card" aria-labelledby="list">
        <div class="card-head">
          <h2 id="list">{words.list}</h2>
          <button type="button" disabled={chosen.length < 2} onClick={() => filters.set("compare", chosen.join(","))}>
            {words.compareThese(number(chosen.length))}
          </button>
        </div>
        <Shown resource={list} rows={4}>
          {({ rows, more }) =>
            rows.length === 0 ? (
              <Empty icon="truck" title={words.empty}>
                {words.emptyNext}
              </Empty>
            ) : (
              <>
                <Table
                  label={words.list}
                  rows={rows}
                  id={(plan) => plan.id}
                  href={(plan) => address("/plans/:id", { id: plan.id })}
                  columns={[
                    { name: "made", title: words.made, cell: (plan) => <Moment at={plan.created_at} /> },
                    { name: "scenario", title: words.scenario, cell: (plan) => plan.scenario ?? (plan.parent_id ? words.edited : words.asAsked) },
                    { name: "state", title: words.state, cell: (plan) => <span class={`chip ${plan.state === "published" ? "v-on_track" : "v-unknown"}`}>{words.states[plan.state]}</span> },
                    { name: "cost", title: words.cost, number: true, cell: (plan) => baht(plan.cost_satang) },
                    {
                      name: "compare",
                      title: words.compare,
                      cell: (plan) => (
                        <input
                          type="checkbox"
                          class="tick"
                          aria-label={words.compareOne(baht(plan.cost_satang))}
                          checked={chosen.includes(plan.id)}
                          onChange={(event) => setChosen(event.currentTarget.checked ? [...chosen, plan.id] : chosen.filter((id) => id !== plan.id))}
                        />
                      ),
                    },
                  ]}
                />
                {more && (
                  <button type="button" onClick={list.extend}>
                    {shellWords().more}
                  </button>
                )}
              </>
            )
          }
        </Shown>
      </section>
    </>
  );
}
