/** Who is told about alarms, tried out, with the log of what was sent. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { Dialog } from "../../components/Dialog";
import { FormDialog } from "../../components/FormDialog";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Table } from "../../components/Table";
import { numberOrNull, textOrNull } from "../../format/entry";
import { number } from "../../format/quantity";
import { LANGUAGES, LANGUAGE_NAMES, language } from "../../i18n/language";
import { COORDINATORS, may } from "../../session/session";
import { act } from "../../state/act";
import { useResource } from "../../state/resource";
import { toast, toastFailure } from "../../state/toasts";
import { settingWords } from "./words";

type Channel = Schemas["ChannelDocument"];
type Open = { what: "add" } | { what: "log"; channel: Channel } | { what: "secret"; name: string; secret: string };
const SEVERITIES = ["warning", "critical", "info"] as const;

export function Channels() {
  const words = settingWords();
  const list = useResource("channels", () => answer(api.GET("/v1/channels")));
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const editor = may(COORDINATORS);

  const enable = async (channel: Channel, enabled: boolean): Promise<void> => {
    const { id, kind: _kind, address: _address, ...kept } = channel;
    await answer(api.PUT("/v1/channels/{channel_id}", { params: { path: { channel_id: id } }, body: { ...kept, enabled } }));
    await list.reload();
  };
  const tryOut = async (channel: Channel): Promise<void> => {
    try {
      const tried = await answer(api.POST("/v1/channels/{channel_id}/trial", { params: { path: { channel_id: channel.id } } }));
      if (tried.arrived) toast(words.arrived(channel.name));
      else toastFailure(words.notArrived(tried.answer));
    } catch (error) {
      toastFailure(asProblem(error).message);
    }
  };
  return (
    <section class="card">
      <div class="card-head">
        <h2>{words.channels}</h2>
        {editor && (
          <button type="button" onClick={() => setOpen({ what: "add" })}>
            {words.addChannel}
          </button>
        )}
      </div>
      <Shown resource={list}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty icon="alarms" title={words.noChannels}>
              {words.noChannelsNext}
            </Empty>
          ) : (
            <Table
              label={words.channels}
              rows={rows}
              id={(row) => row.id}
              columns={[
                { name: "name", title: words.name, cell: (row) => row.name },
                { name: "kind", title: words.kind, cell: (row) => words.kinds[row.kind] },
                { name: "address", title: words.address, cell: (row) => <code>{row.address}</code> },
                { name: "severity", title: words.severity, cell: (row) => words.severities[row.min_severity] },
                { name: "state", title: words.state, cell: (row) => (row.enabled ? words.enabled : words.disabled) },
                {
                  name: "log",
                  title: words.log,
                  cell: (row) => (
                    <div class="buttons">
                      <button type="button" onClick={() => setOpen({ what: "log", channel: row })}>
                        {words.log}
                      </button>
                      {editor && (
                        <>
                          <button type="button" onClick={() => void tryOut(row)}>
                            {words.trial}
                          </button>
                          <button
                            type="button"
                            onClick={() =>
                              void act(() => enable(row, !row.enabled), row.enabled ? words.stopped(row.name) : words.resumed(row.name), () => enable(row, row.enabled))
                            }
                          >
                            {row.enabled ? words.stop : words.resume}
                          </button>
                        </>
                      )}
                    </div>
                  ),
                },
              ]}
            />
          )
        }
      </Shown>
      {open?.what === "add" && (
        <FormDialog
          title={words.addChannel}
          fields={[
            { name: "name", label: words.name },
            { name: "kind", label: words.kind, options: (["service", "webhook"] as const).map((one) => [one, words.kinds[one]]) },
            { name: "address", label: words.address, hint: words.addressHint },
            { name: "min_severity", label: words.severity, options: SEVERITIES.map((one) => [one, words.severities[one]]) },
            { name: "escalates_min", label: words.escalates, kind: "decimal", hint: words.escalatesHint, pointer: "/escalates_after_s" },
            { name: "quiet_from", label: words.quietFrom, kind: "time", optional: true },
            { name: "quiet_until", label: words.quietUntil, kind: "time", optional: true },
            { name: "language", label: words.language, options: LANGUAGES.map((one) => [one, LANGUAGE_NAMES[one]]) },
          ]}
          start={{ escalates_min: "0", language: language.value }}
          save={words.save}
          onClose={close}
          onDone={() => undefined}
          submit={async (typed) => {
            const made = await answer(
              api.POST("/v1/channels", {
                body: {
                  name: (typed["name"] ?? "").trim(),
                  kind: typed["kind"] === "webhook" ? "webhook" : "service",
                  address: (typed["address"] ?? "").trim(),
                  min_severity: SEVERITIES.find((one) => one === typed["min_severity"]) ?? "warning",
                  escalates_after_s: Math.round((numberOrNull(typed["escalates_min"]) ?? 0) * 60),
                  quiet_from: textOrNull(typed["quiet_from"]),
                  quiet_until: textOrNull(typed["quiet_until"]),
                  language: LANGUAGES.find((one) => one === typed["language"]) ?? "en",
                  alarm_kinds: [],
                  enabled: true,
                },
              }),
            );
            toast(words.saved(made.channel.name));
            void list.reload();
            setOpen(made.secret === null ? undefined : { what: "secret", name: made.channel.name, secret: made.secret });
          }}
        />
      )}
      {open?.what === "secret" && (
        <Dialog title={words.signing(open.name)} onClose={close}>
          <p class="lead">{words.once}</p>
          <p>
            <code>{open.secret}</code>
          </p>
          <button type="button" class="primary" onClick={close}>
            {words.done}
          </button>
        </Dialog>
      )}
      {open?.what === "log" && <Log of={open.channel} onClose={close} />}
    </section>
  );
}

function Log({ of, onClose }: { of: Channel; onClose: () => void }) {
  const words = settingWords();
  const found = useResource(`deliveries ${of.id}`, () =>
    answer(api.GET("/v1/channels/{channel_id}/deliveries", { params: { path: { channel_id: of.id }, query: { limit: 50 } } })),
  );
  const again = (id: number) =>
    void act(() => answer(api.POST("/v1/deliveries/{delivery_id}/replay", { params: { path: { delivery_id: id } } })), words.replayed).then(() => found.reload());
  return (
    <Dialog title={words.logTitle(of.name)} onClose={onClose}>
      <Shown resource={found}>
        {({ items }) =>
          items.length === 0 ? (
            <p>{words.nothingSent}</p>
          ) : (
            <Table
              label={words.logTitle(of.name)}
              rows={items}
              id={(row) => String(row.id)}
              columns={[
                { name: "when", title: words.when, cell: (row) => <Moment at={row.created_at} /> },
                { name: "state", title: words.state, cell: (row) => words.deliveryStates[row.state] },
                { name: "attempts", title: words.attempts, number: true, cell: (row) => number(row.attempts) },
                { name: "answer", title: words.answer, cell: (row) => row.answer ?? "–" },
                {
                  name: "again",
                  title: words.replay,
                  cell: (row) =>
                    may(COORDINATORS) && row.state !== "waiting" && (
                      <button type="button" onClick={() => again(row.id)}>
                        {words.replay}
                      </button>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
    </Dialog>
  );
}
