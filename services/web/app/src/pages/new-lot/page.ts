import type { Page } from "../../shell/page";
import { LOT_ADDERS } from "../../session/session";
import { newLotWords } from "./words";

export const newLot: Page = {
  name: "newLot",
  path: "/lots/new",
  roles: LOT_ADDERS,
  parent: "lots",
  component: () => import("./NewLot"),
  words: newLotWords,
};
