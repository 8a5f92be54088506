import type { Page } from "../../shell/page";
import { READERS } from "../../session/session";
import { alarmWords } from "./words";

export const alarms: Page = {
  name: "alarms",
  path: "/alarms",
  roles: READERS,
  icon: "alarms",
  component: () => import("./Alarms"),
  words: alarmWords,
};
