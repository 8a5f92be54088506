/** The server's time: in a demo it is simulated and faster, so no page reads the browser's clock. */

import { signal } from "@preact/signals";

import { type Schemas, ask } from "../api/client";
import { remember, remembered } from "./remembered";

interface Pace {
  server_ms: number;
  here_ms: number;
  speed: number;
}

const TICK_MS = 10_000;

/** Until the server has said: as it said last, which is what there is without a connection. */
let pace: Pace = lastPace() ?? { server_ms: Date.now(), here_ms: performance.now(), speed: 1 };

/** How fast simulated time runs; null where it is the machine's. */
export const simulatedSpeed = signal<number | null>(null);

/** UTC epoch milliseconds, renewed every ten seconds: what ages on the screen reads this. */
export const now_ms = signal(pace.server_ms);

function lastPace(): Pace | undefined {
  const [server_ms, device_ms, speed] = (remembered("clock") ?? "").split(" ").map(Number);
  if (!server_ms || !device_ms || !speed) return undefined;
  return { server_ms: server_ms + (Date.now() - device_ms) * speed, here_ms: performance.now(), speed };
}

export function exactNow_ms(): number {
  return pace.server_ms + (performance.now() - pace.here_ms) * pace.speed;
}

/** Go by the server from now on; `speed` is null where its time is the machine's. */
export function setClock(server_ms: number, speed: number | null): void {
  pace = { server_ms, here_ms: performance.now(), speed: speed ?? 1 };
  simulatedSpeed.value = speed;
  remember("clock", `${server_ms} ${Date.now()} ${speed ?? 1}`);
  now_ms.value = server_ms;
}

/** Ask the server what time it is. Throws Problem. */
export async function readClock(): Promise<void> {
  const clock = await ask<Schemas["ClockDocument"]>("GET", "/v1/clock");
  setClock(Date.parse(clock.now), clock.speed);
}

export function startTicking(): void {
  setInterval(() => {
    now_ms.value = exactNow_ms();
  }, TICK_MS);
}
