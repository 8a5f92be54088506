/** A lot entered in a minute, on a phone, with wet hands: few fields, large targets, what was typed last stays. */

import { useState } from "preact/hooks";

import { answer, api, everyRow } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Field } from "../../components/Field";
import { Heading } from "../../components/Heading";
import { ProblemNote } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { fromLocalInput, toLocalInput } from "../../format/time";
import { COORDINATORS, may } from "../../session/session";
import { exactNow_ms } from "../../state/clock";
import { nameOf, useCommodities } from "../../state/commodities";
import { remember, remembered } from "../../state/remembered";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { type Draft, madeUpCode, toLot } from "./draft";
import { newLotWords } from "./words";

const HOUR_MS = 3_600_000;
const RECENT = 4;

export default function NewLot() {
  const words = newLotWords();
  const commodities = useCommodities();
  const villages = useResource("villages", () =>
    everyRow((cursor) => answer(api.GET("/v1/villages", { params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } } }))),
  );
  const [draft, setDraft] = useState<Draft>(() => fresh(remembered("lot.village") ?? "", (recent()[0] ?? ""), ""));
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      // the label names the lot: sent twice after a broken connection, it is still one lot
      const lot = await answer(
        api.POST("/v1/lots", { body: toLot(draft), params: { header: { "idempotency-key": draft.code } } }),
      );
      remember("lot.village", draft.village);
      remember("lot.recent", [draft.commodity_id, ...recent().filter((one) => one !== draft.commodity_id)].slice(0, RECENT).join(" "));
      toast(words.saved(lot.code), may(COORDINATORS) ? () => withdraw(lot.code) : undefined);
      setDraft(fresh(draft.village, draft.commodity_id, draft.price_baht));
      document.querySelector<HTMLInputElement>("[name=weight]")?.focus();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  }

  async function withdraw(code: string): Promise<void> {
    await answer(api.POST("/v1/lots/{lot}/withdraw", { params: { path: { lot: code } }, body: { reason: words.undoReason } }));
    toast(words.undone(code));
  }

  const now_ms = exactNow_ms();
  const today = toLocalInput(now_ms).slice(0, 10);
  const moments: [string, number][] = [
    [words.now, now_ms],
    [words.hourAgo, now_ms - HOUR_MS],
    [words.threeHoursAgo, now_ms - 3 * HOUR_MS],
    [words.morning, fromLocalInput(`${today}T06:00`)],
  ];
  return (
    <div class="entry">
      <Heading title={words.title} />
      {problem && <ProblemNote problem={problem} />}
      <form class="large" onSubmit={(event) => void submit(event)}>
        <Shown resource={villages} rows={1}>
          {(found) => (
            <Field label={words.village} fault={problem?.faultOf("/village")}>
              {(control) => (
                <select {...control} required value={draft.village} onChange={(event) => set({ village: event.currentTarget.value })}>
                  <option value="">{words.choose}</option>
                  {found.map((village) => (
                    <option key={village.code} value={village.code}>
                      {village.name} ({village.code})
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
        </Shown>
        {recent().length > 1 && (
          <fieldset class="choice">
            <legend>{words.recent}</legend>
            {recent().map((id) => (
              <button key={id} type="button" aria-pressed={id === draft.commodity_id} onClick={() => set({ commodity_id: id })}>
                {nameOf(commodities, id)}
              </button>
            ))}
          </fieldset>
        )}
        <Field label={words.commodity} fault={problem?.faultOf("/commodity_id")}>
          {(control) => (
            <select {...control} required value={draft.commodity_id} onChange={(event) => set({ commodity_id: event.currentTarget.value })}>
              <option value="">{words.choose}</option>
              {[...commodities.values()].map((one) => (
                <option key={one.id} value={one.id}>
                  {nameOf(commodities, one.id)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div class="pair">
          <Field label={words.weight} fault={problem?.faultOf("/weight_g")}>
            {(control) => (
              <input {...control} name="weight" inputMode="decimal" required value={draft.weight_kg} onInput={(event) => set({ weight_kg: event.currentTarget.value })} />
            )}
          </Field>
          <Field label={words.crates} fault={problem?.faultOf("/crates")}>
            {(control) => (
              <input {...control} name="crates" inputMode="numeric" required value={draft.crates} onInput={(event) => set({ crates: event.currentTarget.value })} />
            )}
          </Field>
        </div>
        <Field label={words.harvested} fault={problem?.faultOf("/harvested_at")}>
          {(control) => (
            <>
              <div class="choice">
                {moments
                  .filter(([, at_ms]) => at_ms <= now_ms)
                  .map(([word, at_ms]) => (
                    <button key={word} type="button" onClick={() => set({ harvested_at_ms: at_ms })}>
                      {word}
                    </button>
                  ))}
              </div>
              <input
                {...control}
                type="datetime-local"
                required
                value={toLocalInput(draft.harvested_at_ms)}
                onChange={(event) => {
                  const at_ms = fromLocalInput(event.currentTarget.value);
                  if (!Number.isNaN(at_ms)) set({ harvested_at_ms: at_ms });
                }}
              />
            </>
          )}
        </Field>
        <div class="pair">
          <Field label={words.price} hint={words.priceHint} fault={problem?.faultOf("/value_satang")}>
            {(control) => <input {...control} inputMode="decimal" value={draft.price_baht} onInput={(event) => set({ price_baht: event.currentTarget.value })} />}
          </Field>
          <Field label={words.grade} fault={problem?.faultOf("/grade")}>
            {(control) => <input {...control} maxLength={32} value={draft.grade} onInput={(event) => set({ grade: event.currentTarget.value })} />}
          </Field>
        </div>
        <Field label={words.code} hint={words.codeHint} fault={problem?.faultOf("/code")}>
          {(control) => <input {...control} required maxLength={64} autoCapitalize="characters" value={draft.code} onInput={(event) => set({ code: event.currentTarget.value })} />}
        </Field>
        <button type="submit" class="primary wide" disabled={busy}>
          {busy ? words.saving : words.save}
        </button>
        <p class="hint">{words.another}</p>
      </form>
    </div>
  );
}

function recent(): string[] {
  return (remembered("lot.recent") ?? "").split(" ").filter(Boolean);
}

function fresh(village: string, commodity_id: string, price_baht: string): Draft {
  const now_ms = exactNow_ms();
  return { code: madeUpCode(now_ms), village, commodity_id, weight_kg: "", crates: "", price_baht, grade: "", harvested_at_ms: now_ms };
}
