import type { Page } from "../../shell/page";
import { userWords } from "./words";

export const users: Page = {
  name: "users",
  path: "/users",
  roles: [],
  parent: "settings",
  component: () => import("./Users"),
  words: userWords,
};
