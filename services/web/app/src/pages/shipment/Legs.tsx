/** Who had it when, and what that cost in life. */

import { Moment } from "../../components/Moment";
import { Table } from "../../components/Table";
import { NOTHING, number } from "../../format/quantity";
import { span, toMs } from "../../format/time";
import { exactNow_ms } from "../../state/clock";
import type { Freshness } from "./sentence";
import type { Record_ } from "./series";
import { shipmentWords } from "./words";

const PLACES_SHOWN = 4;

interface Properties {
  legs: Record_["legs"];
  custodies: Freshness["custodies"];
}

export function Legs({ legs, custodies }: Properties) {
  const words = shipmentWords();
  const lost = (kind: string): string => {
    const own = custodies.filter((one) => one.custodian === kind);
    return own.length === 0 ? NOTHING : words.days(number(own.reduce((sum, one) => sum + one.days_lost, 0), 1));
  };
  return (
    <>
    <Table
      label={words.legs}
      rows={legs}
      id={(leg) => leg.kind}
      columns={[
        { name: "leg", title: words.leg, cell: (leg) => words.legKinds[leg.kind] },
        { name: "where", title: words.where, cell: (leg) => places(leg.places) },
        { name: "lots", title: words.facts.lots, number: true, cell: (leg) => number(leg.lots) },
        { name: "begins", title: words.begins, cell: (leg) => <Moment at={leg.from} /> },
        { name: "ends", title: words.ends, cell: (leg) => (leg.to === null ? words.lasts : <Moment at={leg.to} />) },
        {
          name: "duration",
          title: words.duration,
          number: true,
          cell: (leg) => span(((leg.to === null ? exactNow_ms() : toMs(leg.to)) - toMs(leg.from)) / 1000),
        },
        { name: "lost", title: words.lost, number: true, cell: (leg) => lost(leg.kind) },
      ]}
    />
    <p class="hint">{custodies.length === 0 ? words.lostUnknown : words.lostOf}</p>
    </>
  );
}

function places(names: readonly string[]): string {
  if (names.length === 0) return NOTHING;
  const more = names.length - PLACES_SHOWN;
  return names.slice(0, PLACES_SHOWN).join(", ") + (more > 0 ? ` + ${number(more)}` : "");
}
