import type { Page } from "../../shell/page";
import { READERS } from "../../session/session";
import { shipmentsWords } from "./words";

export const shipments: Page = {
  name: "shipments",
  path: "/shipments",
  roles: READERS,
  icon: "shipments",
  component: () => import("./Shipments"),
  words: shipmentsWords,
};
