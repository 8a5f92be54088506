/** Do something at a click, and tell how it went. */

import { asProblem } from "../api/problem";
import { toast, toastFailure } from "./toasts";

/** Answers whether it was done; `undo` is offered beside what was `told`. */
export async function act(what: () => Promise<unknown>, told: string, undo?: () => Promise<void>): Promise<boolean> {
  try {
    await what();
  } catch (error) {
    toastFailure(asProblem(error).message);
    return false;
  }
  toast(told, undo);
  return true;
}
