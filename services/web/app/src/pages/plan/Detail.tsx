/** The chosen lot: when, where to, how much life is left; and what can be done with it without dragging. */

import { useState } from "preact/hooks";

import { answer, api } from "../../api/client";
import { Fact } from "../../components/Fact";
import { Field } from "../../components/Field";
import { Icon } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Verdict } from "../../components/Verdict";
import { lifeRange } from "../../format/life";
import { number, weight } from "../../format/quantity";
import { span } from "../../format/time";
import { useResource } from "../../state/resource";
import { type Spot, spotOf, spotsIn } from "./carry";
import { type Lane, type Pickup, type Unserved, spare_s } from "./day";
import { planWords } from "./words";

interface Properties {
  lot: string;
  lanes: readonly Lane[];
  pickup: Pickup | undefined;
  place: string;
  zero_ms: number;
  reason: string | undefined;
  unserved: Unserved | undefined;
  pinned: boolean;
  editable: boolean;
  pin: (truck: string | null) => void;
  move: (spot: Spot) => void;
  close: () => void;
}

export function Detail(properties: Properties) {
  const { lot, lanes, pickup, place, zero_ms, reason, unserved, pinned, editable, pin } = properties;
  const words = planWords();
  const life = useResource(`lot ${lot}`, () => answer(api.GET("/v1/lots", { params: { query: { code: lot, limit: 1 } } })), ["lot.freshness"]);
  const fresh = life.data?.items[0]?.freshness;
  const lane = lanes.find((one) => one.stops.some((stop) => stop.lot === lot));
  const stop = lane?.stops.find((one) => one.lot === lot);
  const at = (seconds: number) => <Moment at={zero_ms + seconds * 1000} style="time" />;
  const spare = stop && spare_s(stop, pickup);
  return (
    <section class="card detail" aria-labelledby="detail-title">
      <div class="card-head">
        <h2 id="detail-title">
          {lot} {pinned && <span class="chip s-info">◆ {words.pinned}</span>}
        </h2>
        <button type="button" class="plain" aria-label={words.closeDetail} onClick={properties.close}>
          <Icon name="close" />
        </button>
      </div>
      <dl class="facts">
        <Fact title={words.village}>{place}</Fact>
        <Fact title={words.load}>
          {weight(pickup?.weight_g)}, {words.crates(number(pickup?.crates))}
        </Fact>
        <Fact title={words.verdict}>
          {fresh ? <Verdict of={fresh.verdict} /> : "–"} {fresh && fresh.remaining_days_p10 !== null && words.days(lifeRange(fresh))}
        </Fact>
        {pickup?.windows.map((window) => (
          <Fact key={window.opens_s} title={words.window}>
            {at(window.opens_s)}–{at(window.closes_s)}
          </Fact>
        ))}
        {stop && lane && (
          <>
            <Fact title={words.truck}>
              {lane.number} · {lane.truck}
            </Fact>
            <Fact title={words.loaded}>
              {at(stop.start_s)}–{at(stop.depart_s)}
            </Fact>
            {stop.delivered_s !== null && (
              <Fact title={words.delivered}>
                {stop.hub} {at(stop.delivered_s)}
              </Fact>
            )}
            {stop.delivered_s !== null && (
              <Fact title={words.ride}>
                {span(stop.delivered_s - stop.start_s)}
                {pickup?.ride_limit_s != null && ` / ${span(pickup.ride_limit_s)}`}
              </Fact>
            )}
          </>
        )}
        {pickup?.deadline_s != null && (
          <Fact title={words.deadline}>
            <Moment at={zero_ms + pickup.deadline_s * 1000} />
          </Fact>
        )}
        {spare != null && (
          <Fact title={words.spare}>{spare < 0 ? <span class="fault">{words.lateBy(span(-spare))}</span> : span(spare)}</Fact>
        )}
      </dl>
      {reason && <p class="hint">{reason}</p>}
      {unserved && (
        <p>
          <Icon name="warning" /> {unserved.reason} {unserved.relaxation && words.remedy(unserved.relaxation)}
        </p>
      )}
      {editable && (
        <>
          <MoveForm key={lot} {...properties} />
          <div class="buttons">
            {lane && (
              <button type="button" aria-pressed={pinned} onClick={() => pin(pinned ? null : lane.truck)}>
                ◆ {pinned ? words.unpin : words.pin(lane.truck)}
              </button>
            )}
            {lane && (
              <button type="button" onClick={() => properties.move({ truck: null, trip: 1, position: 1 })}>
                {words.leave}
              </button>
            )}
          </div>
        </>
      )}
    </section>
  );
}

function MoveForm({ lot, lanes, move }: Properties) {
  const words = planWords();
  const now = spotOf(lanes, lot);
  const [truck, setTruck] = useState(now.truck ?? lanes[0]?.truck ?? "");
  const lane = lanes.find((one) => one.truck === truck);
  const spots = lane ? spotsIn(lane, lot) : [];
  const [at, setAt] = useState(0);
  const spot = spots[Math.min(at, spots.length - 1)];
  return (
    <form
      class="move-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (spot) move(spot);
      }}
    >
      <Field label={words.moveTo}>
        {(control) => (
          <select {...control} value={truck} onChange={(event) => (setTruck(event.currentTarget.value), setAt(0))}>
            {lanes.map((one) => (
              <option key={one.truck} value={one.truck}>
                {one.number} · {one.truck}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={words.position}>
        {(control) => (
          <select {...control} value={String(at)} onChange={(event) => setAt(Number(event.currentTarget.value))}>
            {spots.map((one, index) => (
              <option key={index} value={String(index)}>
                {spots.some((other) => other.trip > 1) ? words.tripPosition(one.trip, one.position) : one.position}
              </option>
            ))}
          </select>
        )}
      </Field>
      <button type="submit">{words.tryIt}</button>
    </form>
  );
}
