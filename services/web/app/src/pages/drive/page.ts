import type { Page } from "../../shell/page";
import { driveWords } from "./words";

/** Today's own runs; with one run only, that one. */
export const drive: Page = {
  name: "drive",
  path: "/drive",
  roles: ["driver"],
  icon: "truck",
  component: () => import("./Drive"),
  words: driveWords,
};

/** Where the QR code of a printed sheet leads. */
export const driveRun: Page = { ...drive, name: "driveRun", path: "/drive/:run", roles: ["driver", "coordinator"], parent: "drive" };
delete driveRun.icon;
