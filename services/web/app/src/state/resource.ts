/** Something fetched to be shown: what there is stays on the screen while it is fetched again. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { type Problem, asProblem } from "../api/problem";
import { type Kind, useChanges } from "../api/stream";

export interface Resource<Data> {
  data: Data | undefined;
  problem: Problem | undefined;
  /** Being fetched, the first time or again. */
  loading: boolean;
  reload: () => Promise<void>;
}

const SETTLE_MS = 400;

/**
 * Fetch by `load` whenever `key` changes, and again when the stream tells of one of `kinds`.
 *
 * Changes come in bursts, so that one renewal answers all of the last 0.4 s; an answer to an older question is dropped.
 */
export function useResource<Data>(key: string, load: () => Promise<Data>, kinds: readonly Kind[] = []): Resource<Data> {
  const [state, setState] = useState<{ key: string; data?: Data; problem?: Problem; loading: boolean }>({ key, loading: true });
  const asked = useRef(0);
  const latest = useRef(load);
  latest.current = load;

  const reload = useCallback(async () => {
    const turn = ++asked.current;
    setState((before) => ({ ...(before.key === key ? before : { key }), key, loading: true }));
    try {
      const data = await latest.current();
      if (turn === asked.current) setState({ key, data, loading: false });
    } catch (error) {
      const problem = asProblem(error);
      if (turn === asked.current) setState((before) => ({ ...before, problem, loading: false }));
    }
  }, [key]);

  useEffect(() => {
    void reload();
    return () => {
      asked.current += 1;
    };
  }, [reload]);

  const settling = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(settling.current), []);
  useChanges(kinds, useCallback(() => {
    clearTimeout(settling.current);
    settling.current = setTimeout(() => void reload(), SETTLE_MS);
  }, [reload]));

  const own = state.key === key;
  return { data: own ? state.data : undefined, problem: own ? state.problem : undefined, loading: !own || state.loading, reload };
}
