/** Who is signed in here. */

import { signal } from "@preact/signals";

import { type Schemas, ask, setCsrfToken, signedOut } from "../api/client";
import { asProblem } from "../api/problem";
import { asLanguage, speak } from "../i18n/language";
import { readClock } from "../state/clock";
import { remembered } from "../state/remembered";

export type Session = Schemas["SessionDocument"];
/** What a person may be; a gateway has no browser. */
export type Role = Exclude<Session["role"], "gateway">;

export type Credentials = Schemas["SignIn"];

/** `undefined` until the server has said. */
export const session = signal<Session | null | undefined>(undefined);

async function begin(found: Session): Promise<void> {
  setCsrfToken(found.csrf_token);
  const wished = asLanguage(found.locale);
  if (wished !== undefined && remembered("language") === null) await speak(wished);
  signedOut.value = false;
  session.value = found;
}

/** Ask who is signed in. Throws Problem where nothing can be told. */
export async function resume(): Promise<void> {
  try {
    // what ages on the screen needs the server's time from the first moment on; signed out, it is not told
    const [found] = await Promise.all([ask<Session>("GET", "/v1/session"), readClock().catch(() => undefined)]);
    await begin(found);
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status !== 401 && problem.status !== 404) throw problem;
    session.value = null;
  }
}

/** Throws Problem; `code` tells where a code of the authenticator is wanted. */
export async function signIn(credentials: Credentials): Promise<void> {
  const found = await ask<Session>("POST", "/v1/session", credentials);
  await readClock();
  await begin(found);
}

/** Trade a one-time ticket of a link. Throws Problem. */
export async function enter(ticket: string): Promise<void> {
  const found = await ask<Session>("POST", "/v1/session/entry", { ticket });
  await readClock();
  await begin(found);
}

export async function signOut(): Promise<void> {
  await ask<undefined>("DELETE", "/v1/session");
  session.value = null;
}

/** Whether whoever is signed in has one of these roles; an admin has all. */
export function may(roles: readonly Role[]): boolean {
  const role = session.value?.role;
  return role === "admin" || roles.some((one) => one === role);
}

export const READERS: readonly Role[] = ["coordinator", "exporter", "auditor"];
export const EVERYONE: readonly Role[] = [...READERS, "driver", "grower"];
export const RESPONDERS: readonly Role[] = ["coordinator", "exporter"];
export const COORDINATORS: readonly Role[] = ["coordinator"];
export const LOT_ADDERS: readonly Role[] = ["coordinator", "grower"];
