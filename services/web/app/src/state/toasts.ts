/** Short notes of what was done, with a way back where there is one. */

import { signal } from "@preact/signals";

export interface Toast {
  id: number;
  text: string;
  tone: "done" | "failed";
  undo?: (() => Promise<void>) | undefined;
}

/** Long enough to read and reach, as WCAG 2.2.1 asks of what vanishes; failures stay until dismissed. */
const SHOWN_MS = 12_000;

export const toasts = signal<readonly Toast[]>([]);
let last = 0;

export function toast(text: string, undo?: () => Promise<void>): void {
  const id = add({ text, tone: "done", undo });
  setTimeout(() => dismiss(id), SHOWN_MS);
}

export function toastFailure(text: string): void {
  add({ text, tone: "failed" });
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

function add(one: Omit<Toast, "id">): number {
  last += 1;
  toasts.value = [...toasts.value, { ...one, id: last }];
  return last;
}
