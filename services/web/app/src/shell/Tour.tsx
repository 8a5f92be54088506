/** Three cards at the first visit: where to look, how to read it, how to move. */

import { useState } from "preact/hooks";

import { Dialog } from "../components/Dialog";
import { remember } from "../state/remembered";
import { shellWords } from "./words";

export const TOURED = "toured";

export function Tour({ onClose }: { onClose: () => void }) {
  const words = shellWords().tour;
  const [at, setAt] = useState(0);
  const last = at === words.steps.length - 1;
  const end = () => {
    remember(TOURED, "yes");
    onClose();
  };
  return (
    <Dialog title={words.title} onClose={end}>
      <p class="hint">{words.step(at + 1, words.steps.length)}</p>
      <p class="tour-step" aria-live="polite">
        {words.steps[at]}
      </p>
      <button type="button" class="primary" onClick={() => (last ? end() : setAt(at + 1))}>
        {last ? words.done : words.next}
      </button>
    </Dialog>
  );
}
