/** A page's title, which takes the focus when the page opens, with its actions beside it. */

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

import { shellWords } from "../shell/words";

interface Properties {
  title: string;
  /** Beside the title: a verdict, a count. */
  beside?: ComponentChildren;
  children?: ComponentChildren;
}

export function Heading({ title, beside, children }: Properties) {
  const product = shellWords().product;
  useEffect(() => {
    document.title = `${title} · ${product}`;
  }, [title, product]);
  return (
    <div class="heading">
      <h1 tabIndex={-1} data-page-title>
        {title}
      </h1>
      {beside}
      <div class="actions">{children}</div>
    </div>
  );
}
