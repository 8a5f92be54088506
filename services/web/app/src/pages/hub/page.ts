import type { Page } from "../../shell/page";
import { COORDINATORS } from "../../session/session";
import { hubWords } from "./words";

export const hub: Page = {
  name: "hub",
  path: "/hub",
  roles: COORDINATORS,
  icon: "lots",
  component: () => import("./HubFloor"),
  words: hubWords,
};
