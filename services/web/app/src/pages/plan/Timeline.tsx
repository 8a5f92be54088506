/**
 * What each truck does when. One lane a truck, drawn in shares of its width, so that a change of size costs nothing;
 * a lane is drawn again only where its own plan changes. Lots are moved by pointer, or by space, arrows and space.
 */

import { Component, type RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { Icon } from "../../components/Icon";
import { span, written } from "../../format/time";
import { type Direction, type Spot, neighbour, sameSpot, spotAt, spotOf, spotsIn, stepped, time_s } from "./carry";
import { type Lane, type LotStop, type Pickup, type Truck, type Window_s, colourOf, spare_s } from "./day";
import type { Editing } from "./editing";
import { TruckMark } from "./TruckMark";
import { planWords } from "./words";

const LANE_PX = 44;
const HOUR_S = 3600;
const DRAG_PX = 6;
const CLICK_MS = 100;
const TIGHT_S = 1800;
const ZOOMS = [1, 2, 4] as const;
const DIRECTIONS: Record<string, Direction> = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

interface Properties {
  lanes: readonly Lane[];
  /** Lots that stay behind. */
  left: readonly string[];
  pickups: ReadonlyMap<string, Pickup>;
  trucks: ReadonlyMap<string, Truck>;
  places: ReadonlyMap<string, string>;
  pins: ReadonlyMap<string, unknown>;
  delays: ReadonlyMap<string, number>;
  range: Window_s;
  zero_ms: number;
  now_s: number;
  selected: string | undefined;
  chosenTruck: string | undefined;
  editing: Editing | undefined;
  select: (lot: string) => void;
  chooseTruck: (truck: string) => void;
}

export function Timeline(properties: Properties) {
  const { lanes, left, range, zero_ms, now_s, selected, editing, select } = properties;
  const words = planWords();
  const [zoom, setZoom] = useState<number>(1);
  const rows = useRef<HTMLUListElement>(null);
  const latest = useRef(properties);
  latest.current = properties;
  useDragging(rows, latest);
  const carried = editing?.carried;
  const roving = selected ?? lanes.find((lane) => lane.stops.length > 0)?.stops[0]?.lot ?? left[0];

  useEffect(() => {
    // undone or put down elsewhere, its button is a new one
    if (selected !== undefined && rows.current?.contains(document.activeElement)) stopButton(rows.current, selected)?.focus();
  }, [lanes]);

  function pressed(event: KeyboardEvent) {
    const lot = (event.target as HTMLElement).dataset["lot"];
    if (lot === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key];
    if (carried !== undefined && editing !== undefined && !carried.dropped) {
      if (direction !== undefined) {
        const lane = lanes.find((one) => one.truck === carried.spot.truck);
        const at_s = (lane && time_s(lane, carried.lot, carried.spot)) ?? range.opens_s;
        editing.holdOver(stepped(lanes, carried.lot, carried.spot, direction, at_s));
      } else if (event.key === " " || event.key === "Enter") editing.drop();
      else if (event.key === "Escape") editing.cancel();
      else if (event.key === "Delete") editing.holdOver({ truck: null, trip: 1, position: 1 });
      else return;
    } else if (direction !== undefined) {
      const next = neighbour(lanes, left, lot, direction);
      if (next !== undefined) {
        select(next);
        stopButton(rows.current, next)?.focus();
      }
    } else if (event.key === " " && editing !== undefined) editing.pickUp(lot, spotOf(lanes, lot));
    else if (event.key === "Enter") select(lot);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const hours: number[] = [];
  const step_h = (range.closes_s - range.opens_s) / HOUR_S / zoom > 18 ? 2 : 1;
  for (let at_s = range.opens_s; at_s <= range.closes_s; at_s += step_h * HOUR_S) hours.push(at_s);
  const share = (at_s: number) => `${(100 * (at_s - range.opens_s)) / (range.closes_s - range.opens_s)}%`;
  return (
    <div class="timeline">
      <div class="timeline-tools">
        <ul class="legend">
          {(["drive", "wait", "load", "unload", "rest"] as const).map((kind) => (
            <li key={kind}>
              <svg class={`bar-sample ${kind}`} viewBox="0 0 20 12" aria-hidden="true" focusable="false">
                <rect width="20" height="12" />
              </svg>{" "}
              {words.bars[kind]}
            </li>
          ))}
        </ul>
        <div class="buttons" role="group" aria-label={words.zoom}>
          {ZOOMS.map((one) => (
            <button key={one} type="button" aria-pressed={one === zoom} onClick={() => setZoom(one)}>
              ×{one}
            </button>
          ))}
        </div>
      </div>
      <p id="timeline-keys" class="hint">
        {editing ? words.timelineKeys : words.timelineKeysReading}
      </p>
      <div class="scroll timeline-scroll">
        <div class="timeline-inner" style={{ width: `${zoom * 100}%` }} onKeyDown={pressed}>
          <div class="hours" aria-hidden="true">
            <span class="lane-label" />
            <span class="track">
              {hours.slice(0, -1).map((at_s) => (
                <span key={at_s} style={{ left: share(at_s) }}>
                  {written(zero_ms + at_s * 1000, "time")}
                </span>
              ))}
            </span>
          </div>
          <ul class="lanes" ref={rows} aria-label={words.timeline}>
            {lanes.map((lane) => (
              <LaneRow
                key={lane.truck}
                lane={lane}
                range={range}
                zero_ms={zero_ms}
                step_s={step_h * HOUR_S}
                now_s={now_s > range.opens_s && now_s < range.closes_s ? now_s : undefined}
                truck={properties.trucks.get(lane.truck)}
                pickups={properties.pickups}
                places={properties.places}
                pins={properties.pins}
                delay_s={properties.delays.get(lane.truck)}
                words={words}
                chosen={properties.chosenTruck === lane.truck}
                chooseTruck={properties.chooseTruck}
                select={select}
                selected={lane.stops.some((stop) => stop.lot === selected) ? selected : undefined}
                roving={lane.stops.some((stop) => stop.lot === roving) ? roving : undefined}
                lifted={carried && lane.stops.some((stop) => stop.lot === carried.lot) ? carried.lot : undefined}
                held={carried && !carried.dropped && carried.spot.truck === lane.truck ? carried : undefined}
              />
            ))}
            <li class={`lane lane-left${carried?.spot.truck === null && !carried.dropped ? " over" : ""}`} data-lane="">
              <span class="lane-label">
                <Icon name="lots" /> {words.leftBehind} ({left.length})
              </span>
              <ol class="track left-track">
                {left.map((lot) => (
                  <li key={lot}>
                    <button
                      type="button"
                      class={`lot-stop left-stop${carried?.lot === lot ? " lifted" : ""}`}
                      data-lot={lot}
                      tabIndex={roving === lot ? 0 : -1}
                      aria-pressed={selected === lot}
                      onClick={() => select(lot)}
                    >
                      {lot}
                    </button>
                  </li>
                ))}
              </ol>
            </li>
          </ul>
        </div>
      </div>
    </div>
  );
}

function stopButton(rows: HTMLElement | null, lot: string): HTMLElement | null {
  return rows?.querySelector<HTMLElement>(`[data-lot="${CSS.escape(lot)}"]`) ?? null;
}

/** Dragging by mouse, pen or finger; nothing is drawn anew but the marker until the lot is put down. */
function useDragging(rows: RefObject<HTMLUListElement>, latest: RefObject<Properties>): void {
  useEffect(() => {
    const list = rows.current;
    if (list === null) return undefined;
    let drag: { lot: string; x: number; y: number; moving: boolean } | undefined;
    let dropped_ms = -CLICK_MS;
    function spotUnder(event: PointerEvent, lot: string): Spot | undefined {
      const { lanes, range } = latest.current!;
      const row = [...list!.children].find((one) => {
        const box = one.getBoundingClientRect();
        return event.clientY >= box.top && event.clientY < box.bottom;
      }) as HTMLElement | undefined;
      if (row === undefined) return undefined;
      const lane = lanes.find((one) => one.truck === row.dataset["lane"]);
      if (lane === undefined) return { truck: null, trip: 1, position: 1 };
      const box = row.querySelector(".track")!.getBoundingClientRect();
      const at_s = range.opens_s + ((event.clientX - box.left) / box.width) * (range.closes_s - range.opens_s);
      return spotAt(lane, lot, at_s);
    }
    function down(event: PointerEvent) {
      const button = (event.target as HTMLElement).closest<HTMLElement>("[data-lot]");
      const { editing } = latest.current!;
      if (button === null || event.button !== 0 || editing === undefined || editing.carried?.dropped) return;
      drag = { lot: button.dataset["lot"]!, x: event.clientX, y: event.clientY, moving: false };
    }
    function move(event: PointerEvent) {
      const { editing, lanes } = latest.current!;
      if (drag === undefined || editing === undefined) return;
      if (!drag.moving) {
        if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < DRAG_PX) return;
        drag.moving = true;
        editing.pickUp(drag.lot, spotOf(lanes, drag.lot));
      }
      event.preventDefault();
      const spot = spotUnder(event, drag.lot);
      if (spot !== undefined) editing.holdOver(spot);
    }
    function up(event: PointerEvent) {
      const { editing } = latest.current!;
      if (drag?.moving && editing) {
        if (event.type === "pointerup") editing.drop();
        else editing.cancel();
        dropped_ms = event.timeStamp;
      }
      drag = undefined;
    }
    // the click that ends a drag would select what lies under the pointer
    const clicked = (event: MouseEvent) => event.timeStamp - dropped_ms < CLICK_MS && event.stopPropagation();
    list.addEventListener("click", clicked, { capture: true });
    list.addEventListener("pointerdown", down);
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", up);
    return () => {
      list.removeEventListener("click", clicked, { capture: true });
      list.removeEventListener("pointerdown", down);
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", up);
    };
  }, []);
}

interface LaneProperties {
  lane: Lane;
  range: Window_s;
  zero_ms: number;
  step_s: number;
  now_s: number | undefined;
  truck: Truck | undefined;
  pickups: ReadonlyMap<string, Pickup>;
  places: ReadonlyMap<string, string>;
  pins: ReadonlyMap<string, unknown>;
  delay_s: number | undefined;
  words: ReturnType<typeof planWords>;
  chosen: boolean;
  chooseTruck: (truck: string) => void;
  select: (lot: string) => void;
  selected: string | undefined;
  roving: string | undefined;
  lifted: string | undefined;
  held: { lot: string; spot: Spot } | undefined;
}

class LaneRow extends Component<LaneProperties> {
  override shouldComponentUpdate(next: LaneProperties): boolean {
    const { lane, range, ...rest }: LaneProperties = this.props;
    if (lane.route !== next.lane.route || lane.number !== next.lane.number) return true;
    if (range.opens_s !== next.range.opens_s || range.closes_s !== next.range.closes_s) return true;
    return (Object.keys(rest) as (keyof typeof rest)[]).some((name) => this.props[name] !== next[name]);
  }

  override render() {
    const { lane, range, zero_ms, now_s, truck, words, chosen, chooseTruck, held, delay_s } = this.props;
    const length_s = range.closes_s - range.opens_s;
    const share = (at_s: number) => (100 * (at_s - range.opens_s)) / length_s;
    const shift = truck && { from: Math.max(0, share(truck.shift.opens_s)), to: Math.min(100, share(truck.shift.closes_s)) };
    const selected = lane.stops.find((stop) => stop.lot === this.props.selected);
    return (
      <li class={`lane truck-c${colourOf(lane.number)}${held ? " over" : ""}`} data-lane={lane.truck}>
        <button type="button" class="lane-label" aria-pressed={chosen} onClick={() => chooseTruck(lane.truck)}>
          <TruckMark number={lane.number} /> <span>{lane.truck}</span>
          {delay_s !== undefined && delay_s >= 60 && <span class="chip s-warning">+{span(delay_s)}</span>}
        </button>
        <div class="track">
          <svg viewBox={`0 0 ${length_s} ${LANE_PX}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
            {shift && shift.to > shift.from && (
              <rect class="shift" x={(shift.from * length_s) / 100} y="0" width={((shift.to - shift.from) * length_s) / 100} height={LANE_PX} />
            )}
            {lane.bars.map((bar) => (
              <rect
                key={`${bar.kind} ${bar.from_s}`}
                class={bar.kind}
                x={bar.from_s - range.opens_s}
                width={bar.to_s - bar.from_s}
                {...(bar.kind === "drive" ? { y: 19, height: 6 } : { y: 10, height: 24 })}
              />
            ))}
            {selected && this.limits(selected)}
            {now_s !== undefined && <line class="now" x1={now_s - range.opens_s} x2={now_s - range.opens_s} y1="0" y2={LANE_PX} />}
          </svg>
          <ol class="stops">
            {lane.stops.map((stop) => (
              <li key={stop.lot} style={{ left: `${share(stop.start_s)}%`, width: `${(100 * (stop.depart_s - stop.start_s)) / length_s}%` }}>
                {this.stop(stop)}
              </li>
            ))}
          </ol>
          {held && <Marker lane={lane} lot={held.lot} spot={held.spot} share={share} />}
          {lane.route === undefined && <span class="idle">{words.idle}</span>}
        </div>
        <span class="sr">
          {lane.route && words.laneSummary(lane.stops.length, written(zero_ms + (lane.route.stops[0]?.depart_s ?? 0) * 1000, "time"), written(zero_ms + (lane.route.stops.at(-1)?.arrival_s ?? 0) * 1000, "time"))}
        </span>
      </li>
    );
  }

  /** When the selected lot may be loaded, how long it may ride, and its deadline. */
  private limits(stop: LotStop) {
    const pickup = this.props.pickups.get(stop.lot);
    if (pickup === undefined) return null;
    const { opens_s } = this.props.range;
    return (
      <>
        {pickup.windows.map((window) => (
          <rect key={window.opens_s} class="window" x={window.opens_s - opens_s} y="1" width={window.closes_s - window.opens_s} height="5" />
        ))}
        {pickup.ride_limit_s !== null && <rect class="ride" x={stop.start_s - opens_s} y="38" width={pickup.ride_limit_s} height="4" />}
        {pickup.deadline_s !== null && <line class="deadline" x1={pickup.deadline_s - opens_s} x2={pickup.deadline_s - opens_s} y1="0" y2={LANE_PX} />}
      </>
    );
  }

  private stop(stop: LotStop) {
    const { lane, pickups, places, pins, words, zero_ms, roving, selected, lifted } = this.props;
    const pickup = pickups.get(stop.lot);
    const spare = spare_s(stop, pickup);
    const tight = spare !== null && spare < TIGHT_S;
    const pinned = pins.has(stop.lot);
    const at = `${written(zero_ms + stop.start_s * 1000, "time")}–${written(zero_ms + stop.depart_s * 1000, "time")}`;
    const place = (pickup && places.get(pickup.location)) ?? "";
    const said = words.stopSaid(stop.lot, place, at, lane.truck, stop.position);
    const life = spare === null ? "" : `; ${spare < 0 ? words.lateBy(span(-spare)) : words.toSpare(span(spare))}`;
    return (
      <button
        type="button"
        class={`lot-stop${tight ? " tight" : ""}${lifted === stop.lot ? " lifted" : ""}`}
        data-lot={stop.lot}
        tabIndex={roving === stop.lot ? 0 : -1}
        aria-pressed={selected === stop.lot}
        aria-label={`${said}${life}${pinned ? `; ${words.pinned}` : ""}`}
        title={`${said}${life}`}
        onClick={() => this.props.select(stop.lot)}
      >
        {pinned ? "◆" : ""}
        {tight ? "!" : ""}
        {stop.position}
      </button>
    );
  }
}

function Marker({ lane, lot, spot, share }: { lane: Lane; lot: string; spot: Spot; share: (at_s: number) => number }) {
  const at_s = time_s(lane, lot, spot);
  // an empty lane has no time yet
  const left = at_s === undefined ? 1 : Math.max(0, Math.min(100, share(at_s)));
  const count = spotsIn(lane, lot).findIndex((one) => sameSpot(one, spot)) + 1;
  return (
    <span class="drop-marker" style={{ left: `${left}%` }} aria-hidden="true">
      <span>
        {lot} · {count}
      </span>
    </span>
  );
}
