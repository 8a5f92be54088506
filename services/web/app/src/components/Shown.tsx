/** A resource on the screen: bones until it is there, the problem where it can't be, and old data rather than none. */

import type { ComponentChildren } from "preact";

import type { Resource } from "../state/resource";
import { Loading, ProblemNote } from "./notes";

interface Properties<Data> {
  resource: Resource<Data>;
  rows?: number;
  children: (data: Data) => ComponentChildren;
}

export function Shown<Data>({ resource, rows = 3, children }: Properties<Data>) {
  const { data, problem, reload } = resource;
  return (
    <>
      {problem && <ProblemNote problem={problem} again={() => void reload()} />}
      {data !== undefined ? children(data) : problem === undefined && <Loading rows={rows} />}
    </>
  );
}
