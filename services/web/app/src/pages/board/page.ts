import type { Page } from "../../shell/page";
import { READERS } from "../../session/session";
import { boardWords } from "./words";

export const board: Page = {
  name: "board",
  path: "/",
  roles: READERS,
  icon: "board",
  component: () => import("./Board"),
  words: boardWords,
};
