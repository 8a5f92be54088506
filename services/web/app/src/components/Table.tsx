/** A table that becomes one card a row on a phone; the first column names the row and opens it. */

import type { ComponentChildren } from "preact";

export interface Column<Row> {
  name: string;
  title: string;
  cell: (row: Row) => ComponentChildren;
  number?: boolean;
}

interface Properties<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  id: (row: Row) => string;
  href?: (row: Row) => string;
}

export function Table<Row>({ label, columns, rows, id, href }: Properties<Row>) {
  const [first, ...others] = columns;
  if (first === undefined) return null;
  return (
    <div class="scroll" role="group" aria-label={label} tabIndex={0}>
      <table class="rows">
        <caption class="sr">{label}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" class={column.number ? "number" : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={id(row)}>
              <th scope="row">{href ? <a href={href(row)}>{first.cell(row)}</a> : first.cell(row)}</th>
              {others.map((column) => (
                <td key={column.name} data-label={column.title} class={column.number ? "number" : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
