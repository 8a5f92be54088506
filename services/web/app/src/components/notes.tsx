/** What stands where content can't: nothing there yet, on its way, or failed, each with what to do next. */

import type { ComponentChildren } from "preact";

import type { Problem } from "../api/problem";
import { shellWords } from "../shell/words";
import { Icon, type IconName } from "./Icon";

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <p class="empty-title">{title}</p>
      <div>{children}</div>
    </div>
  );
}

/** Reserves the room of what comes, so that nothing jumps. */
export function Loading({ rows = 3 }: { rows?: number }) {
  return (
    <div class="loading" role="status">
      <span class="sr">{shellWords().loading}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} class="bone" />
      ))}
    </div>
  );
}

export function ProblemNote({ problem, again }: { problem: Problem; again?: () => void }) {
  const words = shellWords().problem;
  const unreachable = problem.status === 0 && problem.code === "unreachable";
  return (
    <div class="problem" role="alert">
      <Icon name="warning" />
      <div>
        <p class="problem-title">{unreachable ? words.unreachable : problem.title || words.title}</p>
        <p>{unreachable ? words.unreachableRemedy : problem.detail}</p>
        {problem.faults.length > 0 && (
          <ul>
            {problem.faults.map((fault) => (
              <li key={fault.pointer}>
                <code>{fault.pointer || "/"}</code> {fault.detail} {fault.remedy}
              </li>
            ))}
          </ul>
        )}
        {again && (
          <button type="button" onClick={again}>
            {words.again}
          </button>
        )}
      </div>
    </div>
  );
}
