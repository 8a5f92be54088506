/** The pages of one part of the app, side by side: the one that the navigation names and those that have it as parent. */

import { useLocation } from "preact-iso";

import { PAGES } from "../routes";
import { may } from "../session/session";
import { BASE, type PageName } from "../shell/page";
import { pageAt } from "../shell/Pages";
import { shellWords } from "../shell/words";

export function Siblings({ of }: { of: PageName }) {
  const words = shellWords();
  const { path } = useLocation();
  const here = pageAt(path)?.page.name;
  const pages = PAGES.filter((page) => (page.name === of || page.parent === of) && !page.path.includes(":") && may(page.roles));
  if (pages.length < 2) return null;
  return (
    <nav class="siblings no-print" aria-label={words.pages[of]}>
      <ul>
        {pages.map((page) => (
          <li key={page.name}>
            <a href={BASE + page.path} aria-current={page.name === here ? "page" : undefined}>
              {words.pages[page.name]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
