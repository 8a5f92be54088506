import type { Page } from "../../shell/page";
import { READERS } from "../../session/session";
import { wayWords } from "./words";

/** A shipment's planned way, who handed it to whom, and the code for its trace page. */
export const way: Page = {
  name: "way",
  path: "/shipments/:code/way",
  roles: READERS,
  parent: "shipments",
  component: () => import("./Way"),
  words: wayWords,
};
