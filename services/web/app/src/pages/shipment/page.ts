import type { Page } from "../../shell/page";
import { READERS } from "../../session/session";
import { shipmentWords } from "./words";

export const shipment: Page = {
  name: "shipment",
  path: "/shipments/:code",
  roles: READERS,
  parent: "shipments",
  component: () => import("./Shipment"),
  words: shipmentWords,
};
