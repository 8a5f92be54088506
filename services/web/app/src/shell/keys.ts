/** Keys that work on every page, but not while somebody types. */

import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";

import { BASE } from "./page";

const GO: Record<string, string> = { b: "/", a: "/alarms", s: "/shipments", l: "/lots", p: "/plans", r: "/runs" };
const SEQUENCE_MS = 1_500;

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function useKeys(help: () => void): void {
  const { route } = useLocation();
  useEffect(() => {
    let began_ms = -SEQUENCE_MS;
    function pressed(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (document.querySelector("dialog[open]")) return;
      const going = event.timeStamp - began_ms < SEQUENCE_MS;
      began_ms = -SEQUENCE_MS;
      const to = going ? GO[event.key] : undefined;
      if (to !== undefined) route(BASE + to);
      else if (event.key === "g") began_ms = event.timeStamp;
      else if (event.key === "?") help();
      else if (event.key === "n") route(`${BASE}/lots/new`);
      else if (event.key === "/") {
        const search = document.querySelector<HTMLElement>("main [type=search]");
        if (search === null) return;
        search.focus();
      } else return;
      event.preventDefault();
    }
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [route, help]);
}
