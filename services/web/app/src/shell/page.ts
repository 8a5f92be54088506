/** What the shell knows of a page before its code is there. */

import type { ComponentType } from "preact";

import type { Catalogue } from "../i18n/catalogue";
import type { Role } from "../session/session";
import type { IconName } from "../components/Icon";

export interface Page {
  /** Names it in the shell's words (`pages`), which title the navigation and the tab. */
  name: PageName;
  /** Below `/app`, with `:name` for what varies. */
  path: string;
  /** Who may open it; an admin may all. */
  roles: readonly Role[];
  /** In the navigation by this icon; pages reached from others have none. */
  icon?: IconName;
  /** The page that it is a part of, which the navigation marks. */
  parent?: PageName;
  component: () => Promise<{ default: ComponentType<PageProps> }>;
  words: Pick<Catalogue<unknown>, "load">;
}

export interface PageProps {
  params: Record<string, string>;
}

export type PageName = "board" | "alarms" | "shipments" | "shipment" | "lots" | "newLot" | "demands" | "demand" | "sourcing" | "sourced" | "drive" | "driveRun" | "hub" | "way" | "imports" | "plans" | "plan" | "runs" | "run" | "repairs" | "places" | "fleet" | "devices" | "labels" | "gateway" | "declarations" | "deadLetters" | "settings" | "users" | "audit" | "commodities";

export const BASE = "/app";

/** The address of a page, with its variable parts filled and a query where there is one. */
export function address(path: string, params: Record<string, string> = {}, query: Record<string, string> = {}): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const search = new URLSearchParams(query).toString();
  return `${BASE}${filled}${search ? `?${search}` : ""}`;
}
