import type { Page } from "../../shell/page";
import { COORDINATORS } from "../../session/session";
import { letterWords } from "./words";

export const deadLetters: Page = {
  name: "deadLetters",
  path: "/dead-letters",
  roles: COORDINATORS,
  parent: "devices",
  component: () => import("./DeadLetters"),
  words: letterWords,
};
