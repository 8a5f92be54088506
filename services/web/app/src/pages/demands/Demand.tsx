/** One demand: what is asked for now, and every version before. */

import { useState } from "preact/hooks";

import { answer, api, everyRow } from "../../api/client";
import { tagged } from "../../api/tagged";
import { Fact } from "../../components/Fact";
import { FormDialog } from "../../components/FormDialog";
import { Heading } from "../../components/Heading";
import { Moment } from "../../components/Moment";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { baht, number, temperature, weight } from "../../format/quantity";
import { RESPONDERS, may } from "../../session/session";
import type { PageProps } from "../../shell/page";
import { nameOf, useCommodities } from "../../state/commodities";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { DemandForm } from "./DemandForm";
import { demandWords } from "./words";

export default function Demand({ params }: PageProps) {
  const words = demandWords();
  const commodities = useCommodities();
  const code = params["code"] ?? "";
  const path = { path: { demand: code } };
  const found = useResource(`demand ${code}`, () => tagged(api.GET("/v1/demands/{demand}", { params: path })));
  const versions = useResource(`demand versions ${code}`, () =>
    everyRow((cursor) => answer(api.GET("/v1/demands/{demand}/versions", { params: { ...path, query: cursor ? { cursor } : {} } }))),
  );
  const [open, setOpen] = useState<"change" | "withdraw" | null>(null);
  const renew = () => {
    void found.reload();
    void versions.reload();
  };
  return (
    <>
      <Siblings of="demands" />
      <Heading title={words.one(code)} beside={found.data && <span class="chip v-unknown">{words.states[found.data.data.state]}</span>}>
        {may(RESPONDERS) && found.data?.data.state === "open" && (
          <>
            <button type="button" class="primary" onClick={() => setOpen("change")}>
              {words.change}
            </button>
            <button type="button" onClick={() => setOpen("withdraw")}>
              {words.withdraw}
            </button>
          </>
        )}
      </Heading>
      <Shown resource={found}>
        {({ data }) => (
          <section class="card">
            <p class="lead">
              {weight(data.quantity_g)} / {words.pers[data.per]} · {[nameOf(commodities, data.commodity_id), data.variety, data.grade].filter(Boolean).join(" · ")} → {data.destination}
            </p>
            {data.withdrawn_reason !== null && (
              <p>
                {words.reason}: {data.withdrawn_reason}
              </p>
            )}
            <dl class="facts">
              <Fact title={words.buyer}>{data.buyer}</Fact>
              <Fact title={words.exporter}>{data.exporter}</Fact>
              <Fact title={words.period}>
                <Moment at={data.from_on} style="date" /> – <Moment at={data.to_on} style="date" />
              </Fact>
              <Fact title={words.hub}>{data.hub}</Fact>
              <Fact title={words.transit}>{number(data.transit_days, data.transit_days % 1 ? 1 : 0)}</Fact>
              <Fact title={words.transitC}>{temperature(data.transit_c)}</Fact>
              <Fact title={words.minLife}>{words.days(number(data.min_life_days, data.min_life_days % 1 ? 1 : 0))}</Fact>
              <Fact title={words.price}>{baht(data.price_satang_per_kg)}</Fact>
              <Fact title={words.certificates}>{data.certificates.join(", ") || "–"}</Fact>
              <Fact title={words.version}>{number(data.version)}</Fact>
            </dl>
            {data.note !== null && <p>{data.note}</p>}
          </section>
        )}
      </Shown>
      <section class="card">
        <h2>{words.history}</h2>
        <Shown resource={versions}>
          {(rows) => (
            <Table
              label={words.history}
              rows={rows}
              id={(row) => String(row.version)}
              columns={[
                { name: "version", title: words.version, cell: (row) => number(row.version) },
                { name: "at", title: words.at, cell: (row) => <Moment at={row.changed_at} /> },
                { name: "by", title: words.by, cell: (row) => row.changed_by },
                {
                  name: "changed",
                  title: words.changed,
                  cell: (row) => {
                    const before = rows.find((other) => other.version === row.version - 1);
                    if (before === undefined) return words.made;
                    return row.changed.map((name) => <div key={name}>{`${name}: ${shown(before.demand[name])} → ${shown(row.demand[name])}`}</div>);
                  },
                },
              ]}
            />
          )}
        </Shown>
      </section>
      {open === "change" && found.data && <DemandForm of={found.data} done={renew} onClose={() => setOpen(null)} />}
      {open === "withdraw" && found.data && (
        <FormDialog
          title={words.withdrawTitle(code)}
          intro={words.withdrawIntro}
          fields={[{ name: "reason", label: words.reason }]}
          save={words.withdraw}
          onClose={() => setOpen(null)}
          submit={async (typed) => {
            await answer(
              api.POST("/v1/demands/{demand}/withdraw", {
                params: { ...path, header: found.data?.header ?? {} },
                body: { reason: typed["reason"] ?? "" },
              }),
            );
            toast(words.withdrawn(code));
            renew();
          }}
        />
      )}
    </>
  );
}

const shown = (value: unknown): string => (value === null || value === undefined ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value));
