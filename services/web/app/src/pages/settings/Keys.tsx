/** Keys with which programs sign in: shown once, revoked at once. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api, everyRow } from "../../api/client";
import { Dialog } from "../../components/Dialog";
import { FormDialog } from "../../components/FormDialog";
import { Moment } from "../../components/Moment";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Table } from "../../components/Table";
import { textOrNull } from "../../format/entry";
import { fromLocalInput } from "../../format/time";
import { shellWords } from "../../shell/words";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { settingWords } from "./words";

type Key = Schemas["KeyDocument"];
type Open = { what: "add" } | { what: "revoke"; key: Key } | { what: "issued"; key: Schemas["IssuedKeyDocument"] };
const ROLES = ["coordinator", "auditor", "admin"] as const;

export function Keys() {
  const words = settingWords();
  const roles = shellWords().roles;
  const list = useResource("keys", () => everyRow((cursor) => answer(api.GET("/v1/keys", { params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } } }))));
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  return (
    <section class="card">
      <div class="card-head">
        <h2>{words.keys}</h2>
        <button type="button" onClick={() => setOpen({ what: "add" })}>
          {words.addKey}
        </button>
      </div>
      <Shown resource={list}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty icon="settings" title={words.noKeys}>
              {words.noKeysNext}
            </Empty>
          ) : (
            <Table
              label={words.keys}
              rows={rows}
              id={(row) => row.id}
              columns={[
                { name: "name", title: words.name, cell: (row) => row.name },
                { name: "role", title: words.role, cell: (row) => roles[row.role] },
                { name: "state", title: words.state, cell: (row) => words.keyStates[row.state] },
                { name: "expires", title: words.expires, cell: (row) => <Moment at={row.expires_at} style="date" /> },
                { name: "used", title: words.used, cell: (row) => <Moment at={row.last_used_at} /> },
                {
                  name: "revoke",
                  title: words.revoke,
                  cell: (key) =>
                    key.state === "in force" && (
                      <button type="button" onClick={() => setOpen({ what: "revoke", key })}>
                        {words.revoke}
                      </button>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
      {open?.what === "add" && (
        <FormDialog
          title={words.addKey}
          fields={[
            { name: "name", label: words.name },
            { name: "role", label: words.role, options: ROLES.map((one) => [one, roles[one]]) },
            { name: "expires_at", label: words.expires, kind: "date", optional: true },
          ]}
          save={words.addKey}
          onClose={close}
          onDone={() => undefined}
          submit={async (typed) => {
            const until = textOrNull(typed["expires_at"]);
            const key = await answer(
              api.POST("/v1/keys", {
                body: {
                  name: (typed["name"] ?? "").trim(),
                  role: ROLES.find((one) => one === typed["role"]) ?? "auditor",
                  expires_at: until === null ? null : new Date(fromLocalInput(`${until}T23:59`)).toISOString(),
                  whole_tenant: true,
                },
              }),
            );
            setOpen({ what: "issued", key });
            void list.reload();
          }}
        />
      )}
      {open?.what === "issued" && (
        <Dialog title={words.issued(open.key.name)} onClose={close}>
          <p class="lead">{words.once}</p>
          <p>
            <code>{open.key.key}</code>
          </p>
          <button type="button" class="primary" onClick={close}>
            {words.done}
          </button>
        </Dialog>
      )}
      {open?.what === "revoke" && (
        <FormDialog
          title={words.revokeTitle(open.key.name)}
          intro={words.revokeIntro}
          fields={[]}
          save={words.revoke}
          onClose={close}
          submit={async () => {
            await answer(api.POST("/v1/keys/{key_id}/revoke", { params: { path: { key_id: open.key.id } } }));
            toast(words.revoked(open.key.name));
            void list.reload();
          }}
        />
      )}
    </section>
  );
}
