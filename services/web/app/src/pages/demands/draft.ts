/** A demand as it is typed and as it is sent. Pure. */

import type { Schemas } from "../../api/client";
import { type Entries, entry, hundredths, listOrNull, numberOrNull, textOrNull, thousandths } from "../../format/entry";

type Demand = Schemas["DemandDocument"];

export function toEntries(demand: Demand): Entries {
  return {
    code: demand.code,
    exporter: demand.exporter,
    buyer: demand.buyer,
    commodity_id: demand.commodity_id,
    variety: entry(demand.variety),
    grade: entry(demand.grade),
    quantity_kg: entry(demand.quantity_g / 1000),
    per: demand.per,
    from_on: demand.from_on,
    to_on: demand.to_on,
    hub: demand.hub,
    destination: demand.destination,
    transit_days: entry(demand.transit_days),
    transit_c: entry(demand.transit_c),
    min_life_days: entry(demand.min_life_days),
    certificates: demand.certificates.join(", "),
    price_baht: entry(demand.price_satang_per_kg / 100),
    note: entry(demand.note),
  };
}

/** What is sent; the server checks it and names what is wrong. */
export function toDemand(typed: Entries): Schemas["NewDemand"] {
  const transit_days = numberOrNull(typed["transit_days"]);
  const min_life_days = numberOrNull(typed["min_life_days"]);
  return {
    code: (typed["code"] ?? "").trim(),
    exporter: (typed["exporter"] ?? "").trim(),
    buyer: (typed["buyer"] ?? "").trim(),
    commodity_id: typed["commodity_id"] ?? "",
    variety: textOrNull(typed["variety"]),
    grade: textOrNull(typed["grade"]),
    quantity_g: thousandths(typed["quantity_kg"] ?? ""),
    per: typed["per"] === "day" ? "day" : "week",
    from_on: typed["from_on"] ?? "",
    to_on: typed["to_on"] ?? "",
    hub: typed["hub"] ?? "",
    destination: (typed["destination"] ?? "").trim(),
    transit_c: numberOrNull(typed["transit_c"]),
    certificates: listOrNull(typed["certificates"]) ?? [],
    price_satang_per_kg: hundredths(typed["price_baht"] ?? ""),
    note: textOrNull(typed["note"]),
    ...(transit_days === null ? {} : { transit_days }),
    ...(min_life_days === null ? {} : { min_life_days }),
  } as Schemas["NewDemand"]; // what is left out stands as the API has it
}

/** Only what differs from `before`: a change that says nothing of the rest. */
export function toChange(before: Demand, typed: Entries): Schemas["DemandChange"] {
  const wanted = toDemand(typed);
  const differs = Object.entries(wanted).filter(
    ([name, value]) => name !== "code" && JSON.stringify(value) !== JSON.stringify(before[name as keyof Demand]),
  );
  return Object.fromEntries(differs) as Schemas["DemandChange"];
}
