import type { Page } from "../../shell/page";
import { EVERYONE } from "../../session/session";
import { commodityWords } from "./words";

export const commodities: Page = {
  name: "commodities",
  path: "/commodities",
  roles: EVERYONE,
  parent: "settings",
  component: () => import("./Commodities"),
  words: commodityWords,
};
