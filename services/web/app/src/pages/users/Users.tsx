/** The people of the group: invited by a link, with a role and what they see. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api, everyRow } from "../../api/client";
import { Dialog } from "../../components/Dialog";
import { FormDialog, type FormField } from "../../components/FormDialog";
import { Heading } from "../../components/Heading";
import { Icon } from "../../components/Icon";
import { Moment } from "../../components/Moment";
import { Shown } from "../../components/Shown";
import { Siblings } from "../../components/Siblings";
import { Table } from "../../components/Table";
import { type Entries, listOrNull, textOrNull } from "../../format/entry";
import { LANGUAGES, LANGUAGE_NAMES } from "../../i18n/language";
import { shellWords } from "../../shell/words";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { userWords } from "./words";

type User = Schemas["UserDocument"];
type Open = { what: "add" } | { what: "change" | "reset" | "disable"; user: User } | { what: "link"; name: string; url: string };
const ROLES = ["coordinator", "exporter", "driver", "grower", "auditor", "admin"] as const;

export default function Users() {
  const words = userWords();
  const roles = shellWords().roles;
  const list = useResource("users", () => everyRow((cursor) => answer(api.GET("/v1/users", { params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } } }))));
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const stay = () => undefined;
  const common: FormField[] = [
    { name: "name", label: words.name },
    { name: "role", label: words.role, options: ROLES.map((one) => [one, roles[one]]) },
    { name: "locale", label: words.locale, options: LANGUAGES.map((one) => [one, LANGUAGE_NAMES[one]]) },
    { name: "exporter", label: words.exporter, optional: true, pointer: "/scope/exporter" },
    { name: "trucks", label: words.trucks, hint: words.commas, optional: true, pointer: "/scope/trucks" },
    { name: "villages", label: words.villages, hint: words.commas, optional: true, pointer: "/scope/villages" },
  ];
  const path = (user: User) => ({ params: { path: { user_id: user.id } } });
  return (
    <>
      <Siblings of="settings" />
      <Heading title={words.title}>
        <button type="button" class="primary" onClick={() => setOpen({ what: "add" })}>
          <Icon name="plus" /> {words.invite}
        </button>
      </Heading>
      <Shown resource={list} rows={5}>
        {(rows) => (
          <Table
            label={words.title}
            rows={rows}
            id={(row) => row.id}
            columns={[
              { name: "name", title: words.name, cell: (row) => row.name },
              { name: "email", title: words.email, cell: (row) => row.email },
              { name: "role", title: words.role, cell: (row) => roles[row.role] },
              { name: "scope", title: words.scope, cell: (row) => Object.values(row.scope).filter(Boolean).flat().join(", ") || words.all },
              { name: "factor", title: words.factor, cell: (row) => (row.second_factor ? words.yes : words.no) },
              { name: "last", title: words.last, cell: (row) => <Moment at={row.last_sign_in_at} /> },
              { name: "state", title: words.state, cell: (row) => (row.disabled ? words.disabled : words.active) },
              {
                name: "change",
                title: words.change,
                cell: (user) => (
                  <div class="buttons">
                    {(["change", "reset", "disable"] as const)
                      .filter((what) => what !== "disable" || !user.disabled)
                      .map((what) => (
                        <button key={what} type="button" aria-label={`${words[what]} ${user.name}`} onClick={() => setOpen({ what, user })}>
                          {words[what]}
                        </button>
                      ))}
                  </div>
                ),
              },
            ]}
          />
        )}
      </Shown>
      {open?.what === "add" && (
        <FormDialog
          title={words.invite}
          fields={[{ name: "email", label: words.email, kind: "email" }, ...common]}
          save={words.invite}
          onClose={close}
          onDone={stay}
          submit={async (typed) => {
            const made = await answer(api.POST("/v1/users", { body: { email: (typed["email"] ?? "").trim(), ...sent(typed) } }));
            setOpen({ what: "link", name: made.name, url: made.set_password_url });
            void list.reload();
          }}
        />
      )}
      {open?.what === "change" && (
        <FormDialog
          title={open.user.name}
          fields={common}
          start={typedOf(open.user)}
          save={words.save}
          onClose={close}
          submit={async (typed) => {
            await answer(api.PATCH("/v1/users/{user_id}", { ...path(open.user), body: sent(typed) }));
            toast(words.saved(typed["name"] ?? ""));
            void list.reload();
          }}
        />
      )}
      {open?.what === "reset" && (
        <FormDialog
          title={words.resetTitle(open.user.name)}
          intro={words.resetIntro}
          fields={[]}
          save={words.reset}
          onClose={close}
          onDone={stay}
          submit={async () => {
            const link = await answer(api.POST("/v1/users/{user_id}/reset", path(open.user)));
            setOpen({ what: "link", name: open.user.name, url: link.set_password_url });
            void list.reload();
          }}
        />
      )}
      {open?.what === "disable" && (
        <FormDialog
          title={words.disableTitle(open.user.name)}
          intro={words.disableIntro}
          fields={[]}
          save={words.disable}
          onClose={close}
          submit={async () => {
            await answer(api.POST("/v1/users/{user_id}/disable", path(open.user)));
            toast(words.done(open.user.name));
            void list.reload();
          }}
        />
      )}
      {open?.what === "link" && (
        <Dialog title={words.linkTitle(open.name)} onClose={close}>
          <p>{words.linkIntro}</p>
          <p>
            <code>{open.url}</code>
          </p>
          <button type="button" class="primary" onClick={close}>
            {words.close}
          </button>
        </Dialog>
      )}
    </>
  );
}

function typedOf(user: User): Entries {
  const scope = user.scope as Schemas["ScopeText"];
  return {
    name: user.name,
    role: user.role,
    locale: user.locale,
    exporter: scope.exporter ?? "",
    trucks: (scope.trucks ?? []).join(", "),
    villages: (scope.villages ?? []).join(", "),
  };
}

function sent(typed: Entries) {
  return {
    name: (typed["name"] ?? "").trim(),
    role: ROLES.find((one) => one === typed["role"]) ?? "auditor",
    locale: LANGUAGES.find((one) => one === typed["locale"]) ?? "en",
    scope: { exporter: textOrNull(typed["exporter"]), trucks: listOrNull(typed["trucks"]), villages: listOrNull(typed["villages"]) },
  };
}
