/** One run: what is new on its sheet, the next step, and all stops. */

import { useState } from "preact/hooks";

import { Field } from "../../components/Field";
import { Icon } from "../../components/Icon";
import { number, temperature, weight } from "../../format/quantity";
import { written } from "../../format/time";
import { language } from "../../i18n/language";
import { remember, remembered } from "../../state/remembered";
import { toast } from "../../state/toasts";
import { NextStep } from "./NextStep";
import { PositionSharing } from "./PositionSharing";
import type { Sheet, Stop } from "./queue";
import { report } from "./sync";
import { driveWords } from "./words";

export function RunView({ sheet }: { sheet: Sheet }) {
  const words = driveWords();
  const mark = `drive.sheet.${sheet.run_id}`;
  const [read, setRead] = useState<number>(() => {
    const known = Number(remembered(mark));
    // what was there when the run was opened first is the sheet that the driver starts with
    if (!known) remember(mark, String(sheet.version));
    return known || sheet.version;
  });
  const news = sheet.changes.filter((one) => one.version > read);

  function acknowledge(): void {
    remember(mark, String(sheet.version));
    setRead(sheet.version);
    void report(sheet.run_id, { kind: "note", note: words.sheet.readNote(number(sheet.version)) });
  }

  return (
    <>
      {news.length > 0 ? (
        <section class="card drive-news" role="alert">
          <h2>{words.sheet.title(number(sheet.version))}</h2>
          {news.map((one) => (
            <div key={one.version}>
              <p>{one.reason}</p>
              <ul>
                {one.lines.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </div>
          ))}
          <button type="button" class="primary wide" onClick={acknowledge}>
            {words.sheet.read}
          </button>
        </section>
      ) : (
        <NextStep sheet={sheet} />
      )}
      <section class="card">
        <h2>{words.all}</h2>
        <p>{sheet.set_point_c === null ? words.ambient : words.setPoint(temperature(sheet.set_point_c))}</p>
        <ol class="drive-stops">
          {sheet.stops.map((stop) => (
            <StopLine key={`${stop.position} ${stop.lot}`} stop={stop} />
          ))}
          <li>
            <strong>{placeName(sheet.hub)}</strong>
            <span>
              {words.hub} · {written(sheet.arrives_at, "time")}
            </span>
          </li>
        </ol>
        <a class="button wide" href={`/v1/runs/${sheet.run_id}/sheet.pdf?lang=${language.value === "th" ? "th" : "en"}`} target="_blank" rel="noreferrer">
          <Icon name="print" /> {words.print}
        </a>
      </section>
      <PositionSharing sheet={sheet} />
      <Note run_id={sheet.run_id} />
    </>
  );
}

function StopLine({ stop }: { stop: Stop }) {
  const words = driveWords();
  return (
    <li class={stop.state}>
      <strong>{placeName(stop.village)}</strong>
      <span>
        {written(stop.arrives_at, "time")} · {produce(stop)} · {weight(stop.loaded_weight_g ?? stop.weight_g)}
      </span>
      <span class="drive-state">
        {stop.state === "loaded" && <Icon name="check" />}
        {words.stopStates[stop.state]}
        {stop.reason && `: ${stop.reason}`}
      </span>
    </li>
  );
}

function Note({ run_id }: { run_id: string }) {
  const words = driveWords();
  const [note, setNote] = useState("");
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    await report(run_id, { kind: "note", note });
    setNote("");
    toast(words.noted);
  };
  return (
    <form class="card" onSubmit={(event) => void submit(event)}>
      <Field label={words.noteTitle}>
        {(control) => <textarea {...control} required maxLength={400} rows={2} value={note} onInput={(event) => setNote(event.currentTarget.value)} />}
      </Field>
      <button type="submit">
        <Icon name="comment" /> {words.noteSend}
      </button>
    </form>
  );
}

export function placeName(place: Stop["village"]): string {
  return language.value === "th" && place.name_th ? place.name_th : place.name;
}

export function produce(stop: Stop): string {
  return language.value === "th" && stop.produce_th ? stop.produce_th : stop.produce_en;
}
