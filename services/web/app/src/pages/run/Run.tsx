/** One run as the office sees it: each stop with what was really loaded, proof, delay, expected times, sheet versions. */

import "./run.css";

import { answer, api } from "../../api/client";
import { Fact } from "../../components/Fact";
import { Heading } from "../../components/Heading";
import { Moment } from "../../components/Moment";
import { RepairBanner } from "../../components/RepairBanner";
import { Shown } from "../../components/Shown";
import { Table } from "../../components/Table";
import { number, temperature, weight } from "../../format/quantity";
import { span } from "../../format/time";
import { type PageProps, address } from "../../shell/page";
import { useResource } from "../../state/resource";
import { runWords } from "./words";

const LATE_S = 60;

export default function Run({ params }: PageProps) {
  const words = runWords();
  const run_id = params["id"] ?? "";
  const path = { params: { path: { run_id } } };
  const found = useResource(
    `run ${run_id}`,
    async () => {
      const run = await answer(api.GET("/v1/runs/{run_id}", path));
      const [events, proofs, sheets, progress] = await Promise.all([
        answer(api.GET("/v1/runs/{run_id}/events", path)),
        answer(api.GET("/v1/runs/{run_id}/proofs", path)),
        answer(api.GET("/v1/runs/{run_id}/sheets", path)),
        answer(api.GET("/v1/plans/{plan_id}/progress", { params: { path: { plan_id: run.plan_id } } })).catch(() => []), // what is over has none
      ]);
      return { run, events, proofs, sheets, now: run.state === "delivered" || run.state === "cancelled" ? undefined : progress.find((one) => one.truck === run.truck) };
    },
    ["run", "plan"],
  );
  const code = found.data?.run.code;
  return (
    <>
      <Heading title={code === undefined ? words.heading : words.title(code)} beside={found.data && <span class="chip v-unknown">{words.states[found.data.run.state]}</span>}>
        {found.data && (
          <a class="button" href={address("/plans/:id", { id: found.data.run.plan_id })}>
            {words.openPlan}
          </a>
        )}
      </Heading>
      <RepairBanner />
      <Shown resource={found} rows={8}>
        {({ run, events, proofs, sheets, now }) => {
          const expected = new Map(now?.stops.map((stop) => [stop.lot ?? `hub ${stop.hub}`, stop.expected_at]));
          return (
            <>
              <dl class="facts card">
                <Fact title={words.truck}>{run.truck}</Fact>
                <Fact title={words.hub}>{run.hub}</Fact>
                <Fact title={run.departed_at ? words.departed : words.departs}>
                  <Moment at={run.departed_at ?? run.departs_at} />
                </Fact>
                <Fact title={run.arrived_at ? words.arrived : words.arrives}>
                  <Moment at={run.arrived_at ?? run.arrives_at} />
                </Fact>
                {expected.has(`hub ${run.hub}`) && (
                  <Fact title={words.expectedHub}>
                    <Moment at={expected.get(`hub ${run.hub}`)} />
                  </Fact>
                )}
                {now && <Fact title={words.delay}>{now.delay_s >= LATE_S ? <span class="chip s-warning">+{span(now.delay_s)}</span> : words.inTime}</Fact>}
                <Fact title={words.distance}>{number(run.distance_m / 1000)} km</Fact>
                <Fact title={words.setPoint}>{run.set_point_c === null ? words.ambient : temperature(run.set_point_c)}</Fact>
                <Fact title={words.sheet}>{number(run.sheet_version)}</Fact>
              </dl>
              <section class="card" aria-labelledby="stops">
                <h2 id="stops">{words.stops}</h2>
                <Table
                  label={words.stops}
                  rows={run.stops}
                  id={(stop) => stop.lot}
                  columns={[
                    { name: "stop", title: words.stop, cell: (stop) => `${stop.position}` },
                    { name: "lot", title: words.lot, cell: (stop) => <a href={address("/lots", {}, { q: stop.lot })}>{stop.lot}</a> },
                    { name: "village", title: words.village, cell: (stop) => stop.village },
                    { name: "planned", title: words.planned, cell: (stop) => <Moment at={stop.arrives_at} style="time" /> },
                    { name: "expected", title: words.expected, cell: (stop) => <Moment at={stop.arrived_at ?? expected.get(stop.lot)} style="time" /> },
                    { name: "state", title: words.state, cell: (stop) => `${words.stopStates[stop.state]}${stop.reason ? `: ${stop.reason}` : ""}` },
                    { name: "done", title: words.done, cell: (stop) => <Moment at={stop.done_at} style="time" /> },
                    {
                      name: "loaded",
                      title: words.loaded,
                      number: true,
                      cell: (stop) => (stop.loaded_weight_g === null ? "–" : `${weight(stop.loaded_weight_g)}${stop.loaded_crates === null ? "" : `, ${words.crates(number(stop.loaded_crates))}`}`),
                    },
                    {
                      name: "proofs",
                      title: words.proofs,
                      cell: (stop) => {
                        const own = proofs.filter((proof) => proof.lot === stop.lot);
                        if (own.length === 0) return "–";
                        return own.map((proof) => {
                          const said = words.proofOf(words.proofKinds[proof.kind], stop.lot);
                          const href = `/v1/runs/${run.id}/proofs/${proof.id}`;
                          return (
                            <a key={proof.id} class="proof" href={href} target="_blank" rel="noreferrer">
                              <img src={href} alt={said} loading="lazy" />
                            </a>
                          );
                        });
                      },
                    },
                  ]}
                />
              </section>
              <div class="columns">
                <section class="card" aria-labelledby="sheets">
                  <h2 id="sheets">{words.sheets}</h2>
                  {sheets.length === 0 && <p>{words.firstSheet}</p>}
                  {sheets.map((sheet) => (
                    <div key={sheet.version}>
                      <h3>
                        {words.version(number(sheet.version))} · <Moment at={sheet.created_at} />
                      </h3>
                      <p>{sheet.reason}</p>
                      <ul>
                        {sheet.lines.map((line) => (
                          <li key={line}>{line}</li>
                        ))}
                      </ul>
                    </div>
                  ))}
                </section>
                <section class="card" aria-labelledby="events">
                  <h2 id="events">{words.events}</h2>
                  {events.length === 0 && <p>{words.noEvents}</p>}
                  <ol class="history">
                    {events
                      .filter((event) => event.kind !== "position")
                      .map((event) => (
                        <li key={event.id}>
                          <Moment at={event.at} /> · {words.eventKinds[event.kind as keyof typeof words.eventKinds] ?? event.kind} {event.lot} · {event.by}
                          {event.outcome !== "accepted" && (
                            <blockquote>
                              {words.refused}: {event.reason}
                            </blockquote>
                          )}
                        </li>
                      ))}
                  </ol>
                </section>
              </div>
            </>
          );
        }}
      </Shown>
    </>
  );
}
