/** A list fetched page by page, renewed as a whole when the stream tells of a change. */

import { useEffect, useState } from "preact/hooks";

import type { Kind } from "../api/stream";
import { type Resource, useResource } from "./resource";

interface PageOf<Row> {
  items: Row[];
  next_cursor: string | null;
}

export interface List<Row> extends Resource<{ rows: Row[]; more: boolean }> {
  /** Fetch one page more. */
  extend: () => void;
}

export function useList<Row>(
  key: string,
  page: (cursor: string | undefined) => Promise<PageOf<Row>>,
  kinds: readonly Kind[],
): List<Row> {
  const [wanted, setWanted] = useState({ key, pages: 1 });
  const pages = wanted.key === key ? wanted.pages : 1;
  const resource = useResource(
    key,
    async () => {
      const rows: Row[] = [];
      let cursor: string | undefined;
      for (let count = 0; count < pages; count += 1) {
        const found = await page(cursor);
        rows.push(...found.items);
        if (found.next_cursor === null) return { rows, more: false };
        cursor = found.next_cursor;
      }
      return { rows, more: true };
    },
    kinds,
  );
  useEffect(() => {
    if (pages > 1) void resource.reload();
  }, [pages]);
  return { ...resource, extend: () => setWanted({ key, pages: pages + 1 }) };
}
