/** What is wrong, who looks after it, and what was done about it. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { FilterSelect, SavedViews } from "../../components/filters";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Severity, type SeverityName } from "../../components/Verdict";
import { address } from "../../shell/page";
import { shellWords } from "../../shell/words";
import { useFilters } from "../../state/filters";
import { useList } from "../../state/list";
import { AlarmDialog } from "./AlarmDialog";
import { alarmWords } from "./words";

export type Alarm = Schemas["AlarmDocument"];
const FILTERS = ["severity", "state", "kind", "open"] as const;
const SEVERITIES: readonly SeverityName[] = ["critical", "warning", "info"];
const STATES = ["active", "acknowledged", "cleared"] as const;
const ROWS_A_PAGE = 100;

export default function Alarms() {
  const words = alarmWords();
  const shared = shellWords();
  const filters = useFilters(FILTERS);
  const { severity, state, kind, open } = filters.values;
  const list = useList(
    `alarms ${severity} ${state} ${kind}`,
    (cursor) =>
      answer(
        api.GET("/v1/alarms", {
          params: {
            query: {
              limit: ROWS_A_PAGE,
              ...(cursor ? { cursor } : {}),
              ...(severity ? { severity: severity as SeverityName } : {}),
              ...(state ? { state: state as (typeof STATES)[number] } : {}),
              ...(kind ? { kind } : {}),
            },
          },
        }),
      ),
    ["alarm"],
  );
  const [focused, setFocused] = useState<string>();
  const shownId = open ?? focused;
  return (
    <>
      <Heading title={words.title} />
      <div class="filters">
        <FilterSelect filters={filters} name="severity" label={words.severity} options={SEVERITIES.map((one) => [one, shared.severities[one]])} />
        <FilterSelect filters={filters} name="state" label={words.state} options={STATES.map((one) => [one, words.states[one]])} />
        <FilterSelect filters={filters} name="kind" label={words.kind} options={Object.entries(words.kinds)} />
        <SavedViews list="alarms" filters={filters} />
      </div>
      <Shown resource={list} rows={5}>
        {({ rows, more }) =>
          rows.length === 0 ? (
            <Empty icon="check" title={severity || state || kind ? words.noMatch : words.empty}>
              {words.emptyNext}
            </Empty>
          ) : (
            <>
              <ul class="alarms">
                {rows.map((alarm) => (
                  <li key={alarm.id} class="card alarm">
                    <Severity of={alarm.severity} />
                    <div class="alarm-what">
                      <button type="button" class="plain link" onClick={() => setFocused(alarm.id)}>
                        {alarm.summary}
                      </button>
                      <small>
                        {words.kinds[alarm.kind] ?? alarm.kind} · <Subject of={alarm} /> · <Moment at={alarm.raised_at} /> (
                        <Moment at={alarm.raised_at} away />)
                      </small>
                    </div>
                    <span class="alarm-state">
                      <Icon name={alarm.state === "active" ? "warning" : "check"} /> {words.states[alarm.state === "pending" ? "active" : alarm.state]}
                      {alarm.acknowledged_by !== null && alarm.state === "acknowledged" && `: ${alarm.acknowledged_by}`}
                    </span>
                  </li>
                ))}
              </ul>
              {more && (
                <button type="button" onClick={list.extend}>
                  {shared.more}
                </button>
              )}
            </>
          )
        }
      </Shown>
      {shownId !== undefined && (
        <AlarmDialog
          id={shownId}
          changed={() => void list.reload()}
          onClose={() => {
            setFocused(undefined);
            if (open) filters.set("open", undefined);
          }}
        />
      )}
    </>
  );
}

/** What an alarm is about, as a way there. */
export function Subject({ of }: { of: Alarm }) {
  if (of.subject_kind === "shipment") return <a href={address("/shipments/:code", { code: of.subject })}>{of.subject}</a>;
  if (of.subject_kind === "lot") return <a href={address("/lots", {}, { q: of.subject })}>{of.subject}</a>;
  return <>{of.subject}</>;
}
