/** Messages that could not be taken: the reason, and the way to take them again or to close them. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { Choice } from "../../components/Choice";
import { Dialog } from "../../components/Dialog";
import { FormDialog } from "../../components/FormDialog";
import { Heading } from "../../components/Heading";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { number } from "../../format/quantity";
import { shellWords } from "../../shell/words";
import { useFilters } from "../../state/filters";
import { useList } from "../../state/list";
import { toast } from "../../state/toasts";
import { letterWords } from "./words";

type Letter = Schemas["DeadLetterDocument"];
const STATES = ["open", "replayed", "discarded", "any"] as const;

export default function DeadLetters() {
  const words = letterWords();
  const filters = useFilters(["state"] as const);
  const state = STATES.find((one) => one === filters.values.state) ?? "open";
  const [open, setOpen] = useState<{ letter: Letter; what: "show" | "replay" | "discard" }>();
  const list = useList(
    `letters ${state}`,
    (cursor) => answer(api.GET("/v1/dead-letters", { params: { query: { state, ...(cursor ? { cursor } : {}) } } })),
    ["gateway"],
  );
  const path = { path: { letter_id: open?.letter.id ?? 0 } };
  return (
    <>
      <Siblings of="devices" />
      <Heading title={words.title} />
      <p>{words.lead}</p>
      <Choice label={words.state} options={STATES.map((one) => [one, words.states[one]])} value={state} choose={(one) => filters.set("state", one === "open" ? undefined : one)} />
      <Shown resource={list}>
        {({ rows, more }) => (
          <>
            {rows.length === 0 ? (
              <Empty icon="check" title={words.empty}>
                {words.emptyNext}
              </Empty>
            ) : (
              <Table
                label={words.title}
                rows={rows}
                id={(row) => String(row.id)}
                columns={[
                  { name: "topic", title: words.topic, cell: (row) => <code>{row.topic}</code> },
                  { name: "reason", title: words.reason, cell: (row) => <code>{row.reason}</code> },
                  { name: "detail", title: words.detail, cell: (row) => (row.resolved_by === null ? row.detail : `${row.detail} · ${words.by(row.resolved_by, row.resolved_why ?? "")}`) },
                  { name: "seen", title: words.seen, number: true, cell: (row) => `× ${number(row.seen)}` },
                  { name: "came", title: words.came, cell: (row) => <Moment at={row.last_received_at} /> },
                  { name: "state", title: words.state, cell: (row) => words.states[row.state] },
                  {
                    name: "payload",
                    title: words.payload,
                    cell: (letter) => (
                      <div class="buttons">
                        <button type="button" onClick={() => setOpen({ letter, what: "show" })}>
                          {words.show}
                        </button>
                        {letter.state === "open" && (
                          <>
                            <button type="button" onClick={() => setOpen({ letter, what: "replay" })}>
                              {words.replay}
                            </button>
                            <button type="button" onClick={() => setOpen({ letter, what: "discard" })}>
                              {words.discard}
                            </button>
                          </>
                        )}
                      </div>
                    ),
                  },
                ]}
              />
            )}
            {more && (
              <button type="button" onClick={list.extend}>
                {shellWords().more}
              </button>
            )}
          </>
        )}
      </Shown>
      {open?.what === "show" && (
        <Dialog title={words.payload} onClose={() => setOpen(undefined)}>
          <p>{open.letter.detail}</p>
          <pre class="payload" tabIndex={0}>
            {readable(open.letter.payload_base64)}
          </pre>
        </Dialog>
      )}
      {open?.what === "replay" && (
        <FormDialog
          title={words.replayTitle}
          intro={open.letter.detail}
          fields={[{ name: "why", label: words.why }]}
          save={words.replay}
          onClose={() => setOpen(undefined)}
          submit={async (typed) => {
            const done = await answer(api.POST("/v1/dead-letters/{letter_id}/replay", { params: path, body: { why: typed["why"] ?? "" } }));
            toast(words.replayed(number(done.stored)));
            void list.reload();
          }}
        />
      )}
      {open?.what === "discard" && (
        <FormDialog
          title={words.discardTitle}
          intro={words.discardIntro}
          fields={[{ name: "why", label: words.why }]}
          save={words.discard}
          onClose={() => setOpen(undefined)}
          submit={async (typed) => {
            await answer(api.POST("/v1/dead-letters/{letter_id}/discard", { params: path, body: { why: typed["why"] ?? "" } }));
            toast(words.discarded);
            void list.reload();
          }}
        />
      )}
    </>
  );
}

/** Text where it is text, else pairs of hex digits. */
function readable(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  }
}
