/** What was moved by hand in this visit, so that what was undone can be made again. */

import type { Schemas } from "../../api/client";

export interface Edit {
  moves: Schemas["Move"][];
  pin: boolean;
}

/** By the draft that an edit made. */
const made = new Map<string, Edit>();
/** By the plan that was gone back to. */
const undone = new Map<string, Edit>();

export function noteEdit(before: string, after: string, edit: Edit): void {
  made.set(after, edit);
  undone.delete(before);
}

export function noteUndo(left: string, back: string): void {
  const edit = made.get(left);
  if (edit) undone.set(back, edit);
}

export function toRedo(plan: string): Edit | undefined {
  return undone.get(plan);
}
