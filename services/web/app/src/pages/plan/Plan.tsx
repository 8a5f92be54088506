/** One plan: where and when each truck drives, what stays behind and why; moved by hand, gone back on, published. */

import "./plan.css";

import type { ComponentType } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";

import { type Schemas, answer, api } from "../../api/client";
import { type Problem as Refusal, asProblem } from "../../api/problem";
import { Dialog } from "../../components/Dialog";
import { Fact } from "../../components/Fact";
import { Heading } from "../../components/Heading";
import { Moment } from "../../components/Moment";
import { ProblemNote } from "../../components/notes";
import { RepairBanner } from "../../components/RepairBanner";
import { Shown } from "../../components/Shown";
import { baht, number, weight } from "../../format/quantity";
import { span } from "../../format/time";
import { COORDINATORS, may } from "../../session/session";
import { type PageProps, address } from "../../shell/page";
import { shellWords } from "../../shell/words";
import { now_ms } from "../../state/clock";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import type { Spot } from "./carry";
import { spotOf } from "./carry";
import { lanesOf, spanOf, withChanges } from "./day";
import { Detail } from "./Detail";
import { noteEdit, noteUndo, toRedo } from "./edits";
import { useEditing } from "./editing";
import { type Loaded, loadPlan } from "./load";
import { Rehearsal } from "./Rehearsal";
import { Timeline } from "./Timeline";
import { TruckMark } from "./TruckMark";
import { planWords } from "./words";

export default function Plan({ params }: PageProps) {
  // edits make new drafts: the address follows them without the page being left
  const [id, setId] = useState(params["id"] ?? "");
  const kept = useRef<Loaded>();
  const found = useResource(
    `plan ${id}`,
    () => loadPlan(id, kept.current?.document.id === id || kept.current?.document.id === shown.current ? kept.current?.problem : undefined),
    ["plan", "run"],
  );
  const shown = useRef(id);
  if (found.data) {
    kept.current = found.data;
    shown.current = found.data.document.id;
  }
  const goTo = useCallback((next: string) => {
    history.replaceState(null, "", address("/plans/:id", { id: next }));
    setId(next);
  }, []);
  const loaded = found.data ?? kept.current;
  if (loaded === undefined) {
    return (
      <>
        <Heading title={planWords().title} />
        <Shown resource={found} rows={8}>
          {() => null}
        </Shown>
      </>
    );
  }
  return <Drawn loaded={loaded} refusal={found.problem} reload={found.reload} goTo={goTo} />;
}

interface DrawnProperties {
  loaded: Loaded;
  refusal: Refusal | undefined;
  reload: () => Promise<void>;
  goTo: (id: string) => void;
}

function Drawn({ loaded, refusal, reload, goTo }: DrawnProperties) {
  const words = planWords();
  const { document, plan, problem, pins, progress } = loaded;
  const { route } = useLocation();
  const [selected, setSelected] = useState<string>();
  const [chosenTruck, setChosenTruck] = useState<string>();
  const [publishing, setPublishing] = useState(false);
  const [failure, setFailure] = useState<Refusal>();
  const editable = document.state === "draft" && may(COORDINATORS);

  const editing = useEditing(document.id, document.version, (made, moves, pin) => {
    if (made.plan_id === null) return;
    noteEdit(document.id, made.plan_id, { moves, pin });
    goTo(made.plan_id);
  });
  const { carried } = editing;
  const preview = carried?.dropped ? editing.answer : undefined;
  const drawn = useMemo(
    () => (preview ? withChanges(plan, preview.plan as unknown as typeof plan, preview.changed_trucks) : plan),
    [plan, preview],
  );
  const zero_ms = problem.time_zero_ms ?? 0;
  const lanes = useMemo(() => lanesOf(problem, plan), [problem, plan]);
  const drawnLanes = useMemo(() => lanesOf(problem, drawn), [problem, drawn]);
  const range = useMemo(() => spanOf(drawnLanes, zero_ms), [drawnLanes, zero_ms]);
  const known = useMemo(() => {
    const names = new Map(problem.locations.map((place) => [place.id, place.name || place.id]));
    return {
      pickups: new Map(problem.pickups.map((pickup) => [pickup.id, pickup])),
      trucks: new Map(problem.trucks.map((truck) => [truck.id, truck])),
      places: names,
    };
  }, [problem]);
  const delays = useMemo(() => new Map(progress.map((one) => [one.truck, one.delay_s])), [progress]);
  const positions = useMemo(() => new Map(progress.flatMap((one) => (one.position ? [[one.truck, one.position] as const] : []))), [progress]);
  const left = useMemo(() => drawn.unserved.map((one) => one.pickup), [drawn]);
  const select = useCallback((lot: string) => setSelected(lot), []);
  const chooseTruck = useCallback((truck: string) => setChosenTruck((now) => (now === truck ? undefined : truck)), []);

  function attempt(what: () => Promise<void>): void {
    setFailure(undefined);
    what().catch((error: unknown) => setFailure(asProblem(error)));
  }
  const path = { params: { path: { plan_id: document.id } } };
  const undo = () =>
    attempt(async () => {
      const former = await answer(api.POST("/v1/plans/{plan_id}/undo", path));
      noteUndo(document.id, former.id);
      goTo(former.id);
    });
  const again = toRedo(document.id);
  const redo = () =>
    attempt(async () => {
      if (again === undefined) return;
      const made = await answer(api.POST("/v1/plans/{plan_id}/moves", { ...path, body: { ...again, dry_run: false, version: document.version } }));
      if (made.plan_id === null) return;
      noteEdit(document.id, made.plan_id, again);
      goTo(made.plan_id);
    });
  const pin = (lot: string, truck: string | null) =>
    attempt(async () => {
      const body = { pin: truck === null ? [] : [{ lot, truck }], unpin: truck === null ? [lot] : [], version: document.version };
      await answer(api.POST("/v1/plans/{plan_id}/pins", { ...path, body }));
      await reload();
    });
  const replan = () =>
    attempt(async () => {
      const job = await answer(api.POST("/v1/plans/{plan_id}/replan", { ...path, body: {} }));
      route(address("/plans", {}, { jobs: job.id }));
    });

  useEffect(() => {
    if (!editable) return undefined;
    function pressed(event: KeyboardEvent) {
      if (!(event.ctrlKey || event.metaKey) || (event.target as HTMLElement).closest?.("input, select, textarea, dialog")) return;
      if (event.key === "z" && !event.shiftKey && document.parent_id !== null) undo();
      else if ((event.key === "y" || (event.key === "Z" && event.shiftKey)) && again !== undefined) redo();
      else return;
      event.preventDefault();
    }
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });

  const move = (spot: Spot) => {
    if (selected === undefined) return;
    editing.pickUp(selected, spotOf(lanes, selected));
    editing.holdOver(spot);
    editing.drop();
  };
  const pickup = selected === undefined ? undefined : known.pickups.get(selected);
  return (
    <>
      <Heading
        title={document.scenario ? words.titleOf(document.scenario) : words.title}
        beside={<span class={`chip ${document.state === "published" ? "v-on_track" : "v-unknown"}`}>{words.states[document.state]}</span>}
      >
        {editable && (
          <>
            <button type="button" disabled={document.parent_id === null || carried !== undefined} onClick={undo}>
              ↶ {words.undo}
            </button>
            <button type="button" disabled={again === undefined || carried !== undefined} onClick={redo}>
              ↷ {words.redo}
            </button>
            <button type="button" onClick={replan}>
              {words.replan}
            </button>
            <button type="button" class="primary" disabled={carried !== undefined} onClick={() => setPublishing(true)}>
              {words.publish}
            </button>
          </>
        )}
        {document.state === "published" && (
          <a class="button" href={address("/runs", {}, { plan: document.id })}>
            {words.runs}
          </a>
        )}
      </Heading>
      <RepairBanner />
      {refusal && <ProblemNote problem={refusal} again={() => void reload()} />}
      {failure && <ProblemNote problem={failure} again={() => (setFailure(undefined), void reload())} />}
      {document.state === "superseded" && <p class="hint">{words.superseded}</p>}
      <Figures document={document} loaded={loaded} />
      <div class="plan-top">
        <LazyMap
          label={words.map}
          zoomIn={words.zoomIn}
          zoomOut={words.zoomOut}
          problem={problem}
          lanes={drawnLanes}
          left={left}
          positions={positions}
          chosenTruck={chosenTruck}
          selectedLot={selected}
          select={select}
        />
        {selected !== undefined ? (
          <Detail
            key={selected}
            lot={selected}
            lanes={lanes}
            pickup={pickup}
            place={(pickup && known.places.get(pickup.location)) ?? "–"}
            zero_ms={zero_ms}
            reason={document.deadlines[selected]}
            unserved={plan.unserved.find((one) => one.pickup === selected)}
            pinned={pins.has(selected)}
            editable={editable && carried === undefined}
            pin={(truck) => pin(selected, truck)}
            move={move}
            close={() => setSelected(undefined)}
          />
        ) : (
          <section class="card detail" aria-labelledby="why-title">
            <h2 id="why-title">{words.why}</h2>
            <Why loaded={loaded} select={select} />
          </section>
        )}
      </div>
      <section class="card" aria-labelledby="timeline-title">
        <h2 id="timeline-title">{words.timeline}</h2>
        <Timeline
          lanes={drawnLanes}
          left={left}
          pickups={known.pickups}
          trucks={known.trucks}
          places={known.places}
          pins={pins}
          delays={delays}
          range={range}
          zero_ms={zero_ms}
          now_s={(now_ms.value - zero_ms) / 1000}
          selected={selected}
          chosenTruck={chosenTruck}
          editing={editable ? editing : undefined}
          select={select}
          chooseTruck={chooseTruck}
        />
      </section>
      {selected !== undefined && (
        <section class="card" aria-labelledby="why-title">
          <h2 id="why-title">{words.why}</h2>
          <Why loaded={loaded} select={select} />
        </section>
      )}
      {editable && <Rehearsal editing={editing} lanes={lanes} />}
      {publishing && (
        <Publish
          loaded={loaded}
          onClose={() => setPublishing(false)}
          done={() => {
            setPublishing(false);
            toast(words.published);
            void reload();
          }}
        />
      )}
    </>
  );
}

function Figures({ document, loaded: { plan } }: { document: Schemas["PlanDocument"]; loaded: Loaded }) {
  const words = planWords();
  const found = plan.indicators;
  return (
    <dl class="facts card">
      <Fact title={words.cost}>{baht(document.cost_satang)}</Fact>
      {found && (
        <>
          <Fact title={words.served}>{words.ofAll(number(found.served), number(found.served + found.unserved))}</Fact>
          <Fact title={words.trucks}>{number(found.trucks)}</Fact>
          <Fact title={words.collected}>
            {weight(found.collected_g)} · {number(found.weight_utilisation_pct)} %
          </Fact>
          <Fact title={words.distance}>{number(found.distance_m / 1000)} km</Fact>
          <Fact title={words.driving}>{span(found.driving_s)}</Fact>
          <Fact title={words.waiting}>{span(found.waiting_s)}</Fact>
          <Fact title={words.longestRide}>{span(found.longest_ride_s)}</Fact>
          {found.cost_per_kg_satang !== null && <Fact title={words.perKg}>฿{number(found.cost_per_kg_satang / 100, 2)}</Fact>}
        </>
      )}
      <Fact title={words.asOf}>
        <Moment at={document.data_as_of} />
      </Fact>
    </dl>
  );
}

function Why({ loaded: { plan }, select }: { loaded: Loaded; select: (lot: string) => void }) {
  const words = planWords();
  const late = plan.explanations?.late ?? [];
  const relaxations = plan.explanations?.relaxations ?? [];
  if (plan.unserved.length === 0 && late.length === 0) return <p>{words.allInTime}</p>;
  const lot = (code: string) => (
    <button type="button" class="plain link" onClick={() => select(code)}>
      {code}
    </button>
  );
  return (
    <div class="why">
      {plan.unserved.length > 0 && (
        <>
          <h3>
            {words.leftBehind} ({number(plan.unserved.length)})
          </h3>
          <ul>
            {plan.unserved.map((one) => (
              <li key={one.pickup}>
                {lot(one.pickup)} {one.reason} {one.relaxation && <em>{words.remedy(one.relaxation)}</em>}
              </li>
            ))}
          </ul>
        </>
      )}
      {relaxations.length > 0 && (
        <>
          <h3>{words.relaxations}</h3>
          <ul>
            {relaxations.map((one) => (
              <li key={one.concession}>
                {one.concession}: {one.pickups.join(", ")}
              </li>
            ))}
          </ul>
        </>
      )}
      {late.length > 0 && (
        <>
          <h3>{words.late}</h3>
          <ul>
            {late.map((one) => (
              <li key={one.pickup}>
                {lot(one.pickup)} · {one.truck} · {words.lateBy(span(one.late_s))} · {baht(one.cost_satang)} · {one.reason}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Publish({ loaded, done, onClose }: { loaded: Loaded; done: () => void; onClose: () => void }) {
  const words = planWords();
  const { document, plan, etag } = loaded;
  const [problem, setProblem] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const now = useResource(
    `version ${document.id} ${problem?.status}`,
    () => (problem ? answer(api.GET("/v1/plans/{plan_id}", { params: { path: { plan_id: document.id } } })) : Promise.resolve(undefined)),
  );
  const used = plan.routes.filter((route) => route.stops.some((stop) => stop.kind === "pickup"));
  return (
    <Dialog title={words.publishTitle} onClose={onClose}>
      {problem && <ProblemNote problem={problem} />}
      {problem && now.data && <p>{words.currentVersion(now.data.version, document.version, words.states[now.data.state])}</p>}
      <p>{words.publishMeans(used.length, plan.routes.flatMap((route) => route.stops).filter((stop) => stop.kind === "pickup").length)}</p>
      {plan.unserved.length > 0 && <p class="fault">{words.publishLeaves(plan.unserved.length)}</p>}
      <div class="buttons">
        <button
          type="button"
          class="primary"
          disabled={busy || problem !== undefined}
          onClick={() => {
            setBusy(true);
            const request = { params: { path: { plan_id: document.id }, header: { "if-match": etag } } };
            answer(api.POST("/v1/plans/{plan_id}/publish", request))
              .then(done)
              .catch((error: unknown) => setProblem(asProblem(error)))
              .finally(() => setBusy(false));
          }}
        >
          {words.publishYes}
        </button>
        <button type="button" onClick={onClose}>
          {shellWords().cancel}
        </button>
      </div>
    </Dialog>
  );
}

type MapProperties = Parameters<typeof import("./Map").default>[0];

/** The map's code comes after what is needed to work. */
function LazyMap(properties: MapProperties) {
  const [Drawing, setDrawing] = useState<ComponentType<MapProperties>>();
  useEffect(() => {
    let gone = false;
    import("./Map").then((found) => !gone && setDrawing(() => found.default)).catch(() => undefined); // the timeline says all of it
    return () => {
      gone = true;
    };
  }, []);
  const chosen = properties.lanes.find((lane) => lane.truck === properties.chosenTruck);
  return (
    <div class="card plan-map-card">
      {Drawing ? <Drawing {...properties} /> : <div class="plan-map" />}
      {chosen && (
        <p class="map-chosen">
          <TruckMark number={chosen.number} /> {chosen.truck}
        </p>
      )}
    </div>
  );
}
