/** The requests of a matching, each with its reason, to accept, edit or reject; every decision can be taken back. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api, everyRow } from "../../api/client";
import { Choice } from "../../components/Choice";
import { FormDialog } from "../../components/FormDialog";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Table } from "../../components/Table";
import { entry, textOrNull, thousandths } from "../../format/entry";
import { NOTHING, number, weight } from "../../format/quantity";
import { COORDINATORS, may } from "../../session/session";
import { act } from "../../state/act";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { sourcingWords } from "./words";

type Line = Schemas["LineDocument"];
type Decision = Schemas["SourcingDecision"];
const STATES = ["proposed", "accepted", "rejected"] as const;

interface Properties {
  id: string;
  changed: () => void;
}

export function Lines({ id, changed }: Properties) {
  const words = sourcingWords();
  const [state, setState] = useState<Line["state"]>("proposed");
  const [open, setOpen] = useState<{ line: Line; what: "edit" | "reject" }>();
  const path = { path: { sourcing_id: id } };
  const found = useResource(`lines ${id} ${state}`, () =>
    everyRow((cursor) =>
      answer(api.GET("/v1/sourcing/{sourcing_id}/lines", { params: { ...path, query: { state, limit: 500, ...(cursor ? { cursor } : {}) } } })),
    ),
  );
  const renew = () => {
    void found.reload();
    changed();
  };
  const decide = async (decisions: Decision[]) => {
    await answer(api.POST("/v1/sourcing/{sourcing_id}/decisions", { params: path, body: { decisions } }));
    renew();
  };
  const back = (lines: readonly Line[]) => () =>
    decide(lines.map((line) => ({ line: line.number, state: line.state, weight_g: line.weight_g })));
  const accept = (lines: readonly Line[], told: string) =>
    void act(() => decide(lines.map((line) => ({ line: line.number, state: "accepted", version: line.version }))), told, back(lines));
  const mayDecide = may(COORDINATORS);
  return (
    <section class="card">
      <div class="card-head">
        <h2>{words.lines}</h2>
        {mayDecide && state === "proposed" && (found.data?.length ?? 0) > 1 && (
          <button type="button" onClick={() => accept(found.data ?? [], words.acceptedAll(number(found.data?.length ?? 0)))}>
            {words.acceptAll(number(found.data?.length ?? 0))}
          </button>
        )}
      </div>
      <Choice label={words.show} options={STATES.map((one) => [one, words.lineStates[one]])} value={state} choose={(one) => setState(one as Line["state"])} />
      <Shown resource={found}>
        {(lines) =>
          lines.length === 0 ? (
            <Empty icon="check" title={words.noLines} />
          ) : (
            <Table
              label={words.lines}
              rows={lines}
              id={(line) => String(line.number)}
              columns={[
                { name: "village", title: words.village, cell: (line) => line.village },
                { name: "supply", title: words.supply, cell: (line) => line.lot ?? words.declared },
                { name: "demand", title: words.demand, cell: (line) => line.demand },
                { name: "weight", title: words.weight, number: true, cell: (line) => weight(line.weight_g) },
                { name: "deliver", title: words.deliver, cell: (line) => <Moment at={line.deliver_on} style="day" /> },
                { name: "life", title: words.life, number: true, cell: (line) => (line.life_left_days === null ? NOTHING : words.daysLeft(number(line.life_left_days, 1))) },
                { name: "cost", title: words.cost, number: true, cell: (line) => words.perKg(`฿${number(cost(line) / 100, 2)}`) },
                { name: "why", title: words.why, cell: (line) => [line.why, line.reason].filter(Boolean).join(" · ") },
                {
                  name: "decide",
                  title: words.decided,
                  cell: (line) =>
                    mayDecide && (
                      <div class="buttons">
                        {line.state === "proposed" ? (
                          <>
                            <button type="button" class="primary" onClick={() => accept([line], words.accepted(line.village))}>
                              {words.accept}
                            </button>
                            <button type="button" onClick={() => setOpen({ line, what: "edit" })}>
                              {words.edit}
                            </button>
                            <button type="button" onClick={() => setOpen({ line, what: "reject" })}>
                              {words.reject}
                            </button>
                          </>
                        ) : (
                          <button
                            type="button"
                            onClick={() => void act(() => decide([{ line: line.number, state: "proposed", version: line.version }]), words.reopened(line.village), back([line]))}
                          >
                            {words.again}
                          </button>
                        )}
                      </div>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
      {open?.what === "edit" && (
        <FormDialog
          title={words.editTitle(open.line.village)}
          intro={words.editHint(weight(open.line.proposed_g))}
          fields={[
            { name: "weight_kg", label: words.weightKg, kind: "decimal", pointer: "/decisions/0/weight_g" },
            { name: "reason", label: words.reason, optional: true, pointer: "/decisions/0/reason" },
          ]}
          start={{ weight_kg: entry(open.line.weight_g / 1000) }}
          save={words.accept}
          onClose={() => setOpen(undefined)}
          submit={async (typed) => {
            await decide([{ ...base(open.line), state: "accepted", weight_g: thousandths(typed["weight_kg"] ?? ""), reason: textOrNull(typed["reason"]) }]);
            toast(words.accepted(open.line.village), back([open.line]));
          }}
        />
      )}
      {open?.what === "reject" && (
        <FormDialog
          title={words.rejectTitle(open.line.village)}
          fields={[{ name: "reason", label: words.reason, pointer: "/decisions/0/reason" }]}
          save={words.reject}
          onClose={() => setOpen(undefined)}
          submit={async (typed) => {
            await decide([{ ...base(open.line), state: "rejected", reason: textOrNull(typed["reason"]) }]);
            toast(words.rejected(open.line.village), back([open.line]));
          }}
        />
      )}
    </section>
  );
}

const base = (line: Line) => ({ line: line.number, version: line.version });
const cost = (line: Line): number => line.haul_satang_per_kg + line.upgrade_satang_per_kg + line.hold_satang_per_kg + line.risk_satang_per_kg;
