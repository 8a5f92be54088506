import type { Page } from "../../shell/page";
import { LOT_ADDERS } from "../../session/session";
import { declarationWords } from "./words";

export const declarations: Page = {
  name: "declarations",
  path: "/declarations",
  roles: [...LOT_ADDERS, "auditor"],
  parent: "demands",
  component: () => import("./Declarations"),
  words: declarationWords,
};
