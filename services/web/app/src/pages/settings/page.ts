import type { Page } from "../../shell/page";
import { EVERYONE } from "../../session/session";
import { settingWords } from "./words";

export const settings: Page = {
  name: "settings",
  path: "/settings",
  roles: EVERYONE,
  icon: "settings",
  component: () => import("./Settings"),
  words: settingWords,
};
