/** An instant in Thai time; the whole of it with the zone on hover, and machine-readable. */

import { type Instant, ZONE_NAME, relative, toMs, written } from "../format/time";
import { now_ms } from "../state/clock";

interface Properties {
  at: Instant | null | undefined;
  style?: "time" | "date" | "day" | "dayTime" | "full";
  /** Say how far it is from now instead. */
  away?: boolean;
}

export function Moment({ at, style = "dayTime", away = false }: Properties) {
  if (at === null || at === undefined) return <>–</>;
  return (
    <time dateTime={new Date(toMs(at)).toISOString()} title={`${written(at, "full")} (${ZONE_NAME})`}>
      {away ? relative(at, now_ms.value) : written(at, style)}
    </time>
  );
}
