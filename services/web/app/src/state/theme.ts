/** Dark or light: as the device has it, until somebody chooses. */

import { signal } from "@preact/signals";

import { remember, remembered } from "./remembered";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const chosen = THEMES.find((theme) => theme === remembered("theme")) ?? "system";

export const theme = signal<Theme>(chosen);

export function applyTheme(wanted: Theme): void {
  theme.value = wanted;
  remember("theme", wanted === "system" ? null : wanted);
  if (wanted === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = wanted;
}
