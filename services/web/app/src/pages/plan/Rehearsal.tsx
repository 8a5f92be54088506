/** What a move would do: its price, what it breaks and why; applied only when somebody says so. */

import { useEffect, useRef } from "preact/hooks";

import { Icon } from "../../components/Icon";
import { ProblemNote } from "../../components/notes";
import type { Lane } from "./day";
import { difference } from "./difference";
import type { Editing } from "./editing";
import { planWords } from "./words";

const SHOWN = 6;

export function Rehearsal({ editing, lanes }: { editing: Editing; lanes: readonly Lane[] }) {
  const words = planWords();
  const { carried, answer, problem, busy } = editing;
  const first = useRef<HTMLButtonElement>(null);
  const ready = carried?.dropped === true && (answer !== undefined || problem !== undefined);
  useEffect(() => {
    if (ready) first.current?.focus();
  }, [ready]);
  if (carried === undefined) return <div class="sr" role="status" />;
  const { truck, position } = carried.spot;
  const lane = lanes.find((one) => one.truck === truck);
  const where = lane ? words.carriedTo(carried.lot, `${lane.number} · ${lane.truck}`, position) : words.carriedOff(carried.lot);
  return (
    <div
      class="rehearsal card"
      role="group"
      aria-label={words.rehearsal}
      onKeyDown={(event) => {
        if (event.key === "Escape") editing.cancel();
      }}
    >
      <div role="status">
        <p class="lead">
          {where}
          {answer && <strong class={answer.delta_satang > 0 ? "dearer" : "cheaper"}> {difference(answer.delta_satang)}</strong>}
          {answer && !answer.feasible && ` · ${words.breaks(answer.violations.length)}`}
          {carried.dropped && answer?.feasible && ` · ${words.breaksNothing}`}
        </p>
        {answer && !answer.feasible && (
          <ul class="violations">
            {answer.violations.slice(0, SHOWN).map((one, index) => (
              <li key={index}>
                <Icon name="warning" /> <strong>{[one.truck, one.pickup].filter(Boolean).join(" · ")}</strong> {one.detail}
              </li>
            ))}
            {answer.violations.length > SHOWN && <li>{words.furtherViolations(answer.violations.length - SHOWN)}</li>}
          </ul>
        )}
      </div>
      {problem && <ProblemNote problem={problem} />}
      {carried.dropped && answer === undefined && problem === undefined && <p role="status">{words.reckoning}</p>}
      {carried.dropped ? (
        <div class="buttons">
          {answer?.feasible && (
            <>
              <button type="button" ref={first} class="primary" disabled={busy} onClick={() => editing.apply(false)}>
                {words.apply}
              </button>
              {truck !== null && (
                <button type="button" disabled={busy} onClick={() => editing.apply(true)}>
                  {words.applyPinned}
                </button>
              )}
            </>
          )}
          <button type="button" ref={answer?.feasible ? null : first} onClick={editing.cancel}>
            {words.putBack}
          </button>
        </div>
      ) : (
        <p class="hint">{words.carryKeys}</p>
      )}
    </div>
  );
}
