/** A list as a file for a spreadsheet: what is exported is what is shown, with numbers and instants as such. */

export type Cell = string | number | Date | null;

export interface SheetColumn<Row> {
  title: string;
  value: (row: Row) => Cell;
  /** Characters wide in Excel. */
  width?: number;
}

const FORMULA_START = /^ *[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^ *[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)? *$/i;

/** A text as a cell that runs nothing: an apostrophe before what a spreadsheet would compute (OWASP, "CSV Injection"). */
function plain(text: string): string {
  return FORMULA_START.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** CSV (RFC 4180) that Excel opens as UTF-8; a text that a spreadsheet would compute is told apart by an apostrophe. */
export function csv<Row>(columns: readonly SheetColumn<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map((column) => column.title), ...rows.map((row) => columns.map((column) => column.value(row)))];
  return "\uFEFF" + lines.map((cells) => cells.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell === "number") return String(cell);
  const text = plain(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const ZONE_MS = 7 * 3_600_000;

/** Excel knows no zones: its instants are Thai time, as the titles say. */
export async function excel<Row>(columns: readonly SheetColumn<Row>[], rows: readonly Row[]): Promise<Blob> {
  const { default: write } = await import("write-excel-file/universal");
  const head = columns.map((column) => ({ value: plain(column.title), fontWeight: "bold" as const }));
  const body = rows.map((row) => columns.map((column) => excelCell(column.value(row))));
  return write([head, ...body], {
    columns: columns.map((column) => ({ width: column.width ?? 16 })),
    stickyRowsCount: 1,
  }).toBlob();
}

function excelCell(cell: Cell) {
  if (cell === null) return null;
  if (cell instanceof Date) {
    return { value: new Date(cell.getTime() + ZONE_MS), type: Date, format: "yyyy-mm-dd hh:mm" };
  }
  return typeof cell === "number" ? { value: cell, type: Number } : { value: plain(cell), type: String };
}

/** Hand a file to the browser's downloads. */
export function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
