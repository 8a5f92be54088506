/** A list as Excel or CSV, all of its rows, not only those fetched so far. */

import { useState } from "preact/hooks";

import { asProblem } from "../api/problem";
import { type SheetColumn, csv, excel, save } from "../files/sheet";
import { number } from "../format/quantity";
import { shellWords } from "../shell/words";
import { toastFailure } from "../state/toasts";
import { Icon } from "./Icon";

interface Properties<Row> {
  name: string;
  columns: () => readonly SheetColumn<Row>[];
  /** Every row; tells how many there are so far. */
  rows: (each: (count: number) => void) => Promise<readonly Row[]>;
}

export function ExportButtons<Row>({ name, columns, rows }: Properties<Row>) {
  const words = shellWords().export;
  const [fetched, setFetched] = useState<number | null>(null);
  async function run(kind: "xlsx" | "csv"): Promise<void> {
    setFetched(0);
    try {
      const found = await rows(setFetched);
      const file = kind === "csv" ? new Blob([csv(columns(), found)], { type: "text/csv" }) : await excel(columns(), found);
      save(file, `${name}.${kind}`);
    } catch (error) {
      toastFailure(asProblem(error).message);
    } finally {
      setFetched(null);
    }
  }
  if (fetched !== null) return <span role="status">{words.preparing(number(fetched))}</span>;
  return (
    <>
      <button type="button" onClick={() => void run("xlsx")}>
        <Icon name="download" /> {words.excel}
      </button>
      <button type="button" onClick={() => void run("csv")}>
        <Icon name="download" /> {words.csv}
      </button>
    </>
  );
}
