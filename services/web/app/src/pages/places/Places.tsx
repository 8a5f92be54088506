/** Where produce waits and where it is brought. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { type Tagged, tagged } from "../../api/tagged";
import { asProblem } from "../../api/problem";
import { FilterSearch } from "../../components/filters";
import { FormDialog, type FormField } from "../../components/FormDialog";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { type Column, Table } from "../../components/Table";
import { type Entries, entry, textOrNull, typedNumber } from "../../format/entry";
import { number } from "../../format/quantity";
import { language } from "../../i18n/language";
import { COORDINATORS, may } from "../../session/session";
import { address } from "../../shell/page";
import { useFilters } from "../../state/filters";
import { useHubs, useVillages } from "../../state/places";
import { toast, toastFailure } from "../../state/toasts";
import { placeWords } from "./words";

type Village = Schemas["VillageDocument"];
type Hub = Schemas["HubDocument"];
type HubKind = Schemas["NewHub"]["kind"];
type Open = { what: "village"; of?: Tagged<Village> } | { what: "hub"; of?: Tagged<Hub> } | { what: "remove"; kind: "village" | "hub"; code: string };
const HUB_KINDS: readonly HubKind[] = ["packing_house", "cold_store", "seaport", "airport", "warehouse"];

type MapProps = { villages: readonly Village[]; hubs: readonly Hub[] };

export default function Places() {
  const words = placeWords();
  const filters = useFilters(["q"] as const);
  const villages = useVillages();
  const hubs = useHubs();
  const [open, setOpen] = useState<Open>();
  const [Map, setMap] = useState<ComponentType<MapProps>>();
  useEffect(() => {
    void import("./PlaceMap").then((module) => setMap(() => module.default));
  }, []);
  const editor = may(COORDINATORS);
  const renew = () => {
    void villages.reload();
    void hubs.reload();
  };
  const change = (what: "village" | "hub", code: string) => {
    const asked =
      what === "village"
        ? tagged(api.GET("/v1/villages/{village}", { params: { path: { village: code } } })).then((of) => setOpen({ what: "village", of }))
        : tagged(api.GET("/v1/hubs/{hub}", { params: { path: { hub: code } } })).then((of) => setOpen({ what: "hub", of }));
    void asked.catch((error: unknown) => toastFailure(asProblem(error).message));
  };
  const actions = <Row extends { code: string }>(what: "village" | "hub"): Column<Row>[] =>
    editor
      ? [
          {
            name: "change",
            title: words.change,
            cell: (row) => (
              <div class="buttons">
                <button type="button" aria-label={`${words.change} ${row.code}`} onClick={() => change(what, row.code)}>
                  {words.change}
                </button>
                <button type="button" aria-label={`${words.remove} ${row.code}`} onClick={() => setOpen({ what: "remove", kind: what, code: row.code })}>
                  {words.remove}
                </button>
              </div>
            ),
          },
        ]
      : [];
  const q = (filters.values.q ?? "").toLowerCase();
  const where = (row: { latitude: number; longitude: number }) => `${number(row.latitude, 3)}, ${number(row.longitude, 3)}`;
  return (
    <>
      <Siblings of="places" />
      <Heading title={words.title}>
        {editor && (
          <>
            <button type="button" class="primary" onClick={() => setOpen({ what: "village" })}>
              <Icon name="plus" /> {words.addVillage}
            </button>
            <button type="button" onClick={() => setOpen({ what: "hub" })}>
              {words.addHub}
            </button>
            <a class="button" href={address("/imports", {}, { kind: "villages" })}>
              {words.importFile}
            </a>
          </>
        )}
      </Heading>
      {Map && villages.data && hubs.data && villages.data.length + hubs.data.length > 0 ? (
        <Map villages={villages.data} hubs={hubs.data} />
      ) : (
        <div class="place-map" />
      )}
      <section class="card">
        <h2>{words.hubs}</h2>
        <Shown resource={hubs}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty icon="places" title={words.noHubs}>
                {words.noHubsNext}
              </Empty>
            ) : (
              <Table
                label={words.hubs}
                rows={rows}
                id={(row) => row.id}
                columns={[
                  { name: "code", title: words.code, cell: (row) => row.code },
                  { name: "name", title: words.name, cell: (row) => row.name },
                  { name: "kind", title: words.kind, cell: (row) => words.kinds[row.kind as HubKind] ?? row.kind },
                  { name: "window", title: words.window, cell: (row) => `${row.opens}–${row.closes}` },
                  { name: "position", title: words.position, cell: where },
                  ...actions<Hub>("hub"),
                ]}
              />
            )
          }
        </Shown>
      </section>
      <section class="card">
        <div class="card-head">
          <h2>{words.villages}</h2>
          <div class="filters">
            <FilterSearch filters={filters} name="q" label={words.search} />
          </div>
        </div>
        <Shown resource={villages} rows={6}>
          {(all) => {
            const shown = all.filter((row) => [row.code, row.name, row.name_th, row.province].join(" ").toLowerCase().includes(q));
            return shown.length === 0 ? (
              <Empty icon="places" title={all.length === 0 ? words.empty : words.noMatch}>
                {all.length === 0 ? words.emptyNext : ""}
              </Empty>
            ) : (
              <Table
                label={words.villages}
                rows={shown}
                id={(row) => row.id}
                columns={[
                  { name: "code", title: words.code, cell: (row) => row.code },
                  { name: "name", title: words.name, cell: (row) => (language.value === "th" ? (row.name_th ?? row.name) : row.name) },
                  { name: "province", title: words.province, cell: (row) => row.province ?? "–" },
                  { name: "window", title: words.window, cell: (row) => `${row.opens}–${row.closes}` },
                  { name: "position", title: words.position, cell: where },
                  ...actions<Village>("village"),
                ]}
              />
            );
          }}
        </Shown>
      </section>
      {open?.what === "village" && (
        <PlaceForm
          title={open.of?.data.code ?? words.addVillage}
          start={open.of ? { ...common(open.of.data), name_th: entry(open.of.data.name_th), province: entry(open.of.data.province) } : { opens: "05:00", closes: "18:00" }}
          extra={[
            { name: "name_th", label: words.nameTh, optional: true },
            { name: "province", label: words.province, optional: true },
          ]}
          onClose={() => setOpen(undefined)}
          submit={async (typed) => {
            const body = { ...sent(typed), name_th: textOrNull(typed["name_th"]), province: textOrNull(typed["province"]) };
            await (open.of
              ? answer(api.PATCH("/v1/villages/{village}", { params: { path: { village: open.of.data.code }, header: open.of.header }, body }))
              : answer(api.POST("/v1/villages", { body: { ...body, synthetic: false } })));
            renew();
          }}
        />
      )}
      {open?.what === "hub" && (
        <PlaceForm
          title={open.of?.data.code ?? words.addHub}
          start={open.of ? { ...common(open.of.data), kind: open.of.data.kind } : { opens: "00:00", closes: "24:00" }}
          extra={[{ name: "kind", label: words.kind, options: HUB_KINDS.map((one) => [one, words.kinds[one]]) }]}
          onClose={() => setOpen(undefined)}
          submit={async (typed) => {
            const body = { ...sent(typed), kind: typed["kind"] as HubKind };
            await (open.of
              ? answer(api.PATCH("/v1/hubs/{hub}", { params: { path: { hub: open.of.data.code }, header: open.of.header }, body }))
              : answer(api.POST("/v1/hubs", { body })));
            renew();
          }}
        />
      )}
      {open?.what === "remove" && (
        <FormDialog
          title={words.removeTitle(open.code)}
          intro={words.removeIntro}
          fields={[]}
          save={words.remove}
          onClose={() => setOpen(undefined)}
          submit={async () => {
            await (open.kind === "village"
              ? answer(api.DELETE("/v1/villages/{village}", { params: { path: { village: open.code } } }))
              : answer(api.DELETE("/v1/hubs/{hub}", { params: { path: { hub: open.code } } })));
            toast(words.removed(open.code));
            renew();
          }}
        />
      )}
    </>
  );
}

interface FormProperties {
  title: string;
  start: Entries;
  extra: readonly FormField[];
  submit: (typed: Entries) => Promise<void>;
  onClose: () => void;
}

function PlaceForm({ title, start, extra, submit, onClose }: FormProperties) {
  const words = placeWords();
  return (
    <FormDialog
      title={title}
      fields={[
        { name: "code", label: words.code },
        { name: "name", label: words.name },
        ...extra,
        { name: "latitude", label: words.latitude, kind: "decimal" },
        { name: "longitude", label: words.longitude, kind: "decimal" },
        { name: "opens", label: words.opens },
        { name: "closes", label: words.closes },
        { name: "source", label: words.source, optional: true },
      ]}
      start={start}
      save={words.save}
      onClose={onClose}
      submit={async (typed) => {
        await submit(typed);
        toast(words.saved(typed["code"] ?? ""));
      }}
    />
  );
}

function common(place: Village | Hub): Entries {
  const { code, name, latitude, longitude, opens, closes, source } = place;
  return { code, name, latitude: entry(latitude), longitude: entry(longitude), opens, closes, source: entry(source) };
}

function sent(typed: Entries) {
  const text = (name: string) => (typed[name] ?? "").trim();
  return {
    code: text("code"),
    name: text("name"),
    latitude: typedNumber(text("latitude")),
    longitude: typedNumber(text("longitude")),
    opens: text("opens"),
    closes: text("closes"),
    source: textOrNull(typed["source"]),
  };
}
