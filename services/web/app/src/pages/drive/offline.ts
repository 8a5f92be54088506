/** Has the browser keep the app's own files for when there is no connection; where it can't, all works while there is one. */

import { BASE } from "../../shell/page";

export async function stayUsable(): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  await navigator.serviceWorker.register(`${BASE}/worker.js`);
  await navigator.storage?.persist?.();
}
