/** What will be left on arrival: the fan along the planned way, or until when it keeps where no way is planned. */

import { Moment } from "../../components/Moment";
import { Table } from "../../components/Table";
import { NOTHING, days, number, share, temperature } from "../../format/quantity";
import { toMs, written } from "../../format/time";
import { exactNow_ms } from "../../state/clock";
import { fanShape } from "./fan";
import type { Freshness, Shipment } from "./sentence";
import { shipmentWords } from "./words";

type Remaining = NonNullable<Freshness["remaining_at_current"]>;
type Ahead = NonNullable<Freshness["forecast"]>;

export function Forecast({ shipment, freshness }: { shipment: Shipment; freshness: Freshness }) {
  const words = shipmentWords();
  const { remaining_at_current: current, remaining_at_reference: reference, forecast } = freshness;
  if (forecast !== null) return <WayAhead of={forecast} place={shipment.destination} />;
  if (current === null && reference === null) return <p>{words.forecastNone}</p>;
  return (
    <>
      {current !== null && <Until of={current} title={words.forecastAt(temperature(current.temperature_c))} due={shipment.eta} />}
      {reference !== null && (
        <Until of={reference} title={words.forecastReference(temperature(reference.temperature_c))} due={shipment.eta} />
      )}
      {freshness.forecast_missing !== null && (
        <p class="hint" lang="en">
          {freshness.forecast_missing}
        </p>
      )}
    </>
  );
}

const WIDTH = 480;
const HEIGHT = 180;

function WayAhead({ of, place }: { of: Ahead; place: string }) {
  const words = shipmentWords();
  const shape = fanShape(of.fan, WIDTH, HEIGHT);
  const text = words.arrivalText(days(of.arrival.p10_days, of.arrival.p90_days), number(of.arrival.p50_days, 1), place);
  return (
    <>
      <svg class="fan-chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={text}>
        <path class="fan-area" d={shape.area} />
        <path class="fan-line" d={shape.middle} />
        {shape.marks.map((mark) => (
          <g key={mark.days}>
            <path class="fan-mark" d={`M0 ${mark.y}H${WIDTH}`} />
            <text x="4" y={mark.y - 4}>
              {number(mark.days)}
            </text>
          </g>
        ))}
      </svg>
      <div class="fan-ends">
        <span>
          {words.nowMark}: {days(of.now.p10_days, of.now.p90_days)}
        </span>
        <span>
          {words.dueMark} <Moment at={of.eta} />: {days(of.arrival.p10_days, of.arrival.p90_days)}
        </span>
      </div>
      <p>{text}</p>
      <p class="hint">
        {words.decides(of.lot)} · {words.dueMark}: <Moment at={of.eta_early} /> – <Moment at={of.eta_late} />
      </p>
      {of.legs.length > 0 && (
        <Table
          label={words.ahead}
          rows={of.legs}
          id={(leg) => leg.name}
          columns={[
            { name: "leg", title: words.ahead, cell: (leg) => leg.name },
            { name: "custodian", title: words.custodian, cell: (leg) => leg.custodian },
            { name: "lost", title: words.willCost, number: true, cell: (leg) => words.days(number(leg.days_lost, 1)) },
          ]}
        />
      )}
      {of.hand_overs.length > 0 && (
        <Table
          label={words.handOvers}
          rows={of.hand_overs}
          id={(one) => `${one.place} ${one.at}`}
          columns={[
            { name: "place", title: words.handOvers, cell: (one) => one.place },
            { name: "at", title: words.begins, cell: (one) => <Moment at={one.at} /> },
            { name: "left", title: words.life, number: true, cell: (one) => words.days(days(one.p10_days, one.p90_days)) },
            {
              name: "chance",
              title: words.chance,
              number: true,
              cell: (one) => (one.required_days === null ? NOTHING : `${share(one.chance)} (≥ ${number(one.required_days, 1)})`),
            },
          ]}
        />
      )}
    </>
  );
}

function Until({ of, title, due }: { of: Remaining; title: string; due: string | null }) {
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
