import type { Page } from "../../shell/page";
import { COORDINATORS, type Role } from "../../session/session";
import { sourcingWords } from "./words";

const ROLES: readonly Role[] = [...COORDINATORS, "auditor"];

export const sourcing: Page = {
  name: "sourcing",
  path: "/sourcing",
  roles: ROLES,
  parent: "demands",
  component: () => import("./Sourcing"),
  words: sourcingWords,
};

export const sourced: Page = {
  name: "sourced",
  path: "/sourcing/:id",
  roles: ROLES,
  parent: "demands",
  component: () => import("./Sourced"),
  words: sourcingWords,
};
