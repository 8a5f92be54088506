/** One shipment: a sentence first, then what was measured, how long it keeps, what to do, and why. */

import type { ComponentChildren } from "preact";

import { answer, api } from "../../api/client";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Shown } from "../../components/Shown";
import { Table } from "../../components/Table";
import { Severity, Verdict } from "../../components/Verdict";
import { lifeRange } from "../../format/life";
import { NOTHING, number, share, temperature } from "../../format/quantity";
import { address, type PageProps } from "../../shell/page";
import { shellWords } from "../../shell/words";
import { nameOf, useCommodities } from "../../state/commodities";
import { useResource } from "../../state/resource";
import { toast, toastFailure } from "../../state/toasts";
import { Forecast } from "./Forecast";
import { Legs } from "./Legs";
import { Measured } from "./Measured";
import { type Freshness, type Shipment, bandText, sentence } from "./sentence";
import type { Record_ } from "./series";
import { shipmentWords } from "./words";

export default function ShipmentPage({ params }: PageProps) {
  const code = params["code"] ?? "";
  const words = shipmentWords();
  const path = { params: { path: { shipment: code } } };
  const main = useResource(
    `shipment ${code}`,
    async () => {
      const [shipment, freshness] = await Promise.all([
        answer(api.GET("/v1/shipments/{shipment}", path)),
        answer(api.GET("/v1/shipments/{shipment}/freshness", path)),
      ]);
      return { shipment, freshness };
    },
    ["shipment.freshness"],
  );
  const record = useResource(`record ${code}`, () => answer(api.GET("/v1/shipments/{shipment}/record", path)), ["shipment.freshness"]);
  const alarms = useResource(
    `alarms of ${code}`,
    () => answer(api.GET("/v1/alarms", { params: { query: { subject_kind: "shipment", subject: code, limit: 20 } } })),
    ["alarm"],
  );
  return (
    <>
      <p class="no-print">
        <a href={address("/shipments")}>
          <Icon name="left" /> {words.back}
        </a>
      </p>
      <Heading title={words.title(code)} beside={main.data && <Verdict of={main.data.freshness.verdict} />}>
        <a class="button" href={address("/shipments/:code/way", { code })}>
          {shellWords().pages.way}
        </a>
        <button type="button" onClick={() => void copyLink()}>
          <Icon name="share" /> {words.copyLink}
        </button>
        <button type="button" onClick={() => globalThis.print()}>
          <Icon name="print" /> {words.print}
        </button>
      </Heading>
      <Shown resource={main} rows={6}>
        {({ shipment, freshness }) => (
          <>
            <p class="lead">{sentence(shipment, freshness, record.data)}</p>
            <Facts shipment={shipment} freshness={freshness} record={record.data} />
            {alarms.data !== undefined && alarms.data.items.length > 0 && (
              <section class="card" aria-labelledby="alarms">
                <h2 id="alarms">{words.alarms}</h2>
                <ul class="lines">
                  {alarms.data.items.map((alarm) => (
                    <li key={alarm.id}>
                      <Severity of={alarm.severity} /> {alarm.summary}{" "}
                      <a class="button" href={address("/alarms", {}, { open: alarm.id })}>
                        {words.respond}
                      </a>
                    </li>
                  ))}
                </ul>
              </section>
            )}
            <div class="columns">
              <section class="card" aria-labelledby="todo">
                <h2 id="todo">{words.todo}</h2>
                <p>{words.todos[freshness.verdict]}</p>
                <h2>{words.why}</h2>
                <ul>
                  {freshness.reasons.map((reason) => (
                    <li key={reason.code} lang="en">
                      {reason.sentence}
                    </li>
                  ))}
                </ul>
              </section>
              <section class="card" aria-labelledby="forecast">
                <h2 id="forecast">{words.forecast}</h2>
                <Forecast shipment={shipment} freshness={freshness} />
              </section>
            </div>
          </>
        )}
      </Shown>
      {main.data !== undefined && (
        <>
          <section class="card" aria-labelledby="chart">
            <h2 id="chart">{words.chart}</h2>
            <Shown resource={record} rows={8}>
              {(found) => <Measured record={found} />}
            </Shown>
          </section>
          <section class="card" aria-labelledby="legs">
            <h2 id="legs">{words.legs}</h2>
            <Shown resource={record}>{(found) => <Legs legs={found.legs} custodies={main.data?.freshness.custodies ?? []} />}</Shown>
          </section>
          <Lots lots={main.data.freshness.lots} />
          <Evidence freshness={main.data.freshness} />
        </>
      )}
      <p class="hint">{words.advice}</p>
    </>
  );

  async function copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      toast(words.copied);
    } catch {
      toastFailure(words.notCopied); // forbidden by the browser, or not over TLS
    }
  }
}

function Facts({ shipment, freshness, record }: { shipment: Shipment; freshness: Freshness; record: Record_ | undefined }) {
  const words = shipmentWords().facts;
  return (
    <dl class="facts card">
      <Fact name={words.from}>{shipment.hub}</Fact>
      <Fact name={words.to}>{shipment.destination}</Fact>
      <Fact name={words.departs}>
        <Moment at={shipment.departs_at} />
      </Fact>
      <Fact name={shipment.arrived_at === null ? words.due : words.arrived}>
        <Moment at={shipment.arrived_at ?? shipment.eta} />
      </Fact>
      <Fact name={words.setPoint}>{temperature(shipment.set_point_c)}</Fact>
      <Fact name={words.band}>{record === undefined ? NOTHING : (bandText(record.band_c) ?? words.noBand)}</Fact>
      <Fact name={words.used}>{share(freshness.life_used)}</Fact>
      <Fact name={words.confidence}>{shellWords().confidences[freshness.confidence]}</Fact>
      <Fact name={words.lots}>{number(shipment.lots.length)}</Fact>
      {shipment.exporter !== null && <Fact name={words.exporter}>{shipment.exporter}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Lots({ lots }: { lots: Freshness["lots"] }) {
  const words = shipmentWords();
  const commodities = useCommodities();
  return (
    <section class="card" aria-labelledby="lots">
      <h2 id="lots">{words.lots}</h2>
      <Table
        label={words.lots}
        rows={lots}
        id={(lot) => lot.id}
        href={(lot) => address("/lots", {}, { q: lot.code })}
        columns={[
          { name: "lot", title: words.lot, cell: (lot) => lot.code },
          { name: "produce", title: words.produce, cell: (lot) => nameOf(commodities, lot.commodity_id) },
          { name: "verdict", title: words.verdict, cell: (lot) => <Verdict of={lot.verdict} /> },
          {
            name: "life",
            title: words.life,
            number: true,
            cell: (lot) => (lot.remaining_days_p10 === null ? NOTHING : words.days(lifeRange(lot))),
          },
          {
            name: "reasons",
            title: words.reasons,
            cell: (lot) => <span lang="en">{lot.reasons.map((reason) => reason.sentence).join(" ")}</span>,
          },
        ]}
      />
    </section>
  );
}

function Evidence({ freshness }: { freshness: Freshness }) {
  const words = shipmentWords();
  return (
    <section class="card" aria-labelledby="evidence">
      <h2 id="evidence">{words.evidence}</h2>
      <dl class="facts">
        <Fact name={words.lastReading}>
          <Moment at={freshness.last_reading_at} />
        </Fact>
        <Fact name={words.assessed}>
          <Moment at={freshness.assessed_at} />
        </Fact>
        <Fact name={words.watermark}>
          <Moment at={freshness.watermark} />
        </Fact>
        <Fact name={words.model}>{freshness.model_version ?? NOTHING}</Fact>
        <Fact name={words.catalogue}>
          <code>{freshness.catalogue_sha256?.slice(0, 12) ?? NOTHING}</code>
        </Fact>
      </dl>
    </section>
  );
}
