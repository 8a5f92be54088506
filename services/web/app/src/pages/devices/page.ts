import type { Page } from "../../shell/page";
import { COORDINATORS, type Role } from "../../session/session";
import { deviceWords } from "./words";

const ROLES: readonly Role[] = [...COORDINATORS, "auditor"];

export const devices: Page = {
  name: "devices",
  path: "/devices",
  roles: ROLES,
  icon: "devices",
  component: () => import("./Devices"),
  words: deviceWords,
};

export const labels: Page = {
  name: "labels",
  path: "/devices/labels",
  roles: ROLES,
  parent: "devices",
  component: () => import("./Labels"),
  words: deviceWords,
};

export const gateway: Page = {
  name: "gateway",
  path: "/devices/gateways/:name",
  roles: ROLES,
  parent: "devices",
  component: () => import("./Gateway"),
  words: deviceWords,
};
