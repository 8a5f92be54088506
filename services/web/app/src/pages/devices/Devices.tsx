/** Which sensor speaks for what, when it was last heard, and the gateways that carry their readings. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api, everyRow } from "../../api/client";
import { FilterSearch } from "../../components/filters";
import { FormDialog } from "../../components/FormDialog";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { typedNumber } from "../../format/entry";
import { NOTHING, humidity, number, temperature } from "../../format/quantity";
import { toMs } from "../../format/time";
import { COORDINATORS, may } from "../../session/session";
import { address } from "../../shell/page";
import { now_ms } from "../../state/clock";
import { useFilters } from "../../state/filters";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { AddGateway } from "./AddGateway";
import { Attach, Detach } from "./Attach";
import { LoggerFile } from "./LoggerFile";
import { silenceOf } from "./silence";
import { TryMessage } from "./TryMessage";
import { deviceWords } from "./words";

export type Sensor = Schemas["SensorDocument"];
export type Assignment = Schemas["AssignmentDocument"];
type Open = { what: "gateway" | "sensor" | "decode" | "logger" } | { what: "attach" | "change"; sensor: Sensor } | { what: "detach"; assignment: Assignment };
const TONES = { heard: "v-on_track", late: "v-watch", silent: "v-at_risk", never: "v-unknown" } as const;
const ICONS = { heard: "on_track", late: "watch", silent: "at_risk", never: "unknown" } as const;

export default function Devices() {
  const words = deviceWords();
  const filters = useFilters(["q"] as const);
  const [open, setOpen] = useState<Open>();
  const page = (cursor: string | undefined) => ({ params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } } });
  const sensors = useResource("sensors", async () => {
    const [all, assigned] = await Promise.all([
      everyRow((cursor) => answer(api.GET("/v1/sensors", page(cursor)))),
      everyRow((cursor) => answer(api.GET("/v1/assignments", page(cursor)))),
    ]);
    return { all, assigned: assigned.filter((one) => one.to === null || toMs(one.to) > now_ms.peek()) };
  }, ["gateway"]);
  const gateways = useResource("gateways", () => everyRow((cursor) => answer(api.GET("/v1/gateways", page(cursor)))), ["gateway"]);
  const close = () => setOpen(undefined);
  const renew = () => {
    void sensors.reload();
    void gateways.reload();
  };
  const editor = may(COORDINATORS);
  const q = (filters.values.q ?? "").toLowerCase();
  const speaks = (one: Assignment) => `${words.subjects[one.subject_kind]} ${one.subject} · ${words.positions[one.position]}`;
  return (
    <>
      <Siblings of="devices" />
      <Heading title={words.title}>
        {editor && (
          <>
            <button type="button" class="primary" onClick={() => setOpen({ what: "gateway" })}>
              <Icon name="plus" /> {words.addGateway}
            </button>
            <button type="button" onClick={() => setOpen({ what: "sensor" })}>
              {words.addSensor}
            </button>
            <button type="button" onClick={() => setOpen({ what: "logger" })}>
              {words.logger}
            </button>
            <button type="button" onClick={() => setOpen({ what: "decode" })}>
              {words.tryDecode}
            </button>
          </>
        )}
        <a class="button" href={address("/devices/labels")}>
          <Icon name="print" /> {words.labels}
        </a>
      </Heading>
      <div class="filters">
        <FilterSearch filters={filters} name="q" label={words.search} />
      </div>
      <section class="card">
        <h2>{words.sensors}</h2>
        <Shown resource={sensors} rows={6}>
          {({ all, assigned }) => {
            const of = (sensor: Sensor) => assigned.filter((one) => one.sensor === sensor.name);
            const shown = all.filter((sensor) => [sensor.name, sensor.gateway, ...of(sensor).map(speaks)].join(" ").toLowerCase().includes(q));
            if (shown.length === 0) {
              return (
                <Empty icon="devices" title={all.length === 0 ? words.empty : words.noMatch}>
                  {all.length === 0 ? words.emptyNext : words.noMatchNext}
                </Empty>
              );
            }
            return (
              <Table
                label={words.sensors}
                rows={shown}
                id={(sensor) => sensor.name}
                columns={[
                  { name: "name", title: words.sensor, cell: (sensor) => sensor.name },
                  { name: "status", title: words.status, cell: (sensor) => <Heard of={sensor} /> },
                  {
                    name: "speaks",
                    title: words.speaks,
                    cell: (sensor) =>
                      of(sensor).length === 0
                        ? <small>{words.nobody}</small>
                        : of(sensor).map((one) => (
                            <div key={one.id}>
                              {speaks(one)}{" "}
                              {editor && (
                                <button type="button" class="plain link" aria-label={`${words.detach} ${sensor.name}`} onClick={() => setOpen({ what: "detach", assignment: one })}>
                                  {words.detach}
                                </button>
                              )}
                            </div>
                          )),
                  },
                  { name: "seen", title: words.seen, cell: (sensor) => <Moment at={sensor.latest?.at} away /> },
                  { name: "temperature", title: words.temperature, number: true, cell: (sensor) => temperature(sensor.latest?.temperature_c) },
                  { name: "humidity", title: words.humidity, number: true, cell: (sensor) => humidity(sensor.latest?.humidity_pct) },
                  { name: "battery", title: words.battery, number: true, cell: (sensor) => battery(sensor) },
                  { name: "via", title: words.via, cell: (sensor) => (sensor.gateway === null ? NOTHING : <a href={address("/devices/gateways/:name", { name: sensor.gateway })}>{sensor.gateway}</a>) },
                  {
                    name: "change",
                    title: words.change,
                    cell: (sensor) =>
                      editor && (
                        <div class="buttons">
                          <button type="button" aria-label={`${words.assign} ${sensor.name}`} onClick={() => setOpen({ what: "attach", sensor })}>
                            {words.assign}
                          </button>
                          <button type="button" aria-label={`${words.change} ${sensor.name}`} onClick={() => setOpen({ what: "change", sensor })}>
                            {words.change}
                          </button>
                        </div>
                      ),
                  },
                ]}
              />
            );
          }}
        </Shown>
      </section>
      <section class="card">
        <h2>{words.gateways}</h2>
        <Shown resource={gateways}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty icon="devices" title={words.noGateway}>
                {words.noGatewayNext}
              </Empty>
            ) : (
              <Table
                label={words.gateways}
                rows={rows}
                id={(row) => row.id}
                href={(row) => address("/devices/gateways/:name", { name: row.name })}
                columns={[
                  { name: "name", title: words.name, cell: (row) => row.name },
                  { name: "status", title: words.status, cell: (row) => words.statuses[row.revoked_at === null ? row.status : "revoked"] },
                  { name: "seen", title: words.seen, cell: (row) => <Moment at={row.last_seen_at} away /> },
                  { name: "added", title: words.added_at, cell: (row) => <Moment at={row.created_at} style="date" /> },
                ]}
              />
            )
          }
        </Shown>
      </section>
      {open?.what === "gateway" && <AddGateway done={renew} onClose={close} />}
      {open?.what === "decode" && <TryMessage onClose={close} />}
      {open?.what === "logger" && <LoggerFile gateways={gateways.data ?? []} done={renew} onClose={close} />}
      {open?.what === "attach" && <Attach sensor={open.sensor.name} done={renew} onClose={close} />}
      {open?.what === "detach" && <Detach of={open.assignment} done={renew} onClose={close} />}
      {(open?.what === "sensor" || open?.what === "change") && <SensorForm {...(open.what === "change" ? { of: open.sensor } : {})} done={renew} onClose={close} />}
    </>
  );
}

function Heard({ of }: { of: Sensor }) {
  const silence = silenceOf(of.latest === null ? null : toMs(of.latest.at), of.expected_interval_s, now_ms.value);
  return (
    <span class={`chip ${TONES[silence]}`}>
      <Icon name={ICONS[silence]} /> {deviceWords().silences[silence]}
    </span>
  );
}

function battery({ latest }: Sensor): string {
  if (latest?.battery_pct != null) return `${number(latest.battery_pct)} %`;
  return latest?.battery_mv == null ? NOTHING : `${number(latest.battery_mv / 1000, 2)} V`;
}

function SensorForm({ of, done, onClose }: { of?: Sensor; done: () => void; onClose: () => void }) {
  const words = deviceWords();
  return (
    <FormDialog
      title={of ? of.name : words.addSensor}
      fields={[
        ...(of ? [] : [{ name: "name", label: words.name }]),
        { name: "expected_interval_s", label: words.interval, kind: "decimal", hint: words.intervalHint },
      ]}
      start={{ expected_interval_s: String(of?.expected_interval_s ?? 300) }}
      save={words.save}
      onClose={onClose}
      submit={async (typed) => {
        const expected_interval_s = typedNumber(typed["expected_interval_s"] ?? "");
        const name = of?.name ?? (typed["name"] ?? "").trim();
        await (of
          ? answer(api.PATCH("/v1/sensors/{sensor}", { params: { path: { sensor: name } }, body: { expected_interval_s } }))
          : answer(api.POST("/v1/sensors", { body: { name, expected_interval_s } })));
        toast(words.saved(name));
        done();
      }}
    />
  );
}
