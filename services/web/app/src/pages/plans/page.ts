import type { Page } from "../../shell/page";
import { plansWords } from "./words";

export const plans: Page = {
  name: "plans",
  path: "/plans",
  roles: ["coordinator", "auditor"],
  icon: "plan",
  component: () => import("./Plans"),
  words: plansWords,
};
