/** What to load for a buyer: first what expires first, among what will still keep long enough; then the shipment of it. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";

import { type Schemas, answer, api } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Field } from "../../components/Field";
import { Empty, ProblemNote } from "../../components/notes";
import { Table } from "../../components/Table";
import { Verdict, type VerdictName } from "../../components/Verdict";
import { numberOrNull, textOrNull, thousandths, typedNumber } from "../../format/entry";
import { number, weight } from "../../format/quantity";
import { address } from "../../shell/page";
import { exactNow_ms } from "../../state/clock";
import { nameOf, useCommodities } from "../../state/commodities";
import { toast } from "../../state/toasts";
import { hubWords } from "./words";

type Plan = Schemas["LoadingDocument"];

const FIRST = { commodity: "", wanted: "", transit: "72", setPoint: "", required: "5", grade: "", code: "", exporter: "", destination: "" };

export function LoadingPlan({ hub }: { hub: string }) {
  const words = hubWords().buyer;
  const shared = hubWords();
  const commodities = useCommodities();
  const { route } = useLocation();
  const [typed, setTyped] = useState(FIRST);
  const [whole, setWhole] = useState(true);
  const [plan, setPlan] = useState<Plan>();
  const [problem, setProblem] = useState<Problem>();
  const fault = (name: string) => problem?.faultOf(`/query/${name}`) ?? problem?.faultOf(`/${name}`);
  const control = (name: keyof typeof typed) => ({
    value: typed[name],
    onInput: (event: { currentTarget: HTMLInputElement }) => setTyped({ ...typed, [name]: event.currentTarget.value }),
  });

  async function attempt(work: () => Promise<void>): Promise<void> {
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(asProblem(error));
    }
  }

  async function suggest(): Promise<void> {
    const [set_point_c, grade] = [numberOrNull(typed.setPoint), textOrNull(typed.grade)];
    const query = {
      commodity_id: typed.commodity,
      weight_g: thousandths(typed.wanted),
      transit_h: typedNumber(typed.transit),
      required_life_days: typedNumber(typed.required),
      whole_lots: whole,
      ...(set_point_c === null ? {} : { set_point_c }),
      ...(grade === null ? {} : { grade }),
    };
    setPlan(await answer(api.GET("/v1/hubs/{hub}/loading-plan", { params: { path: { hub }, query } })));
  }

  async function make(found: Plan): Promise<void> {
    const code = typed.code.trim();
    const body = {
      code,
      hub,
      destination: typed.destination.trim(),
      exporter: textOrNull(typed.exporter),
      set_point_c: numberOrNull(typed.setPoint),
      eta: new Date(exactNow_ms() + typedNumber(typed.transit) * 3_600_000).toISOString(),
      lots: found.load.map((one) => one.lot),
    };
    await answer(api.POST("/v1/shipments", { body, params: { header: { "idempotency-key": `load ${code}` } } }));
    toast(words.made(code));
    route(address("/shipments/:code", { code }));
  }

  return (
    <>
      <form
        class="card hub-form"
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(suggest);
        }}
      >
        <Field label={shared.produce} fault={fault("commodity_id")}>
          {(field) => (
            <select {...field} required value={typed.commodity} onChange={(event) => setTyped({ ...typed, commodity: event.currentTarget.value })}>
              <option value="">{shared.choose}</option>
              {[...commodities.values()].map((one) => (
                <option key={one.id} value={one.id}>
                  {nameOf(commodities, one.id)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={words.wanted} fault={fault("weight_g")}>{(field) => <input {...field} inputMode="decimal" required {...control("wanted")} />}</Field>
        <Field label={words.transit} fault={fault("transit_h")}>{(field) => <input {...field} inputMode="decimal" required {...control("transit")} />}</Field>
        <Field label={words.setPoint} fault={fault("set_point_c")}>{(field) => <input {...field} inputMode="decimal" {...control("setPoint")} />}</Field>
        <Field label={words.required} fault={fault("required_life_days")}>{(field) => <input {...field} inputMode="decimal" required {...control("required")} />}</Field>
        <Field label={words.grade}>{(field) => <input {...field} maxLength={32} {...control("grade")} />}</Field>
        <label class="hub-mark">
          <input type="checkbox" checked={whole} onChange={(event) => setWhole(event.currentTarget.checked)} />
          {words.whole}
        </label>
        <button type="submit" class="primary">
          {words.plan}
        </button>
      </form>
      {problem && <ProblemNote problem={problem} />}
      {plan && plan.load.length === 0 && (
        <Empty icon="lots" title={words.none}>
          {words.noneNext}
        </Empty>
      )}
      {plan && plan.load.length > 0 && (
        <section class="card">
          <h2>
            {words.load} · {words.total(weight(plan.weight_g))}
          </h2>
          {plan.short_g > 0 && <p>{words.short(weight(plan.short_g))}</p>}
          <Table
            label={words.load}
            rows={plan.load}
            id={(row) => row.lot}
            columns={[
              { name: "lot", title: shared.lot, cell: (row) => row.lot },
              { name: "verdict", title: shared.verdict, cell: (row) => <Verdict of={row.verdict as VerdictName} /> },
              { name: "life", title: words.atHandover, number: true, cell: (row) => number(row.life_at_handover_days, 1) },
              { name: "weight", title: shared.kilograms, number: true, cell: (row) => weight(row.weight_g) },
              { name: "crates", title: shared.crateCount, number: true, cell: (row) => number(row.crates) },
            ]}
          />
          <form
            class="hub-form"
            onSubmit={(event) => {
              event.preventDefault();
              void attempt(() => make(plan));
            }}
          >
            <Field label={words.code} fault={fault("code")}>{(field) => <input {...field} required maxLength={64} {...control("code")} />}</Field>
            <Field label={words.destination} fault={fault("destination")}>{(field) => <input {...field} required maxLength={200} {...control("destination")} />}</Field>
            <Field label={words.exporter} fault={fault("exporter")}>{(field) => <input {...field} maxLength={200} {...control("exporter")} />}</Field>
            <button type="submit" class="primary">
              {words.make}
            </button>
          </form>
        </section>
      )}
      {plan && plan.left.length > 0 && (
        <section class="card">
          <h2>{words.left}</h2>
          <ul class="lines">
            {plan.left.map((one) => (
              <li key={one.lot}>
                <strong>{one.lot}</strong> <span lang="en">{one.reason}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
