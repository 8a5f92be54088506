/** A verdict is told by word and icon; its colour only repeats them. */

import type { Schemas } from "../api/client";
import { shellWords } from "../shell/words";
import { Icon } from "./Icon";

export type VerdictName = Schemas["Verdict"];
export type SeverityName = Schemas["Severity"];

/** The most pressing first. */
export const VERDICTS: readonly VerdictName[] = [
  "use_first",
  "at_risk",
  "inspect_on_arrival",
  "watch",
  "unknown",
  "on_track",
];

export function Verdict({ of }: { of: VerdictName }) {
  const words = shellWords();
  return (
    <span class={`chip v-${of}`} title={words.verdictMeanings[of]}>
      <Icon name={of} />
      {words.verdicts[of]}
    </span>
  );
}

export function Severity({ of }: { of: SeverityName }) {
  return (
    <span class={`chip s-${of}`}>
      <Icon name={of} />
      {shellWords().severities[of]}
    </span>
  );
}
