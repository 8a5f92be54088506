/** Until when it keeps, as a fan from one in ten to nine in ten, with the hour it is due. */

import { Moment } from "../../components/Moment";
import { temperature } from "../../format/quantity";
import { toMs, written } from "../../format/time";
import { exactNow_ms } from "../../state/clock";
import { sentence } from "./sentence";
import { shipmentWords } from "./words";

type Shipment = Parameters<typeof sentence>[0];
type Freshness = Parameters<typeof sentence>[1];
type Remaining = NonNullable<Freshness["remaining_at_current"]>;

export function Forecast({ shipment, freshness }: { shipment: Shipment; freshness: Freshness }) {
  const words = shipmentWords();
  const { remaining_at_current: current, remaining_at_reference: reference } = freshness;
  if (current === null && reference === null) return <p>{words.forecastNone}</p>;
  return (
    <>
      {current !== null && <Fan of={current} title={words.forecastAt(temperature(current.temperature_c))} due={shipment.eta} />}
      {reference !== null && <Fan of={reference} title={words.forecastReference(temperature(reference.temperature_c))} due={shipment.eta} />}
    </>
  );
}

function Fan({ of, title, due }: { of: Remaining; title: string; due: string | null }) {
  const words = shipmentWords();
  const from_ms = exactNow_ms();
  const ends = [of.p10, of.p50, of.p90].map((life) => toMs(life.until));
  const due_ms = due === null ? null : toMs(due);
  const to_ms = Math.max(...ends, due_ms ?? 0) + 1;
  const place = (at_ms: number) => `${Math.min(Math.max((at_ms - from_ms) / (to_ms - from_ms), 0), 1) * 100}%`;
  const [p10 = 0, p50 = 0, p90 = 0] = ends;
  const text = words.forecastText(written(p10), written(p50), written(p90));
  return (
    <div class="fan">
      <h3>{title}</h3>
      <div class="fan-bar" role="img" aria-label={text}>
        <span class="fan-sure" style={{ width: place(p10) }} />
        <span class="fan-range" style={{ left: place(p10), width: `calc(${place(p90)} - ${place(p10)})` }} />
        <span class="fan-middle" style={{ left: place(p50) }} />
        {due_ms !== null && <span class="fan-due" style={{ left: place(due_ms) }} />}
      </div>
      <p>{text}</p>
      {due_ms !== null && (
        <p class="hint">
          ▲ {words.dueMark}: <Moment at={due_ms} />
        </p>
      )}
    </div>
  );
}
