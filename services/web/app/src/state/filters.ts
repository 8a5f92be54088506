/** Filters live in the address: a filtered list can be linked, bookmarked, and gone back to. */

import { useCallback, useMemo } from "preact/hooks";
import { useLocation } from "preact-iso";

export interface Filters<Name extends string> {
  values: Partial<Record<Name, string>>;
  set: (name: Name, value: string | undefined) => void;
  replace: (values: Partial<Record<Name, string>>) => void;
  /** Whether any is set. */
  any: boolean;
}

export function useFilters<Name extends string>(names: readonly Name[]): Filters<Name> {
  const { query, path, route } = useLocation();
  const key = names.map((name) => query[name] ?? "").join("\n");
  const values = useMemo(() => {
    const found: Partial<Record<Name, string>> = {};
    for (const name of names) if (query[name]) found[name] = query[name];
    return found;
  }, [key]);
  const replace = useCallback(
    (wanted: Partial<Record<Name, string>>) => {
      const search = new URLSearchParams();
      for (const name of names) if (wanted[name]) search.set(name, wanted[name]);
      const text = search.toString();
      route(text ? `${path}?${text}` : path, true);
    },
    [path, route],
  );
  const set = useCallback((name: Name, value: string | undefined) => replace({ ...values, [name]: value }), [values, replace]);
  return { values, set, replace, any: Object.keys(values).length > 0 };
}
