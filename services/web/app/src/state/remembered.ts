/** What this browser remembers for its user: nothing secret, and nothing breaks where it may not remember. */

const PREFIX = "coldchain.";

export function remembered(name: string): string | null {
  try {
    return globalThis.localStorage?.getItem(PREFIX + name) ?? null;
  } catch {
    return null; // a browser may forbid storage altogether
  }
}

export function remember(name: string, value: string | null): void {
  try {
    if (value === null) globalThis.localStorage?.removeItem(PREFIX + name);
    else globalThis.localStorage?.setItem(PREFIX + name, value);
  } catch {
    // full or forbidden: the choice holds until the page is left
  }
}
