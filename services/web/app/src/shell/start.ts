/** What kept the app from starting, if anything did. */

import { signal } from "@preact/signals";

import type { Problem } from "../api/problem";

export const startProblem = signal<Problem | null>(null);
