/** The home page: what needs somebody now. Every number opens the list behind it. */

import { type Schemas, answer, api } from "../../api/client";
import { Heading } from "../../components/Heading";
import { Icon, type IconName } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { RepairBanner } from "../../components/RepairBanner";
import { Shown } from "../../components/Shown";
import { Table } from "../../components/Table";
import { Severity, VERDICTS, Verdict } from "../../components/Verdict";
import { number, temperature } from "../../format/quantity";
import { toMs } from "../../format/time";
import { address } from "../../shell/page";
import { LOT_ADDERS, may } from "../../session/session";
import { shellWords } from "../../shell/words";
import { now_ms } from "../../state/clock";
import { useResource } from "../../state/resource";
import { boardWords } from "./words";

const ALARMS_SHOWN = 6;

export default function Board() {
  const words = boardWords();
  const board = useResource("board", () => answer(api.GET("/v1/board")), ["lot.freshness", "shipment.freshness", "run", "plan", "gateway"]);
  const collection = board.data?.collection;
  return (
    <>
      <Heading title={words.title}>
        {may(LOT_ADDERS) && (
          <a class="button primary" href={address("/lots/new")}>
            <Icon name="plus" /> {words.addLot}
          </a>
        )}
      </Heading>
      <RepairBanner />
      <section aria-labelledby="by-verdict" class="board-verdicts">
        <h2 id="by-verdict">{words.shipments}</h2>
        <Shown resource={board} rows={2}>
          {(found) => <ByVerdict counts={found.shipments_by_verdict} />}
        </Shown>
      </section>
      <div class="columns">
        <OpenAlarms />
        {collection !== null && (
          <section class="card" aria-labelledby="runs">
            <h2 id="runs">{words.runs}</h2>
            <Shown resource={board}>{(found) => found.collection && <Runs runs={found.collection.runs} />}</Shown>
          </section>
        )}
        {collection !== null && (
          <section class="card" aria-labelledby="due">
            <h2 id="due">{words.due}</h2>
            <Shown resource={board}>{(found) => found.collection && <Due lots={found.collection.due} />}</Shown>
          </section>
        )}
        {collection !== null && (
          <section class="card" aria-labelledby="collection">
            <h2 id="collection">{words.collection}</h2>
            <Shown resource={board}>{(found) => found.collection && <Collection of={found.collection} />}</Shown>
          </section>
        )}
      </div>
    </>
  );
}

function ByVerdict({ counts }: { counts: Record<string, number> }) {
  const words = boardWords();
  const shared = shellWords();
  if (Object.keys(counts).length === 0) {
    return (
      <Empty icon="shipments" title={words.noShipments}>
        {words.noShipmentsNext}
      </Empty>
    );
  }
  return (
    <ul class="tiles">
      {VERDICTS.map((verdict) => {
        const count = counts[verdict] ?? 0;
        return (
          <li key={verdict}>
            <a
              class={`tile ${count === 0 ? "none" : `v-${verdict}`}`}
              href={address("/shipments", {}, { verdict })}
              title={shared.verdictMeanings[verdict]}
            >
              <Icon name={verdict} />
              <span class="count">{number(count)}</span>
              <span class="word">{shared.verdicts[verdict]}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function OpenAlarms() {
  const words = boardWords();
  const alarms = useResource(
    "alarms",
    async () => {
      const [counts, page] = await Promise.all([
        answer(api.GET("/v1/alarms/counts")),
        answer(api.GET("/v1/alarms", { params: { query: { limit: ALARMS_SHOWN } } })),
      ]);
      return { counts, items: page.items };
    },
    ["alarm"],
  );
  return (
    <section class="card" aria-labelledby="alarms">
      <div class="card-head">
        <h2 id="alarms">{words.alarms}</h2>
        <a href={address("/alarms")}>{words.allAlarms}</a>
      </div>
      <Shown resource={alarms}>
        {({ counts, items }) =>
          items.length === 0 ? (
            <Empty icon="check" title={words.noAlarms}>
              {words.noAlarmsNext}
            </Empty>
          ) : (
            <>
              <p class="alarm-counts">
                {(["critical", "warning", "info"] as const)
                  .filter((severity) => counts[severity] > 0)
                  .map((severity) => (
                    <a key={severity} href={address("/alarms", {}, { severity })}>
                      {number(counts[severity])} <Severity of={severity} />
                    </a>
                  ))}
                {counts.unacknowledged > 0 && (
                  <a href={address("/alarms", {}, { state: "active" })}>{words.unacknowledged(number(counts.unacknowledged))}</a>
                )}
              </p>
              <ul class="lines">
                {items.map((alarm) => (
                  <li key={alarm.id}>
                    <Severity of={alarm.severity} />
                    <a href={address("/alarms", {}, { open: alarm.id })}>{alarm.summary}</a>
                    <small>
                      <Moment at={alarm.raised_at} away />
                    </small>
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Shown>
    </section>
  );
}

type Collected = Schemas["CollectionBoard"];

function Runs({ runs }: { runs: Collected["runs"] }) {
  const words = boardWords();
  if (runs.length === 0) {
    return (
      <Empty icon="truck" title={words.noRuns}>
        {words.noRunsNext}
      </Empty>
    );
  }
  return (
    <Table
      label={words.runs}
      rows={runs}
      id={(run) => run.code}
      columns={[
        { name: "truck", title: words.truck, cell: (run) => run.truck },
        { name: "hub", title: words.hub, cell: (run) => run.hub },
        { name: "stops", title: words.stops, cell: (run) => <Progress done={run.stops_done} of={run.stops} /> },
        {
          name: "arrives",
          title: words.arrives,
          cell: (run) => (
            <>
              <Moment at={run.arrives_at} style="time" />{" "}
              {toMs(run.arrives_at) < now_ms.value && <span class="chip s-warning">{words.late}</span>}
            </>
          ),
        },
        { name: "temperature", title: words.temperature, number: true, cell: (run) => temperature(run.temperature_c) },
      ]}
    />
  );
}

function Progress({ done, of }: { done: number; of: number }) {
  const text = boardWords().of(number(done), number(of));
  return (
    <span class="progress">
      <progress value={done} max={Math.max(of, 1)} aria-label={text} /> {text}
    </span>
  );
}

function Due({ lots }: { lots: Collected["due"] }) {
  const words = boardWords();
  if (lots.length === 0) {
    return (
      <Empty icon="lots" title={words.noDue}>
        <p>{words.noDueNext}</p>
      </Empty>
    );
  }
  return (
    <Table
      label={words.due}
      rows={lots}
      id={(lot) => lot.code}
      href={(lot) => address("/lots", {}, { q: lot.code })}
      columns={[
        { name: "lot", title: words.lot, cell: (lot) => lot.code },
        { name: "village", title: words.village, cell: (lot) => lot.village },
        { name: "verdict", title: words.verdict, cell: (lot) => <Verdict of={lot.verdict} /> },
        {
          name: "keeps",
          title: words.keepsUntil,
          cell: (lot) => (
            <>
              <Moment at={lot.keeps_until} /> <small>(<Moment at={lot.keeps_until} away />)</small>
            </>
          ),
        },
      ]}
    />
  );
}

function Collection({ of }: { of: Collected }) {
  const words = boardWords();
  const states = [
    ["waiting", words.waiting],
    ["planned", words.planned],
    ["loaded", words.loaded],
    ["received", words.received],
  ] as const;
  return (
    <ul class="figures">
      {states.map(([state, word]) => (
        <Figure key={state} icon="lots" value={number(of.lots_by_state[state] ?? 0)} word={word} href={address("/lots", {}, { state })} />
      ))}
      <Figure
        icon={of.gateways_online < of.gateways ? "warning" : "live"}
        value={words.of(number(of.gateways_online), number(of.gateways))}
        word={words.gateways}
        href={address("/alarms", {}, { kind: "gateway.silent" })}
      />
      <Figure icon="comment" value={number(of.dead_letters)} word={words.deadLetters} />
    </ul>
  );
}

function Figure({ icon, value, word, href }: { icon: IconName; value: string; word: string; href?: string }) {
  const inside = (
    <>
      <Icon name={icon} /> <strong>{value}</strong> <span>{word}</span>
    </>
  );
  return <li>{href ? <a href={href}>{inside}</a> : <span class="figure">{inside}</span>}</li>;
}
