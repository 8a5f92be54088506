/** What the frame and the shared components say. */

import { catalogue } from "../i18n/catalogue";
import type { ShellWords } from "./words/en";

export const shellWords = catalogue<ShellWords>({
  en: () => import("./words/en"),
  th: () => import("./words/th"),
  zh: () => import("./words/zh"),
});
