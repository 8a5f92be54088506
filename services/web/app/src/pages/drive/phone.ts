/** What the phone keeps for a driver (IndexedDB): reports that wait, and the last sheets. */

import type { Entry, Sheet } from "./queue";
import type { Outbox } from "./sending";

const NAME = "coldchain-drive";
const VERSION = 1;

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("outbox", { keyPath: "id" });
      request.result.createObjectStore("sheets", { keyPath: ["user", "sheet.run_id"] });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** Do `work` in one transaction; done when it is on the disk. */
async function within<Result>(
  store: "outbox" | "sheets",
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<Result> | undefined,
): Promise<Result | undefined> {
  const transaction = (await database()).transaction(store, mode, { durability: "strict" });
  const request = work(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const phoneOutbox: Outbox = {
  all: async () => (await within("outbox", "readonly", (store) => store.getAll() as IDBRequest<Entry[]>)) ?? [],
  put: async (entry) => {
    await within("outbox", "readwrite", (store) => store.put(entry));
  },
  remove: async (ids) => {
    await within("outbox", "readwrite", (store) => {
      for (const id of ids) store.delete(id);
      return undefined;
    });
  },
};

interface Kept {
  user: string;
  sheet: Sheet;
}

export async function keptSheets(user: string): Promise<Sheet[]> {
  const kept = (await within("sheets", "readonly", (store) => store.getAll() as IDBRequest<Kept[]>)) ?? [];
  return kept.filter((one) => one.user === user).map((one) => one.sheet);
}

/** Keep these sheets; with `only`, forget all others. */
export async function keepSheets(user: string, sheets: readonly Sheet[], only: boolean): Promise<void> {
  await within("sheets", "readwrite", (store) => {
    if (only) store.clear();
    for (const sheet of sheets) store.put({ user, sheet } satisfies Kept);
    return undefined;
  });
}
