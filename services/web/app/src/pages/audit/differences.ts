/** What a change of the journal changed. Pure. */

export interface Difference {
  name: string;
  before: string;
  after: string;
}

type Members = Record<string, unknown> | null;

const written = (value: unknown): string =>
  value === null || value === undefined ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value);

/** Every member that is not the same on both sides, by name; a side that is not there is dashes. */
export function differences(before: Members, after: Members): Difference[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  return names
    .map((name) => ({ name, before: written(before?.[name]), after: written(after?.[name]) }))
    .filter((one) => one.before !== one.after);
}
