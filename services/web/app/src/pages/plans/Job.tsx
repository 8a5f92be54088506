/** A plan being made: how far it is, how the cost falls, and the way to what came of it. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

import { answer, api } from "../../api/client";
import { ProblemNote } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { baht, number } from "../../format/quantity";
import { address } from "../../shell/page";
import { useResource } from "../../state/resource";
import { toastFailure } from "../../state/toasts";
import { asProblem, Problem } from "../../api/problem";
import type { Found } from "./CostCurve";
import { plansWords } from "./words";

const POLL_MS = 700;
const OVER = new Set(["done", "failed", "cancelled"]);

export function Job({ id, done }: { id: string; done: (job: string, plan: string) => void }) {
  const words = plansWords();
  const path = { params: { path: { job_id: id } } };
  const job = useResource(`job ${id}`, () => answer(api.GET("/v1/plans/jobs/{job_id}", path)), ["plan.job"]);
  const [found, setFound] = useState<readonly Found[]>([]);
  const [Curve, setCurve] = useState<ComponentType<{ label: string; found: readonly Found[] }>>();
  const state = job.data?.state;
  const best = job.data?.best_cost_satang;
  const progress = job.data?.progress ?? 0;
  const going = state !== undefined && !OVER.has(state);

  useEffect(() => {
    if (!going) return undefined;
    // progress is written every second and not told of by the stream
    const timer = setInterval(() => void job.reload(), POLL_MS);
    return () => clearInterval(timer);
  }, [going, job.reload]);
  useEffect(() => {
    if (best !== undefined && best !== null) setFound((before) => [...before.filter((one) => one.progress < progress), { progress, satang: best }]);
  }, [best, progress]);
  useEffect(() => {
    void import("./CostCurve").then((loaded) => setCurve(() => loaded.default));
  }, []);
  useEffect(() => {
    if (job.data?.plan_id) done(id, job.data.plan_id);
  }, [job.data?.plan_id]);

  return (
    <section class="card job" aria-label={words.job}>
      <Shown resource={job} rows={2}>
        {(now) => (
          <>
            <div class="card-head">
              <h2>{now.scenario ?? words.asAsked}</h2>
              <span role="status">
                {words.jobStates[now.state]}
                {now.best_cost_satang !== null && ` · ${baht(now.best_cost_satang)}`}
              </span>
            </div>
            <p>
              <progress class="job-progress" max={1} value={now.progress} aria-label={words.job} /> {number(now.progress * 100)} % · {words.size(number(now.lots), number(now.trucks))}
            </p>
            {now.state === "failed" && <ProblemNote problem={new Problem(0, "failed", words.jobStates.failed, now.detail ?? "")} />}
            <div class="curve-room">{Curve && found.length > 0 && <Curve label={words.curve} found={found} />}</div>
            <div class="buttons">
              {(now.state === "queued" || now.state === "running") && (
                <button
                  type="button"
                  onClick={() =>
                    void answer(api.POST("/v1/plans/jobs/{job_id}/cancel", path))
                      .then(() => job.reload())
                      .catch((error: unknown) => toastFailure(asProblem(error).message))
                  }
                >
                  {words.enough}
                </button>
              )}
              {now.plan_id !== null && (
                <a class="button primary" href={address("/plans/:id", { id: now.plan_id })}>
                  {words.open}
                </a>
              )}
            </div>
          </>
        )}
      </Shown>
    </section>
  );
}
