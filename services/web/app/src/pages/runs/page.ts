import type { Page } from "../../shell/page";
import { runsWords } from "./words";

export const runs: Page = {
  name: "runs",
  path: "/runs",
  roles: ["coordinator", "auditor"],
  icon: "truck",
  component: () => import("./Runs"),
  words: runsWords,
};
