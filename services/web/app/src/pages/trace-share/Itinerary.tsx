/** The legs of a shipment in order, and the form that plans them anew. */

import { useState } from "preact/hooks";

import { answer, api } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { Moment } from "../../components/Moment";
import { Empty, ProblemNote } from "../../components/notes";
import { number, temperature } from "../../format/quantity";
import { RESPONDERS, may } from "../../session/session";
import { toast } from "../../state/toasts";
import { type Leg, MODES, type TypedLeg, nextLeg, toLeg, typedLeg } from "./legs";
import { wayWords } from "./words";

interface Properties {
  shipment: string;
  legs: readonly Leg[];
  onSaved: () => void;
}

export function Itinerary({ shipment, legs, onSaved }: Properties) {
  const words = wayWords();
  const [editing, setEditing] = useState(false);
  return (
    <>
      {legs.length === 0 && (
        <Empty icon="shipments" title={words.noLegs}>
          {words.noLegsNext}
        </Empty>
      )}
      <ol class="way-legs">
        {legs.map((leg) => (
          <li key={leg.starts_at}>
            <strong>
              {leg.from} – {leg.to}
            </strong>
            <span>
              {words.modes[leg.mode]}
              {leg.custodian && ` · ${leg.custodian}`} · <Moment at={leg.starts_at} /> – <Moment at={leg.ends_at} /> · {temperature(leg.set_point_c)}
            </span>
            {leg.border_wait_hours > 0 && (
              <span>
                {words.wait}: {number(leg.border_wait_hours)} · {words.waitLate}: {number(leg.border_wait_late_hours)}
              </span>
            )}
            {leg.required_life_days !== null && (
              <span>
                {words.required}: {number(leg.required_life_days, 1)}
              </span>
            )}
          </li>
        ))}
      </ol>
      {may(RESPONDERS) && (
        <button type="button" onClick={() => setEditing(true)}>
          {words.edit}
        </button>
      )}
      {editing && (
        <Planning
          shipment={shipment}
          legs={legs}
          onClose={() => setEditing(false)}
          onSaved={() => {
            setEditing(false);
            toast(words.saved);
            onSaved();
          }}
        />
      )}
    </>
  );
}

function Planning({ shipment, legs, onClose, onSaved }: Properties & { onClose: () => void }) {
  const words = wayWords();
  const [typed, setTyped] = useState<TypedLeg[]>(() => (legs.length > 0 ? legs.map(typedLeg) : [nextLeg(undefined)]));
  const [problem, setProblem] = useState<Problem>();
  const change = (at: number, member: Partial<TypedLeg>) => setTyped(typed.map((leg, index) => (index === at ? { ...leg, ...member } : leg)));

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    try {
      await answer(api.PUT("/v1/shipments/{shipment}/itinerary", { params: { path: { shipment } }, body: { legs: typed.map(toLeg) } }));
      onSaved();
    } catch (error) {
      setProblem(asProblem(error));
    }
  }

  return (
    <Dialog title={words.edit} onClose={onClose}>
      {problem && <ProblemNote problem={problem} />}
      <form onSubmit={(event) => void submit(event)}>
        {typed.map((leg, at) => {
          const texts: [keyof TypedLeg, string, string, boolean, string][] = [
            ["from", words.from, "from", true, "text"],
            ["to", words.to, "to", true, "text"],
            ["custodian", words.custodian, "custodian", false, "text"],
            ["starts", words.starts, "starts_at", true, "datetime-local"],
            ["ends", words.ends, "ends_at", true, "datetime-local"],
            ["set_point", words.setPoint, "set_point_c", true, "text"],
            ["wait", words.wait, "border_wait_hours", false, "text"],
            ["wait_late", words.waitLate, "border_wait_late_hours", false, "text"],
            ["required", words.required, "required_life_days", false, "text"],
          ];
          return (
            <fieldset key={at} class="way-leg">
              <legend>{words.leg(number(at + 1))}</legend>
              <Field label={words.mode}>
                {(field) => (
                  <select {...field} value={leg.mode} onChange={(event) => change(at, { mode: event.currentTarget.value as Leg["mode"] })}>
                    {MODES.map((one) => (
                      <option key={one} value={one}>
                        {words.modes[one]}
                      </option>
                    ))}
                  </select>
                )}
              </Field>
              {texts.map(([name, label, member, required, type]) => (
                <Field key={name} label={label} fault={problem?.faultOf(`/legs/${at}/${member}`)}>
                  {(field) => <input {...field} type={type} required={required} value={leg[name]} onInput={(event) => change(at, { [name]: event.currentTarget.value })} />}
                </Field>
              ))}
              <button type="button" onClick={() => setTyped(typed.filter((_, index) => index !== at))}>
                {words.removeLeg(number(at + 1))}
              </button>
            </fieldset>
          );
        })}
        <div class="buttons">
          <button type="button" onClick={() => setTyped([...typed, nextLeg(typed.at(-1))])}>
            {words.addLeg}
          </button>
          <button type="submit" class="primary">
            {words.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
