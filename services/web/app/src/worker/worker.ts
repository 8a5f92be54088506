/**
 * Keeps the driver's page usable without a connection: its files, and who is signed in. Nothing else is kept here; what a
 * driver reports and the last sheets are the page's own matter.
 */

interface Lasting extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface Fetching extends Lasting {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

interface Worker {
  addEventListener(name: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(name: "fetch", listener: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
}

const worker = self as unknown as Worker;
/** Put in by the build: every file that the page needs in any language. */
const FILES = JSON.parse("__OFFLINE_FILES__") as { version: string; paths: string[] };
const SHELL = `shell-${FILES.version}`;
const PEOPLE = "signed-in";
const PAGE = "/app/index.html";
const SESSION = "/v1/session";
const PATIENCE_MS = 4_000;

worker.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll(FILES.paths);
    await worker.skipWaiting();
  };
  event.waitUntil(keep());
});

worker.addEventListener("activate", (event) => {
  const clear = async () => {
    const old = (await caches.keys()).filter((name) => name !== SHELL && name !== PEOPLE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
    // the page asked who is signed in before this worker was there to remember it
    const response = await fetch(SESSION);
    if (response.ok) await (await caches.open(PEOPLE)).put(SESSION, response);
  };
  event.waitUntil(clear());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith(SESSION)) {
    if (request.method === "GET") event.respondWith(whoIsSignedIn(request));
    else event.waitUntil(caches.delete(PEOPLE));
  } else if (request.mode === "navigate" && url.pathname.startsWith("/app/")) {
    event.respondWith(newest(request, async () => (await caches.open(SHELL)).match(PAGE)));
  } else if (request.method === "GET" && FILES.paths.includes(url.pathname) && url.pathname !== PAGE) {
    event.respondWith(kept(request));
  }
});

/** Names with a digest never change what they hold. */
async function kept(request: Request): Promise<Response> {
  return (await (await caches.open(SHELL)).match(request)) ?? fetch(request);
}

async function whoIsSignedIn(request: Request): Promise<Response> {
  const cache = await caches.open(PEOPLE);
  const response = await newest(request, () => cache.match(SESSION));
  if (response.status === 401) await cache.delete(SESSION);
  else if (response.ok) await cache.put(SESSION, response.clone());
  return response;
}

/** The server's answer, or what is kept where it does not come in time. */
async function newest(request: Request, kept: () => Promise<Response | undefined>): Promise<Response> {
  const asked = fetch(request);
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS));
  const soon = await Promise.race([asked.catch(() => undefined), late]);
  return soon ?? (await kept()) ?? asked;
}

export {};
