import type { Page } from "../../shell/page";
import { READERS } from "../../session/session";
import { fleetWords } from "./words";

export const fleet: Page = {
  name: "fleet",
  path: "/fleet",
  roles: READERS,
  parent: "places",
  component: () => import("./Fleet"),
  words: fleetWords,
};
