/** Published plans that can't stay, what to do about each, and who decides. */

import "./repairs.css";

import { useState } from "preact/hooks";

import { type Schemas, answer, api, everyRow } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Fact } from "../../components/Fact";
import { Field } from "../../components/Field";
import { FilterSelect } from "../../components/filters";
import { FormDialog } from "../../components/FormDialog";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Empty, ProblemNote } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { baht, number } from "../../format/quantity";
import { COORDINATORS, may } from "../../session/session";
import { address } from "../../shell/page";
import { shellWords } from "../../shell/words";
import { useFilters } from "../../state/filters";
import { useList } from "../../state/list";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import type { RoutedPlan } from "../plan/day";
import { diffOf } from "./diff";
import { repairsWords } from "./words";

const STATES = ["proposed", "applied", "declined", "superseded", "unneeded"] as const;
type State = (typeof STATES)[number];
const ROWS = 50;
const SIGNS = { same: " ", gone: "−", new: "+", moved: "↕" } as const;

export default function Repairs() {
  const words = repairsWords();
  const filters = useFilters(["state", "open"] as const);
  const { state, open } = filters.values;
  const [ruling, setRuling] = useState(false);
  const list = useList(
    `repairs ${state}`,
    (cursor) => answer(api.GET("/v1/repairs", { params: { query: { limit: ROWS, ...(cursor ? { cursor } : {}), ...(state ? { state: state as State } : {}) } } })),
    ["plan", "alarm"],
  );
  return (
    <>
      <Heading title={words.title}>
        {may(COORDINATORS) && (
          <button type="button" onClick={() => setRuling(true)}>
            {words.rule}
          </button>
        )}
      </Heading>
      <Siblings of="plans" />
      {open !== undefined && <Repair key={open} id={open} decided={() => void list.reload()} />}
      <div class="filters">
        <FilterSelect filters={filters} name="state" label={words.state} options={STATES.map((one) => [one, words.states[one]])} />
      </div>
      <Shown resource={list} rows={4}>
        {({ rows, more }) =>
          rows.length === 0 ? (
            <Empty icon="check" title={words.empty}>
              {words.emptyNext}
            </Empty>
          ) : (
            <section class="card" aria-label={words.title}>
              <Table
                label={words.title}
                rows={rows}
                id={(repair) => repair.id}
                href={(repair) => address("/repairs", {}, { open: repair.id })}
                columns={[
                  { name: "reason", title: words.reason, cell: (repair) => repair.reason },
                  { name: "state", title: words.state, cell: (repair) => <span class={`chip ${repair.state === "proposed" ? "s-warning" : "v-unknown"}`}>{words.states[repair.state]}</span> },
                  { name: "noticed", title: words.noticed, cell: (repair) => <Moment at={repair.noticed_at} /> },
                  { name: "changes", title: words.changes, number: true, cell: (repair) => number(repair.changes.length) },
                  { name: "cost", title: words.cost, number: true, cell: (repair) => baht(repair.cost_satang) },
                ]}
              />
              {more && (
                <button type="button" onClick={list.extend}>
                  {shellWords().more}
                </button>
              )}
            </section>
          )
        }
      </Shown>
      {ruling && <Rule onClose={() => setRuling(false)} />}
    </>
  );
}

function Repair({ id, decided }: { id: string; decided: () => void }) {
  const words = repairsWords();
  const found = useResource(
    `repair ${id}`,
    async () => {
      const repair = await answer(api.GET("/v1/repairs/{repair_id}", { params: { path: { repair_id: id } } }));
      const runs =
        repair.state === "proposed"
          ? await everyRow((cursor) => answer(api.GET("/v1/runs", { params: { query: { plan_id: repair.plan_id, limit: 100, ...(cursor ? { cursor } : {}) } } })))
          : [];
      return { repair, runs };
    },
    ["plan", "run"],
  );
  return (
    <section class="card repair" aria-label={words.reason}>
      <Shown resource={found} rows={5}>
        {({ repair, runs }) => (
          <>
            <p class="lead">
              <Icon name={repair.state === "proposed" ? "warning" : "check"} /> {repair.reason} <span class="chip v-unknown">{words.states[repair.state]}</span>
            </p>
            <dl class="facts">
              <Fact title={words.cost}>{baht(repair.cost_satang)}</Fact>
              <Fact title={words.changeCost}>{baht(repair.change_cost_satang)}</Fact>
              <Fact title={words.noticed}>
                <Moment at={repair.noticed_at} />
              </Fact>
            </dl>
            <h2>{words.causes}</h2>
            <ul>
              {repair.causes.map((cause) => (
                <li key={`${cause.kind} ${cause.subject}`}>{cause.sentence}</li>
              ))}
            </ul>
            {repair.concessions.length > 0 && (
              <>
                <h2>{words.concessions}</h2>
                <ul class="fault">
                  {repair.concessions.map((one) => (
                    <li key={one}>{one}</li>
                  ))}
                </ul>
              </>
            )}
            <h2>{words.changes}</h2>
            <ul>
              {repair.changes.map((change, index) => (
                <li key={index}>
                  <strong>{change.pickup}</strong> ({words.kinds[change.kind]}): {change.detail}
                </li>
              ))}
            </ul>
            {repair.state === "proposed" && <PerTruck repair={repair} runs={runs} />}
            <p>
              <a href={address("/plans/:id", { id: repair.plan_id })}>{words.openPlan}</a>
              {repair.decided_by && ` · ${words.decided(repair.decided_by)}`}
            </p>
            {repair.comment && <blockquote>{repair.comment}</blockquote>}
            {repair.state === "proposed" && may(COORDINATORS) && (
              <Decide
                id={id}
                decided={() => {
                  decided();
                  void found.reload();
                }}
              />
            )}
          </>
        )}
      </Shown>
    </section>
  );
}

function PerTruck({ repair, runs }: { repair: Schemas["RepairDocument"]; runs: Schemas["RunDocument"][] }) {
  const words = repairsWords();
  const now = new Map<string, string[]>();
  for (const run of runs) {
    const ahead = run.stops.filter((stop) => stop.state !== "loaded" && stop.state !== "skipped").map((stop) => stop.lot);
    if (ahead.length > 0) now.set(run.truck, [...(now.get(run.truck) ?? []), ...ahead]);
  }
  const plan = repair.plan as unknown as RoutedPlan;
  const then = new Map(plan.routes.map((route) => [route.truck, route.stops.flatMap((stop) => (stop.pickup === null ? [] : [stop.pickup]))]));
  const trucks = diffOf(now, then);
  if (trucks.length === 0) return null;
  return (
    <>
      <h2>{words.perTruck}</h2>
      <div class="truck-diffs">
        {trucks.map((one) => (
          <div key={one.truck}>
            <strong>{one.truck}</strong>
            <div class="pair">
              {(["now", "then"] as const).map((side) => (
                <div key={side}>
                  <small>{words[side]}</small>
                  <ol>
                    {one[side].map((line) => (
                      <li key={line.lot} class={`diff-${line.mark}`}>
                        {SIGNS[line.mark]} {line.lot}
                      </li>
                    ))}
                  </ol>
                </div>
              ))}
            </div>
          </div>
        ))}
      </div>
    </>
  );
}

function Decide({ id, decided }: { id: string; decided: () => void }) {
  const words = repairsWords();
  const [comment, setComment] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const path = { params: { path: { repair_id: id } } };
  function decide(what: Promise<unknown>, told: string): void {
    setBusy(true);
    setProblem(undefined);
    what
      .then(() => {
        toast(told);
        decided();
      })
      .catch((error: unknown) => setProblem(asProblem(error)))
      .finally(() => setBusy(false));
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        decide(answer(api.POST("/v1/repairs/{repair_id}/decline", { ...path, body: { comment: comment.trim() } })), words.declined);
      }}
    >
      {problem && <ProblemNote problem={problem} again={decided} />}
      <p>
        <button type="button" class="primary" disabled={busy} onClick={() => decide(answer(api.POST("/v1/repairs/{repair_id}/apply", path)), words.applied)}>
          {words.apply}
        </button>
      </p>
      <Field label={words.comment} hint={words.commentHint} fault={problem?.faultOf("/comment")}>
        {(control) => <input {...control} maxLength={1000} value={comment} onInput={(event) => setComment(event.currentTarget.value)} />}
      </Field>
      <button type="submit" disabled={busy || comment.trim() === ""}>
        {words.decline}
      </button>
    </form>
  );
}

function Rule({ onClose }: { onClose: () => void }) {
  const words = repairsWords();
  const rule = useResource("dispatch-rule", () => answer(api.GET("/v1/dispatch-rule")));
  if (rule.data === undefined) return null;
  return (
    <FormDialog
      title={words.ruleTitle}
      start={{ applies: rule.data.applies, most_changes: String(rule.data.most_changes) }}
      fields={[
        { name: "applies", label: words.applies, options: [["ask", words.ask], ["at_once", words.atOnce]] },
        { name: "most_changes", label: words.most, kind: "decimal" },
      ]}
      save={words.save}
      submit={async (entries) => {
        const body = { applies: entries["applies"] as Schemas["RuleChange"]["applies"], most_changes: Number(entries["most_changes"]) };
        await answer(api.PUT("/v1/dispatch-rule", { body }));
        toast(words.saved);
      }}
      onClose={onClose}
    />
  );
}
