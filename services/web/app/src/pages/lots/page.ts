import type { Page } from "../../shell/page";
import { READERS } from "../../session/session";
import { lotWords } from "./words";

export const lots: Page = {
  name: "lots",
  path: "/lots",
  roles: READERS,
  icon: "lots",
  component: () => import("./Lots"),
  words: lotWords,
};
