/** The trucks that collect: what they carry, how cold, when, and at what cost. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api, everyRow } from "../../api/client";
import { asProblem } from "../../api/problem";
import { type Tagged, tagged } from "../../api/tagged";
import { FormDialog } from "../../components/FormDialog";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { type Column, Table } from "../../components/Table";
import { type Entries, entry, hundredths, numberOrNull, thousandths, typedNumber } from "../../format/entry";
import { baht, number, temperature, weight } from "../../format/quantity";
import { COORDINATORS, may } from "../../session/session";
import { choices, useHubs } from "../../state/places";
import { useResource } from "../../state/resource";
import { toast, toastFailure } from "../../state/toasts";
import { fleetWords } from "./words";

type Truck = Schemas["TruckDocument"];
type Open = { what: "form"; of?: Tagged<Truck> } | { what: "remove"; code: string };

export default function Fleet() {
  const words = fleetWords();
  const trucks = useResource("trucks", () =>
    everyRow((cursor) => answer(api.GET("/v1/trucks", { params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } } }))),
  );
  const hubs = useHubs();
  const [open, setOpen] = useState<Open>();
  const editor = may(COORDINATORS);
  const change = (code: string) =>
    void tagged(api.GET("/v1/trucks/{truck}", { params: { path: { truck: code } } }))
      .then((of) => setOpen({ what: "form", of }))
      .catch((error: unknown) => toastFailure(asProblem(error).message));
  const actions: Column<Truck>[] = editor
    ? [
        {
          name: "change",
          title: words.change,
          cell: ({ code }) => (
            <div class="buttons">
              <button type="button" aria-label={`${words.change} ${code}`} onClick={() => change(code)}>
                {words.change}
              </button>
              <button type="button" aria-label={`${words.remove} ${code}`} onClick={() => setOpen({ what: "remove", code })}>
                {words.remove}
              </button>
            </div>
          ),
        },
      ]
    : [];
  return (
    <>
      <Siblings of="places" />
      <Heading title={words.title}>
        {editor && (
          <button type="button" class="primary" onClick={() => setOpen({ what: "form" })}>
            <Icon name="plus" /> {words.add}
          </button>
        )}
      </Heading>
      <Shown resource={trucks}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty icon="truck" title={words.empty}>
              {words.emptyNext}
            </Empty>
          ) : (
            <Table
              label={words.title}
              rows={rows}
              id={(row) => row.id}
              columns={[
                { name: "code", title: words.code, cell: (row) => row.code },
                { name: "hub", title: words.hub, cell: (row) => row.home_hub },
                { name: "capacity", title: words.capacity, number: true, cell: (row) => weight(row.capacity_g) },
                { name: "crates", title: words.crates, number: true, cell: (row) => number(row.capacity_crates) },
                {
                  name: "range",
                  title: words.range,
                  cell: (row) => (row.min_temperature_c === null ? words.uncooled : `${temperature(row.min_temperature_c, 0)} – ${temperature(row.max_temperature_c, 0)}`),
                },
                { name: "shift", title: words.shift, cell: (row) => `${row.shift_starts}–${row.shift_ends}` },
                { name: "cost", title: words.cost, cell: (row) => words.costs(baht(row.fixed_cost_satang), baht(row.cost_per_km_satang), baht(row.cost_per_hour_satang)) },
                ...actions,
              ]}
            />
          )
        }
      </Shown>
      {open?.what === "form" && hubs.data && (
        <FormDialog
          title={open.of?.data.code ?? words.add}
          fields={[
            { name: "code", label: words.code },
            { name: "home_hub", label: words.hub, options: choices(hubs.data) },
            { name: "capacity_kg", label: words.capacityKg, kind: "decimal", pointer: "/capacity_g" },
            { name: "capacity_crates", label: words.crates, kind: "decimal" },
            { name: "min_temperature_c", label: words.minC, kind: "decimal", optional: true, hint: words.rangeHint },
            { name: "max_temperature_c", label: words.maxC, kind: "decimal", optional: true },
            { name: "shift_starts", label: words.starts },
            { name: "shift_ends", label: words.ends },
            { name: "fixed_baht", label: words.fixed, kind: "decimal", pointer: "/fixed_cost_satang" },
            { name: "km_baht", label: words.perKm, kind: "decimal", pointer: "/cost_per_km_satang" },
            { name: "hour_baht", label: words.perHour, kind: "decimal", pointer: "/cost_per_hour_satang" },
          ]}
          start={open.of ? typedOf(open.of.data) : { shift_starts: "05:00", shift_ends: "19:00" }}
          save={words.save}
          onClose={() => setOpen(undefined)}
          submit={async (typed) => {
            const body = sent(typed);
            await (open.of
              ? answer(api.PATCH("/v1/trucks/{truck}", { params: { path: { truck: open.of.data.code }, header: open.of.header }, body }))
              : answer(api.POST("/v1/trucks", { body })));
            toast(words.saved(body.code));
            void trucks.reload();
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
            await answer(api.DELETE("/v1/trucks/{truck}", { params: { path: { truck: open.code } } }));
            toast(words.removed(open.code));
            void trucks.reload();
          }}
        />
      )}
    </>
  );
}

function typedOf(truck: Truck): Entries {
  return {
    code: truck.code,
    home_hub: truck.home_hub,
    capacity_kg: entry(truck.capacity_g / 1000),
    capacity_crates: entry(truck.capacity_crates),
    min_temperature_c: entry(truck.min_temperature_c),
    max_temperature_c: entry(truck.max_temperature_c),
    shift_starts: truck.shift_starts,
    shift_ends: truck.shift_ends,
    fixed_baht: entry(truck.fixed_cost_satang / 100),
    km_baht: entry(truck.cost_per_km_satang / 100),
    hour_baht: entry(truck.cost_per_hour_satang / 100),
  };
}

function sent(typed: Entries) {
  const text = (name: string) => (typed[name] ?? "").trim();
  return {
    code: text("code"),
    home_hub: text("home_hub"),
    capacity_g: thousandths(text("capacity_kg")),
    capacity_crates: typedNumber(text("capacity_crates")),
    min_temperature_c: numberOrNull(typed["min_temperature_c"]),
    max_temperature_c: numberOrNull(typed["max_temperature_c"]),
    shift_starts: text("shift_starts"),
    shift_ends: text("shift_ends"),
    fixed_cost_satang: hundredths(text("fixed_baht")),
    cost_per_km_satang: hundredths(text("km_baht")),
    cost_per_hour_satang: hundredths(text("hour_baht")),
  };
}
