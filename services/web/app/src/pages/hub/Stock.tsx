/** What the hub has, first what expires first; chosen lots are put away, split or merged. */

import { type ComponentChildren, type JSX } from "preact";
import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { Empty, ProblemNote } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Table } from "../../components/Table";
import { Verdict, type VerdictName } from "../../components/Verdict";
import { thousandths, typedNumber } from "../../format/entry";
import { NOTHING, number, weight } from "../../format/quantity";
import { nameOf, useCommodities } from "../../state/commodities";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { hubWords } from "./words";

type Lot = Schemas["StockLot"];

export function Stock({ hub }: { hub: string }) {
  const words = hubWords();
  const commodities = useCommodities();
  const stock = useResource(`stock ${hub}`, () => answer(api.GET("/v1/hubs/{hub}/stock", { params: { path: { hub } } })), ["lot.freshness", "run"]);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<"putAway" | "split" | "merge">();

  const done = (told: string) => {
    toast(told);
    setOpen(undefined);
    setMarked(new Set());
    void stock.reload();
  };
  const mark = (lot: string, wanted: boolean) => {
    const after = new Set(marked);
    if (wanted) after.add(lot);
    else after.delete(lot);
    setMarked(after);
  };

  return (
    <Shown resource={stock} rows={6}>
      {(found) => {
        const chosen = found.filter((one) => marked.has(one.lot));
        if (found.length === 0) {
          return (
            <Empty icon="lots" title={words.emptyStock}>
              {words.emptyStockNext}
            </Empty>
          );
        }
        const [first] = chosen;
        return (
          <>
            <div class="hub-actions">
              <strong role="status">{words.chosen(number(chosen.length))}</strong>
              <button type="button" disabled={chosen.length === 0} onClick={() => setOpen("putAway")}>
                {words.putAway}
              </button>
              <button type="button" disabled={chosen.length !== 1} onClick={() => setOpen("split")}>
                {words.split}
              </button>
              <button type="button" disabled={chosen.length < 2} onClick={() => setOpen("merge")}>
                {words.merge}
              </button>
            </div>
            <p class="hint">{words.first}</p>
            <Table
              label={words.parts.stock}
              rows={found}
              id={(row) => row.lot}
              columns={[
                {
                  name: "lot",
                  title: words.lot,
                  cell: (row) => (
                    <label class="hub-mark">
                      <input
                        type="checkbox"
                        aria-label={words.markLot(row.lot)}
                        checked={marked.has(row.lot)}
                        onChange={(event) => mark(row.lot, event.currentTarget.checked)}
                      />
                      {row.lot}
                    </label>
                  ),
                },
                { name: "produce", title: words.produce, cell: (row) => [nameOf(commodities, row.commodity_id), row.variety, row.grade].filter(Boolean).join(", ") },
                { name: "verdict", title: words.verdict, cell: (row) => <Verdict of={row.verdict as VerdictName} /> },
                { name: "life", title: words.life, number: true, cell: (row) => (row.remaining_days_p10 === null ? NOTHING : number(row.remaining_days_p10, 1)) },
                { name: "place", title: words.place, cell: (row) => row.place ?? NOTHING },
                { name: "weight", title: words.kilograms, number: true, cell: (row) => weight(row.weight_g) },
                { name: "crates", title: words.crateCount, number: true, cell: (row) => number(row.crates) },
              ]}
            />
            {open === "putAway" && <PutAway hub={hub} lots={chosen} onClose={() => setOpen(undefined)} onDone={done} />}
            {open === "split" && first && <Split hub={hub} lot={first} onClose={() => setOpen(undefined)} onDone={done} />}
            {open === "merge" && <Merge hub={hub} lots={chosen} onClose={() => setOpen(undefined)} onDone={done} />}
          </>
        );
      }}
    </Shown>
  );
}

interface Closing {
  hub: string;
  onClose: () => void;
  onDone: (told: string) => void;
}

/** A dialog with a form, whose `save` may fail with a problem that is shown in it. */
function Asking({ title, save, onClose, children }: { title: string; save: () => Promise<void>; onClose: () => void; children: ComponentChildren }) {
  const words = hubWords();
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    try {
      await save();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      {problem && <ProblemNote problem={problem} />}
      <form class="large" onSubmit={(event) => void submit(event)}>
        {children}
        <button type="submit" class="primary wide">
          {words.save}
        </button>
      </form>
    </Dialog>
  );
}

function PutAway({ hub, lots, onClose, onDone }: Closing & { lots: readonly Lot[] }) {
  const words = hubWords();
  const [place, setPlace] = useState("");
  async function save(): Promise<void> {
    const body = { lots: lots.map((one) => one.lot), place: place.trim() };
    await answer(api.POST("/v1/hubs/{hub}/cold-store", { params: { path: { hub } }, body }));
    onDone(words.stored(body.place));
  }
  return (
    <Asking title={words.putAway} save={save} onClose={onClose}>
      <Field label={words.putAwayWhere} hint={words.putAwayHint}>
        {(field) => <input {...field} required maxLength={200} value={place} onInput={(event) => setPlace(event.currentTarget.value)} />}
      </Field>
    </Asking>
  );
}

function Split({ hub, lot, onClose, onDone }: Closing & { lot: Lot }) {
  const words = hubWords();
  const [kilograms, setKilograms] = useState(String(lot.weight_g / 2000));
  const [crates, setCrates] = useState(String(Math.ceil(lot.crates / 2)));
  async function save(): Promise<void> {
    const [weight_g, count] = [thousandths(kilograms), typedNumber(crates)];
    const parts = [
      { code: `${lot.lot}-A`, weight_g, crates: count },
      { code: `${lot.lot}-B`, weight_g: lot.weight_g - weight_g, crates: lot.crates - count },
    ];
    await answer(api.POST("/v1/hubs/{hub}/splits", { params: { path: { hub } }, body: { lot: lot.lot, parts } }));
    onDone(words.splitDone(lot.lot));
  }
  return (
    <Asking title={words.splitTitle(lot.lot)} save={save} onClose={onClose}>
      <p>{words.splitHint}</p>
      <div class="pair">
        <Field label={words.kilograms}>{(field) => <input {...field} inputMode="decimal" required value={kilograms} onInput={(event) => setKilograms(event.currentTarget.value)} />}</Field>
        <Field label={words.crateCount}>{(field) => <input {...field} inputMode="numeric" required value={crates} onInput={(event) => setCrates(event.currentTarget.value)} />}</Field>
      </div>
    </Asking>
  );
}

function Merge({ hub, lots, onClose, onDone }: Closing & { lots: readonly Lot[] }) {
  const words = hubWords();
  const [code, setCode] = useState("");
  async function save(): Promise<void> {
    const body = { lots: lots.map((one) => one.lot), code: code.trim() };
    await answer(api.POST("/v1/hubs/{hub}/merges", { params: { path: { hub } }, body }));
    onDone(words.mergeDone(body.code));
  }
  return (
    <Asking title={words.merge} save={save} onClose={onClose}>
      <p>{lots.map((one) => one.lot).join(", ")}</p>
      <Field label={words.mergeCode} hint={words.mergeHint}>
        {(field) => <input {...field} required maxLength={64} value={code} onInput={(event) => setCode(event.currentTarget.value)} />}
      </Field>
    </Asking>
  );
}
