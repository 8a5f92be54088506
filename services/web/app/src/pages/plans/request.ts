/** What is filled in to ask for a plan, as it is sent. Pure. */

import type { Schemas } from "../../api/client";

export interface Asked {
  /** Left out of the request where all of them go. */
  lots: ReadonlySet<string>;
  trucks: ReadonlySet<string>;
  hubs: ReadonlySet<string>;
  seconds: number;
  which: "waiting" | "sourced";
  name: string;
  fewer: string;
  later_min: number;
  longer_min: number;
}

function chosen(all: readonly string[], kept: ReadonlySet<string>): string[] | null {
  const some = all.filter((one) => kept.has(one));
  return some.length === all.length ? null : some;
}

export interface There {
  lots: readonly string[];
  trucks: readonly string[];
  hubs: readonly string[];
}

/** The request without changes, and the scenario where there is one. */
export function toRequest(asked: Asked, there: There): { base: Schemas["PlanRequest"]; scenario: Schemas["Scenario"] | null } {
  const base: Schemas["PlanRequest"] = {
    lots: chosen(there.lots, asked.lots),
    trucks: chosen(there.trucks, asked.trucks),
    hubs: chosen(there.hubs, asked.hubs),
    seconds: asked.seconds,
    which: asked.which,
    required_life_h: 72,
    ambient_c: 32,
    engine: "auto",
    seed: 0,
  };
  const changed = asked.fewer !== "" || asked.later_min !== 0 || asked.longer_min !== 0;
  if (!changed && asked.name.trim() === "") return { base, scenario: null };
  const name = asked.name.trim() || [asked.fewer && `−${asked.fewer}`, asked.later_min && `+${asked.later_min} min`, asked.longer_min && `++${asked.longer_min} min`].filter(Boolean).join(", ");
  return {
    base,
    scenario: { name, without_trucks: asked.fewer === "" ? null : [asked.fewer], later_cutoff_min: asked.later_min, longer_shift_min: asked.longer_min },
  };
}
