/** What life and temperatures are reckoned with, with the source of each figure, and the group's own. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { Dialog } from "../../components/Dialog";
import { FilterSearch } from "../../components/filters";
import { FormDialog } from "../../components/FormDialog";
import { Heading } from "../../components/Heading";
import { Moment } from "../../components/Moment";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { numberOrNull } from "../../format/entry";
import { NOTHING, number, temperature } from "../../format/quantity";
import { language } from "../../i18n/language";
import { COORDINATORS, may } from "../../session/session";
import { shellWords } from "../../shell/words";
import { useFilters } from "../../state/filters";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { commodityWords } from "./words";

const everything = () => answer(api.GET("/v1/commodities"));
type Row = Awaited<ReturnType<typeof everything>>["items"][number];
type Parameter = Schemas["Parameter"];

const nameIn = (row: Row): string => (language.value === "th" ? row.name_th : row.name_en);

export default function Commodities() {
  const words = commodityWords();
  const filters = useFilters(["q"] as const);
  const list = useResource("commodities", everything);
  const [open, setOpen] = useState<{ of: Row; what: "sources" | "override" }>();
  const q = (filters.values.q ?? "").toLowerCase();
  return (
    <>
      <Siblings of="settings" />
      <Heading title={words.title} />
      <p>{words.lead}</p>
      <div class="filters">
        <FilterSearch filters={filters} name="q" label={words.search} />
      </div>
      <Shown resource={list} rows={8}>
        {({ items }) => (
          <Table
            label={words.title}
            rows={items.filter((row) => `${row.name_en} ${row.name_th} ${row.scientific} ${row.commodity_id}`.toLowerCase().includes(q))}
            id={(row) => row.commodity_id}
            columns={[
              { name: "name", title: words.name, cell: (row) => nameIn(row) },
              { name: "scientific", title: words.scientific, cell: (row) => <i lang="la">{row.scientific}</i> },
              { name: "confidence", title: words.confidence, cell: (row) => shellWords().confidences[row.confidence] },
              { name: "band", title: words.band, cell: (row) => (row.band_c === null ? NOTHING : `${number(row.band_c[0], 1)}–${temperature(row.band_c[1])}`) },
              {
                name: "life",
                title: words.life,
                cell: (row) => (row.reference_life_days === null ? NOTHING : words.lifeAt(number(row.reference_life_days, row.reference_life_days < 5 ? 1 : 0), temperature(row.reference_temperature_c))),
              },
              { name: "chilling", title: words.chilling, number: true, cell: (row) => temperature(row.chilling_threshold_c) },
              { name: "own", title: words.own, cell: (row) => (row.override_version === null ? NOTHING : words.version(number(row.override_version))) },
              {
                name: "figures",
                title: words.figures,
                cell: (of) => (
                  <div class="buttons">
                    <button type="button" aria-label={`${words.source}: ${nameIn(of)}`} onClick={() => setOpen({ of, what: "sources" })}>
                      {words.source}
                    </button>
                    {may(COORDINATORS) && (
                      <button type="button" aria-label={`${words.override}: ${nameIn(of)}`} onClick={() => setOpen({ of, what: "override" })}>
                        {words.override}
                      </button>
                    )}
                  </div>
                ),
              },
            ]}
          />
        )}
      </Shown>
      {open?.what === "sources" && <Sources of={open.of} onClose={() => setOpen(undefined)} />}
      {open?.what === "override" && (
        <FormDialog
          title={`${words.override}: ${nameIn(open.of)}`}
          intro={words.overrideIntro}
          fields={[
            { name: "parameter", label: words.parameter, options: Object.entries(words.parameters) },
            { name: "value", label: words.value, kind: "decimal", optional: true, hint: words.valueHint },
            { name: "why", label: words.why },
          ]}
          save={words.save}
          onClose={() => setOpen(undefined)}
          submit={async (typed) => {
            await answer(
              api.POST("/v1/commodities/{commodity}/overrides", {
                params: { path: { commodity: open.of.commodity_id } },
                body: { parameter: typed["parameter"] as Parameter, value: numberOrNull(typed["value"]), why: typed["why"] ?? "" },
              }),
            );
            toast(words.saved(nameIn(open.of)));
            void list.reload();
          }}
        />
      )}
    </>
  );
}

function Sources({ of, onClose }: { of: Row; onClose: () => void }) {
  const words = commodityWords();
  const path = { params: { path: { commodity: of.commodity_id } } };
  const found = useResource(`commodity ${of.commodity_id}`, async () => {
    const [detail, overrides] = await Promise.all([
      answer(api.GET("/v1/commodities/{commodity}", path)),
      answer(api.GET("/v1/commodities/{commodity}/overrides", path)),
    ]);
    return { detail, overrides: overrides.items };
  });
  return (
    <Dialog title={nameIn(of)} onClose={onClose}>
      <Shown resource={found}>
        {({ detail, overrides }) => (
          <>
            <h3>{words.overrides}</h3>
            {overrides.length === 0 ? (
              <p>{words.noOverrides}</p>
            ) : (
              <ul class="lines">
                {overrides.map((one) => (
                  <li key={one.id}>
                    {words.parameters[one.parameter]}: <strong>{one.value === null ? words.catalogue : number(one.value, 1)}</strong> {one.why}
                    <small>
                      {one.by}, <Moment at={one.at} style="date" />
                    </small>
                  </li>
                ))}
              </ul>
            )}
            <h3>{words.decisions}</h3>
            <ul>
              {detail.decisions.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
            <h3>{words.figures}</h3>
            <Table
              label={words.figures}
              rows={detail.figures.map((one, at) => ({ ...one, at }))}
              id={(one) => String(one.at)}
              columns={[
                { name: "kind", title: words.figure, cell: (one) => `${one.kind}${one.temperature_c === null ? "" : ` · ${temperature(one.temperature_c)}`}` },
                { name: "text", title: words.value, cell: (one) => [one.text, one.note, one.set_aside].filter(Boolean).join(" · ") },
                { name: "source", title: words.source, cell: (one) => (one.source.url ? <a href={one.source.url} rel="noreferrer">{one.source.citation}</a> : one.source.citation) },
              ]}
            />
          </>
        )}
      </Shown>
    </Dialog>
  );
}
