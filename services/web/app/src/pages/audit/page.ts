import type { Page } from "../../shell/page";
import { auditWords } from "./words";

export const audit: Page = {
  name: "audit",
  path: "/audit",
  roles: ["auditor"],
  parent: "settings",
  component: () => import("./Audit"),
  words: auditWords,
};
