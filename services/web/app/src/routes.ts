/** Every page of the app, in the order of the navigation. A page is a folder of `pages/` and a line here. */

import type { Page } from "./shell/page";
import { alarms } from "./pages/alarms/page";
import { board } from "./pages/board/page";
import { lots } from "./pages/lots/page";
import { newLot } from "./pages/new-lot/page";
import { shipment } from "./pages/shipment/page";
import { shipments } from "./pages/shipments/page";
import { demands, demand } from "./pages/demands/page";
import { sourcing, sourced } from "./pages/sourcing/page";
import { drive, driveRun } from "./pages/drive/page";
import { hub } from "./pages/hub/page";
import { way } from "./pages/trace-share/page";
import { imports } from "./pages/imports/page";
import { plan } from "./pages/plan/page";
import { plans } from "./pages/plans/page";
import { repairs } from "./pages/repairs/page";
import { run } from "./pages/run/page";
import { runs } from "./pages/runs/page";
import { places } from "./pages/places/page";
import { fleet } from "./pages/fleet/page";
import { devices, labels, gateway } from "./pages/devices/page";
import { declarations } from "./pages/declarations/page";
import { deadLetters } from "./pages/dead-letters/page";
import { settings } from "./pages/settings/page";
import { users } from "./pages/users/page";
import { audit } from "./pages/audit/page";
import { commodities } from "./pages/commodities/page";

export const PAGES: readonly Page[] = [board, alarms, plans, repairs, plan, runs, run, shipments, shipment, lots, newLot, demands, demand, sourcing, sourced, imports, drive, driveRun, hub, way, places, fleet, devices, labels, gateway, declarations, deadLetters, settings, users, audit, commodities];
