/** The toasts, read out as they come. */

import { asProblem } from "../api/problem";
import { shellWords } from "../shell/words";
import { type Toast, dismiss, toastFailure, toasts } from "../state/toasts";
import { Icon } from "./Icon";

async function undo(one: Toast): Promise<void> {
  dismiss(one.id);
  try {
    await one.undo?.();
  } catch (error) {
    toastFailure(asProblem(error).message);
  }
}

export function Toasts() {
  const words = shellWords();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((one) => (
        <div key={one.id} class={`toast ${one.tone}`}>
          <Icon name={one.tone === "done" ? "check" : "warning"} />
          <span>{one.text}</span>
          {one.undo && (
            <button type="button" onClick={() => void undo(one)}>
              {words.undo}
            </button>
          )}
          <button type="button" class="plain" aria-label={words.dismiss} onClick={() => dismiss(one.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
