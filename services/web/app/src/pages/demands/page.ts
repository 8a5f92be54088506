import type { Page } from "../../shell/page";
import { READERS } from "../../session/session";
import { demandWords } from "./words";

export const demands: Page = {
  name: "demands",
  path: "/demands",
  roles: READERS,
  icon: "demand",
  component: () => import("./Demands"),
  words: demandWords,
};

export const demand: Page = {
  name: "demand",
  path: "/demands/:code",
  roles: READERS,
  parent: "demands",
  component: () => import("./Demand"),
  words: demandWords,
};
