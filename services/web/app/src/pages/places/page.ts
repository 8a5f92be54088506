import type { Page } from "../../shell/page";
import { READERS } from "../../session/session";
import { placeWords } from "./words";

export const places: Page = {
  name: "places",
  path: "/places",
  roles: READERS,
  icon: "places",
  component: () => import("./Places"),
  words: placeWords,
};
