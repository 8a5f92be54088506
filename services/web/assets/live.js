// Keeps the page up to date: fetches it again and swaps the parts that changed. Without it, the page just stands still.

const PERIOD_MS = 2000;
const SLOW_MS = 10000;
const notice = document.getElementById("connection");
let tag = null;

function say(text) {
  if (notice.textContent !== text) notice.textContent = text;
  notice.hidden = text === "";
}

// Focus, opened details and scrolled tables must survive the swap.
function swap(old, fresh) {
  for (const details of old.querySelectorAll("details[open][id]")) {
    fresh.querySelector(`#${details.id}`)?.setAttribute("open", "");
  }
  if (old.outerHTML === fresh.outerHTML) return;
  const scrolled = [...old.querySelectorAll(".scroll")].map((box) => [box.scrollLeft, box.scrollTop]);
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const href = focused?.getAttribute("href");
  old.replaceWith(fresh);
  [...fresh.querySelectorAll(".scroll")].forEach((box, index) => {
    [box.scrollLeft, box.scrollTop] = scrolled[index] ?? [0, 0];
  });
  if (!focused) return;
  const again = href
    ? [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === href)
    : fresh.querySelector(focused.tagName);
  again?.focus({ preventScroll: true });
}

async function refresh() {
  const response = await fetch(location.href, { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
  if (response.status === 304) return PERIOD_MS;
  if (response.status === 401) {
    say("Your link has expired: open a new one to go on.");
    return null;
  }
  if (!response.ok) throw new Error(`status ${response.status}`);
  tag = response.headers.get("ETag");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live][id]")) {
    const fresh = page.getElementById(old.id);
    if (fresh) swap(old, document.adoptNode(fresh));
  }
  return PERIOD_MS;
}

async function run() {
  let wait = PERIOD_MS;
  if (!document.hidden) {
    try {
      wait = await refresh();
      if (wait !== null) say("");
    } catch {
      say("No connection: what you see may be old. Trying again.");
      wait = SLOW_MS;
    }
  }
  if (wait !== null) setTimeout(run, wait);
}

setTimeout(run, PERIOD_MS);
