/** What a shipment's state comes to, for somebody who has to decide something. */

import type { Schemas } from "../../api/client";
import { days, temperature } from "../../format/quantity";
import { span, toMs } from "../../format/time";
import { shellWords } from "../../shell/words";
import { total_s, type Record_ } from "./series";
import { shipmentWords } from "./words";

const DAY_MS = 86_400_000;

export type Shipment = Schemas["ShipmentDocument"];
export type Freshness = Schemas["ShipmentOutlookDocument"];

export function bandText(band_c: Record_["band_c"]): string | null {
  if (band_c === null) return null;
  return `${temperature(band_c.low, 0).replace(" °C", "")}–${temperature(band_c.high, 0)}`;
}

export function sentence(shipment: Shipment, freshness: Freshness, record: Record_ | undefined): string {
  const words = shipmentWords().sentence;
  if (freshness.verdict === "unknown") return words.unknown(freshness.reasons[0]?.sentence ?? shellWords().verdictMeanings.unknown);
  const parts = [words.now(shellWords().conditions[freshness.condition])];
  const remaining = freshness.remaining_at_current ?? freshness.remaining_at_reference;
  if (shipment.arrived_at !== null) parts.push(words.arrived);
  else if (freshness.forecast !== null) {
    const { p10_days, p90_days } = freshness.forecast.arrival;
    parts.push(p10_days <= 0 ? words.shortOnArrival(shipment.destination) : words.onArrival(days(p10_days, p90_days), shipment.destination));
  } else if (remaining !== null && shipment.eta !== null) {
    const due_ms = toMs(shipment.eta);
    const early = (toMs(remaining.p10.until) - due_ms) / DAY_MS;
    const late = (toMs(remaining.p90.until) - due_ms) / DAY_MS;
    parts.push(early < 0 ? words.shortOnArrival(shipment.destination) : words.onArrival(days(early, late), shipment.destination));
  } else if (remaining !== null) parts.push(words.left(days(remaining.p10.days, remaining.p90.days)));
  const band = bandText(record?.band_c ?? null);
  if (record && band !== null && record.readings > 0) {
    const outside_s = total_s(record.excursions);
    parts.push(outside_s > 0 ? words.outside(span(outside_s), band) : words.neverOutside(band));
  }
  return parts.join(words.join) + words.stop;
}
