import type { Page } from "../../shell/page";
import { planWords } from "./words";

export const plan: Page = {
  name: "plan",
  path: "/plans/:id",
  roles: ["coordinator", "auditor"],
  parent: "plans",
  component: () => import("./Plan"),
  words: planWords,
};
