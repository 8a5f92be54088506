import type { Page } from "../../shell/page";
import { repairsWords } from "./words";

export const repairs: Page = {
  name: "repairs",
  path: "/repairs",
  roles: ["coordinator", "auditor"],
  parent: "plans",
  component: () => import("./Repairs"),
  words: repairsWords,
};
