/** Writes a demand into the book, or changes one; a change says only what is different. */

import { type Schemas, answer, api } from "../../api/client";
import type { Tagged } from "../../api/tagged";
import { FormDialog, type FormField } from "../../components/FormDialog";
import { Loading } from "../../components/notes";
import { nameOf, useCommodities } from "../../state/commodities";
import { choices, useHubs } from "../../state/places";
import { toast } from "../../state/toasts";
import { toChange, toDemand, toEntries } from "./draft";
import { demandWords } from "./words";

interface Properties {
  /** None for a new one. */
  of?: Tagged<Schemas["DemandDocument"]>;
  done: (code: string) => void;
  onClose: () => void;
}

export function DemandForm({ of, done, onClose }: Properties) {
  const words = demandWords();
  const commodities = useCommodities();
  const hubs = useHubs();
  if (hubs.data === undefined || commodities.size === 0) return <Loading rows={1} />;
  const fields: FormField[] = [
    ...(of ? [] : [{ name: "code", label: words.code }]),
    { name: "exporter", label: words.exporter },
    { name: "buyer", label: words.buyer },
    { name: "commodity_id", label: words.commodity, options: [...commodities.keys()].map((id) => [id, nameOf(commodities, id)]) },
    { name: "variety", label: words.variety, optional: true },
    { name: "grade", label: words.grade, optional: true },
    { name: "quantity_kg", label: words.quantityKg, kind: "decimal", pointer: "/quantity_g" },
    { name: "per", label: words.per, options: (["week", "day"] as const).map((one) => [one, words.pers[one]]) },
    { name: "from_on", label: words.from, kind: "date" },
    { name: "to_on", label: words.to, kind: "date" },
    { name: "hub", label: words.hub, options: choices(hubs.data) },
    { name: "destination", label: words.destination },
    { name: "transit_days", label: words.transit, kind: "decimal", optional: true },
    { name: "transit_c", label: words.transitC, kind: "decimal", optional: true },
    { name: "min_life_days", label: words.minLife, kind: "decimal", optional: true, hint: words.minLifeHint },
    { name: "price_baht", label: words.price, kind: "decimal", pointer: "/price_satang_per_kg" },
    { name: "certificates", label: words.certificates, optional: true, hint: words.certificatesHint },
    { name: "note", label: words.note, kind: "area", optional: true },
  ];
  return (
    <FormDialog
      title={of ? words.one(of.data.code) : words.add}
      fields={fields}
      start={of ? toEntries(of.data) : {}}
      save={words.save}
      onClose={onClose}
      submit={async (typed) => {
        const saved = of
          ? await answer(
              api.PATCH("/v1/demands/{demand}", {
                params: { path: { demand: of.data.code }, header: of.header },
                body: toChange(of.data, typed),
              }),
            )
          : await answer(api.POST("/v1/demands", { body: toDemand(typed) }));
        toast(words.saved(saved.code));
        done(saved.code);
      }}
    />
  );
}
