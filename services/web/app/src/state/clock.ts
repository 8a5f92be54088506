/** The server's time: in a demo it is simulated and faster, so no page reads the browser's clock. */

import { signal } from "@preact/signals";

import { type Schemas, ask } from "../api/client";

interface Pace {
  server_ms: number;
  here_ms: number;
  speed: number;
}

const TICK_MS = 10_000;

let pace: Pace = { server_ms: Date.now(), here_ms: performance.now(), speed: 1 };

/** How fast simulated time runs; null where it is the machine's. */
export const simulatedSpeed = signal<number | null>(null);

/** UTC epoch milliseconds, renewed every ten seconds: what ages on the screen reads this. */
export const now_ms = signal(pace.server_ms);

export function exactNow_ms(): number {
  return pace.server_ms + (performance.now() - pace.here_ms) * pace.speed;
}

/** Go by the server from now on; `speed` is null where its time is the machine's. */
export function setClock(server_ms: number, speed: number | null): void {
  pace = { server_ms, here_ms: performance.now(), speed: speed ?? 1 };
  simulatedSpeed.value = speed;
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
