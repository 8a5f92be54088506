/** Shows the page of the address: its code and its words are fetched together, and the old page stays until then. */

import type { ComponentType } from "preact";
import { useErrorBoundary, useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { exec } from "preact-iso/router";

import { Empty, ProblemNote } from "../components/notes";
import { asProblem, type Problem } from "../api/problem";
import { PAGES } from "../routes";
import { may, session } from "../session/session";
import { BASE, type Page, type PageProps } from "./page";
import { shellWords } from "./words";

export interface Found {
  page: Page;
  params: Record<string, string>;
}

/** The page at a path, with what varies in it. */
export function pageAt(path: string): Found | undefined {
  const inside = path.replace(/\/$/, "") || BASE;
  for (const page of PAGES) {
    const route = (BASE + page.path).replace(/\/$/, "");
    const match = exec(inside, route, { path: inside, params: {}, query: {} } as Parameters<typeof exec>[2]);
    if (match) return { page, params: { ...(match.params as Record<string, string>) } };
  }
  return undefined;
}

const ready = new Map<string, ComponentType<PageProps>>();

async function fetchPage(page: Page): Promise<ComponentType<PageProps>> {
  const [module] = await Promise.all([page.component(), page.words.load()]);
  ready.set(page.name, module.default);
  return module.default;
}

/** Begin to fetch the page of the address before anything is drawn. */
export async function startAtAddress(): Promise<void> {
  const found = pageAt(location.pathname);
  if (found) await fetchPage(found.page).catch(() => undefined); // asked for again, and told, when it is drawn
}

/** Where a role begins that the board is not for: the first page of its navigation. */
function startOf(found: Found | undefined): string | undefined {
  if (found === undefined || found.page.path !== "/" || may(found.page.roles)) return undefined;
  const first = PAGES.find((page) => page.icon !== undefined && may(page.roles));
  return first && BASE + first.path;
}

export function Pages() {
  const { path, route } = useLocation();
  const found = pageAt(path);
  const start = startOf(found);
  useEffect(() => {
    if (start !== undefined) route(start, true);
  }, [start]);
  const [drawn, setDrawn] = useState<Found | undefined>(() => (found && ready.has(found.page.name) ? found : undefined));
  const [problem, setProblem] = useState<Problem>();
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    if (found === undefined || !may(found.page.roles)) return;
    let left = false;
    fetchPage(found.page)
      .then(() => !left && (setProblem(undefined), setDrawn(found)))
      .catch((error: unknown) => !left && setProblem(asProblem(error)));
    return () => {
      left = true;
    };
  }, [path, turn]);

  const words = shellWords();
  if (found === undefined) return <NoPage title={words.notFound.title} remedy={words.notFound.remedy} />;
  if (start !== undefined) return <div class="page-to-come" />;
  if (!may(found.page.roles)) {
    const role = session.value ? words.roles[session.value.role] : "";
    return <NoPage title={words.notAllowed.title} remedy={words.notAllowed.remedy(role)} />;
  }
  if (problem) return <ProblemNote problem={problem} again={() => setTurn(turn + 1)} />;
  if (drawn === undefined) return <div class="page-to-come" />;
  return <OnePage key={`${drawn.page.name} ${JSON.stringify(drawn.params)}`} found={drawn} />;
}

function OnePage({ found }: { found: Found }) {
  const words = shellWords().problem;
  const [failure] = useErrorBoundary((error) => console.error(error));
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // not at the first page: there the browser's own start of the document is right
    if (navigations++ > 0) frame.current?.querySelector<HTMLElement>("[data-page-title]")?.focus({ preventScroll: true });
    globalThis.scrollTo(0, 0);
  }, []);
  const Component = ready.get(found.page.name);
  if (failure) {
    return (
      <Empty icon="warning" title={words.broken}>
        <p>{words.brokenRemedy}</p>
        <button type="button" onClick={() => location.reload()}>
          {words.reload}
        </button>
      </Empty>
    );
  }
  return <div ref={frame}>{Component && <Component params={found.params} />}</div>;
}

let navigations = 0;

function NoPage({ title, remedy }: { title: string; remedy: string }) {
  return (
    <Empty icon="unknown" title={title}>
      <p>{remedy}</p>
      <a href={BASE + "/"}>{shellWords().pages.board}</a>
    </Empty>
  );
}
