/** What the API says when it can't do something (RFC 9457), and what is said when it could not be asked. */

export interface FieldFault {
  pointer: string;
  detail: string;
  remedy: string;
}

export class Problem extends Error {
  override name = "Problem";

  constructor(
    /** 0 where nothing answered. */
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly faults: readonly FieldFault[] = [],
  ) {
    super(detail || title);
  }

  /** What is wrong with one member of what was sent. */
  faultOf(pointer: string): FieldFault | undefined {
    return this.faults.find((fault) => fault.pointer === pointer);
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The problem in an answer's body, whatever shape it has. */
export function problemOf(status: number, body: unknown): Problem {
  const members = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const listed = Array.isArray(members["errors"]) ? (members["errors"] as unknown[]) : [];
  const faults = listed
    .filter((fault): fault is Record<string, unknown> => typeof fault === "object" && fault !== null)
    .map((fault) => ({
      pointer: text(fault["pointer"]).replace(/^#/, ""),
      detail: text(fault["detail"]),
      remedy: text(fault["remedy"]),
    }));
  return new Problem(status, text(members["code"]), text(members["title"]), text(members["detail"]), faults);
}

/** The problem that `error` is; what reached no server is one of status 0. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, "unreachable", "", error instanceof Error ? error.message : String(error));
}
