import type { Page } from "../../shell/page";
import { COORDINATORS } from "../../session/session";
import { importWords } from "./words";

export const imports: Page = {
  name: "imports",
  path: "/imports",
  roles: COORDINATORS,
  parent: "demands",
  component: () => import("./Imports"),
  words: importWords,
};
