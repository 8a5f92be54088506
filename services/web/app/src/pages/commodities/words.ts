import { catalogue } from "../../i18n/catalogue";
import type { Words } from "./en";

export const commodityWords = catalogue<Words>({
  en: () => import("./en"),
  th: () => import("./th"),
  zh: () => import("./zh"),
});
