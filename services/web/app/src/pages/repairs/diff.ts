/** What a repair changes for each truck: its stops now and then, side by side. Pure. */

export type Mark = "same" | "gone" | "new" | "moved";

export interface Line {
  lot: string;
  mark: Mark;
}

export interface TruckDiff {
  truck: string;
  now: Line[];
  then: Line[];
}

/** Lots that keep their order relative to one another: a longest common subsequence. */
function keeping(now: readonly string[], then: readonly string[]): Set<string> {
  const best: number[][] = Array.from({ length: now.length + 1 }, () => new Array<number>(then.length + 1).fill(0));
  const at = (row: number, column: number) => best[row]?.[column] ?? 0;
  for (let row = now.length - 1; row >= 0; row -= 1)
    for (let column = then.length - 1; column >= 0; column -= 1)
      best[row]![column] = now[row] === then[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
  const kept = new Set<string>();
  for (let row = 0, column = 0; row < now.length && column < then.length; ) {
    if (now[row] === then[column]) {
      kept.add(now[row]!);
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return kept;
}

/** Only trucks for which something changes, by name. */
export function diffOf(now: ReadonlyMap<string, readonly string[]>, then: ReadonlyMap<string, readonly string[]>): TruckDiff[] {
  const trucks = [...new Set([...now.keys(), ...then.keys()])].sort();
  return trucks.flatMap((truck) => {
    const before = now.get(truck) ?? [];
    const after = then.get(truck) ?? [];
    if (before.length === after.length && before.every((lot, index) => lot === after[index])) return [];
    const kept = keeping(before, after);
    const mark = (lots: readonly string[], others: readonly string[], lone: Mark): Line[] =>
      lots.map((lot) => ({ lot, mark: kept.has(lot) ? "same" : others.includes(lot) ? "moved" : lone }));
    return [{ truck, now: mark(before, after, "gone"), then: mark(after, before, "new") }];
  });
}
