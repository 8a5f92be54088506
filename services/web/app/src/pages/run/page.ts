import type { Page } from "../../shell/page";
import { runWords } from "./words";

export const run: Page = {
  name: "run",
  path: "/runs/:id",
  roles: ["coordinator", "auditor"],
  parent: "runs",
  component: () => import("./Run"),
  words: runWords,
};
