/** The one large button of a run, with what belongs to it. */

import { useState } from "preact/hooks";

import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { Icon } from "../../components/Icon";
import { number, weight } from "../../format/quantity";
import { written } from "../../format/time";
import { toastFailure } from "../../state/toasts";
import { typedNumber } from "../../format/entry";
import { photo } from "./pictures";
import { type Sheet, type Stop, nextStep } from "./queue";
import { placeName, produce } from "./RunView";
import { Signature } from "./Signature";
import { entries, prove, report } from "./sync";
import { driveWords } from "./words";

export function NextStep({ sheet }: { sheet: Sheet }) {
  const words = driveWords();
  const step = nextStep(sheet);
  if (step.kind === "delivered" || step.kind === "cancelled") {
    return (
      <p class="card drive-done">
        <Icon name={step.kind === "delivered" ? "check" : "warning"} /> {step.kind === "delivered" ? words.done : words.cancelled}
      </p>
    );
  }
  if (step.kind === "deliver") return <Deliver sheet={sheet} />;
  return <AtAStop sheet={sheet} kind={step.kind} stop={step.stop} />;
}

function AtAStop({ sheet, kind, stop }: { sheet: Sheet; kind: "go" | "arrive" | "load"; stop: Stop }) {
  const words = driveWords();
  const { run_id } = sheet;
  const place = placeName(stop.village);

  async function go(): Promise<void> {
    if (sheet.departed_at === null) await report(run_id, { kind: "departed" });
    await report(run_id, { kind: "heading", lot: stop.lot });
  }

  return (
    <section class="card drive-next">
      <h2>{words.next}</h2>
      <p class="drive-place">{place}</p>
      <p>
        {words.planned(written(stop.arrives_at, "time"), written(stop.departs_at, "time"))}
        <br />
        {stop.lot} · {produce(stop)} · {words.expected} {weight(stop.weight_g)}, {words.crates(number(stop.crates))}
      </p>
      {kind === "go" && (
        <button type="button" class="primary drive-big" onClick={() => void go()}>
          <Icon name="truck" /> {words.go(place)}
        </button>
      )}
      {kind === "arrive" && (
        <button type="button" class="primary drive-big" onClick={() => void report(run_id, { kind: "arrived", lot: stop.lot })}>
          <Icon name="check" /> {words.arrive(place)}
        </button>
      )}
      {kind === "load" ? <Load key={stop.lot} run_id={run_id} stop={stop} /> : <Navigation place={stop.village} />}
      <Skip key={`skip ${stop.lot}`} run_id={run_id} stop={stop} />
    </section>
  );
}

function Navigation({ place }: { place: Stop["village"] }) {
  const words = driveWords();
  const at = `${place.latitude},${place.longitude}`;
  return (
    <p class="drive-links">
      <span>{words.navigate}:</span>
      <a class="button" href={`https://www.google.com/maps/dir/?api=1&destination=${at}`} target="_blank" rel="noreferrer">
        {words.googleMaps}
      </a>
      <a class="button" href={`geo:${at}?q=${at}(${encodeURIComponent(place.name)})`}>
        {words.otherMap}
      </a>
    </p>
  );
}

function Deliver({ sheet }: { sheet: Sheet }) {
  const words = driveWords();
  const hub = placeName(sheet.hub);
  return (
    <section class="card drive-next">
      <h2>{words.next}</h2>
      <p class="drive-place">{hub}</p>
      <p>{words.deliverSure}</p>
      <button type="button" class="primary drive-big" onClick={() => void report(sheet.run_id, { kind: "delivered" })}>
        <Icon name="check" /> {words.deliver(hub)}
      </button>
      <Navigation place={sheet.hub} />
    </section>
  );
}

function Load({ run_id, stop }: { run_id: string; stop: Stop }) {
  const words = driveWords();
  const [kilograms, setKilograms] = useState(String(stop.weight_g / 1000));
  const [crates, setCrates] = useState(String(stop.crates));
  const [celsius, setCelsius] = useState("");
  const [note, setNote] = useState("");
  const [faulty, setFaulty] = useState<readonly string[]>([]);
  const [signing, setSigning] = useState(false);
  const [taken, setTaken] = useState({ photo: 0, signature: 0 });
  const waiting = (kind: "photo" | "signature") =>
    entries.value.filter((one) => one.what === "proof" && one.body.lot === stop.lot && one.body.kind === kind).length;
  const count = (kind: "photo" | "signature") => Math.max(taken[kind], waiting(kind));

  async function keep(kind: "photo" | "signature", content: string): Promise<void> {
    await prove(run_id, stop.lot, kind, content);
    setTaken((before) => ({ ...before, [kind]: before[kind] + 1 }));
  }

  async function shot(event: Event & { currentTarget: HTMLInputElement }): Promise<void> {
    const input = event.currentTarget;
    const file = input.files?.[0];
    if (file === undefined) return;
    try {
      await keep("photo", await photo(file));
    } catch {
      toastFailure(words.photoFailed);
    }
    input.value = "";
  }

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const weight_g = Math.round(typedNumber(kilograms) * 1000);
    const crate_count = typedNumber(crates);
    const measured = celsius.trim() === "" ? null : typedNumber(celsius.replace("−", "-"));
    const faults = [
      weight_g > 0 && weight_g <= 1e9 ? "" : "weight",
      Number.isInteger(crate_count) && crate_count > 0 && crate_count <= 1e5 ? "" : "crates",
      measured === null || (measured >= -40 && measured <= 60) ? "" : "temperature",
    ].filter(Boolean);
    setFaulty(faults);
    if (faults.length > 0) return;
    const said = { ...(measured === null ? {} : { temperature_c: measured }), ...(note.trim() ? { note: note.trim() } : {}) };
    await report(run_id, { kind: "loaded", lot: stop.lot, weight_g, crates: crate_count, ...said });
  }

  const fault = (name: string, detail: string) => (faulty.includes(name) ? { pointer: "", detail, remedy: "" } : undefined);
  return (
    <form class="large" noValidate onSubmit={(event) => void submit(event)}>
      <div class="pair">
        <Field label={words.weight} fault={fault("weight", words.wrongNumber)}>
          {(control) => <input {...control} inputMode="decimal" value={kilograms} onInput={(event) => setKilograms(event.currentTarget.value)} />}
        </Field>
        <Field label={words.crateCount} fault={fault("crates", words.wrongNumber)}>
          {(control) => <input {...control} inputMode="numeric" value={crates} onInput={(event) => setCrates(event.currentTarget.value)} />}
        </Field>
      </div>
      <Field label={words.temperature} fault={fault("temperature", words.wrongTemperature)}>
        {(control) => <input {...control} inputMode="decimal" value={celsius} onInput={(event) => setCelsius(event.currentTarget.value)} />}
      </Field>
      <div class="drive-links">
        <label class="button drive-file">
          <Icon name="plus" /> {words.photo}
          <input class="sr" type="file" accept="image/*" capture="environment" onChange={(event) => void shot(event)} />
        </label>
        <button type="button" onClick={() => setSigning(true)}>
          <Icon name="comment" /> {words.sign}
        </button>
      </div>
      <p class="hint" role="status">
        {words.signed(number(count("photo")), number(count("signature")))}
      </p>
      <Field label={words.note}>
        {(control) => <input {...control} maxLength={400} value={note} onInput={(event) => setNote(event.currentTarget.value)} />}
      </Field>
      <button type="submit" class="primary drive-big">
        <Icon name="check" /> {words.load(stop.lot)}
      </button>
      {signing && <Signature onClose={() => setSigning(false)} onKept={(content) => void keep("signature", content)} />}
    </form>
  );
}

function Skip({ run_id, stop }: { run_id: string; stop: Stop }) {
  const words = driveWords();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  if (!open) {
    return (
      <button type="button" class="wide" onClick={() => setOpen(true)}>
        {words.skip}
      </button>
    );
  }
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setOpen(false);
    await report(run_id, { kind: "skipped", lot: stop.lot, reason: reason.trim() });
  };
  return (
    <Dialog title={words.skipTitle(placeName(stop.village))} onClose={() => setOpen(false)}>
      <form onSubmit={(event) => void submit(event)}>
        <div class="drive-reasons">
          {words.reasons.map((one) => (
            <button key={one} type="button" aria-pressed={reason === one} onClick={() => setReason(one)}>
              {one}
            </button>
          ))}
        </div>
        <Field label={words.otherReason}>
          {(control) => <input {...control} required maxLength={200} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />}
        </Field>
        <button type="submit" class="primary wide">
          {words.skipDo}
        </button>
      </form>
    </Dialog>
  );
}
