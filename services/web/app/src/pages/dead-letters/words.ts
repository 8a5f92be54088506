import { catalogue } from "../../i18n/catalogue";
import type { Words } from "./en";

export const letterWords = catalogue<Words>({
  en: () => import("./en"),
  th: () => import("./th"),
  zh: () => import("./zh"),
});
