/** What something costs more or less, with its sign. */

import { baht } from "../../format/quantity";

export function difference(satang: number): string {
  return `${satang > 0 ? "+" : satang < 0 ? "−" : "±"}${baht(Math.abs(satang))}`;
}
