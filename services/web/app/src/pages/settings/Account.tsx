/** The own password and second factor. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { Dialog } from "../../components/Dialog";
import { FormDialog } from "../../components/FormDialog";
import { resume, session } from "../../session/session";
import { toast } from "../../state/toasts";
import { settingWords } from "./words";

type Open = { what: "password" | "begin" | "remove" } | { what: "scan"; enrolment: Schemas["TotpEnrolment"] } | { what: "codes"; codes: readonly string[] };

export function Account() {
  const words = settingWords();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const stay = () => undefined;
  return (
    <section class="card">
      <h2>{words.account}</h2>
      <p>
        {session.value?.user.name} · {session.value?.user.email}
      </p>
      <div class="buttons">
        <button type="button" onClick={() => setOpen({ what: "password" })}>
          {words.changePassword}
        </button>
        <button type="button" onClick={() => setOpen({ what: "begin" })}>
          {words.totpBegin}
        </button>
        <button type="button" onClick={() => setOpen({ what: "remove" })}>
          {words.totpRemove}
        </button>
      </div>
      {open?.what === "password" && (
        <FormDialog
          title={words.changePassword}
          intro={words.passwordIntro}
          fields={[
            { name: "current", label: words.current, kind: "password" },
            { name: "new", label: words.next, kind: "password" },
          ]}
          save={words.save}
          onClose={close}
          submit={async (typed) => {
            await answer(api.POST("/v1/account/password", { body: { current: typed["current"] ?? "", new: typed["new"] ?? "" } }));
            toast(words.passwordChanged);
            await resume();
          }}
        />
      )}
      {open?.what === "begin" && (
        <FormDialog
          title={words.totp}
          intro={words.totpIntro}
          fields={[{ name: "password", label: words.password, kind: "password" }]}
          save={words.confirm}
          onClose={close}
          onDone={stay}
          submit={async (typed) =>
            setOpen({ what: "scan", enrolment: await answer(api.POST("/v1/account/totp", { body: { password: typed["password"] ?? "" } })) })
          }
        />
      )}
      {open?.what === "scan" && (
        <FormDialog
          key="scan"
          title={words.totp}
          intro={
            <>
              <p>{words.totpScan}</p>
              <img src={open.enrolment.qr_code} alt={words.totpQr} width="200" height="200" />
              <p>
                {words.secret}: <code>{open.enrolment.secret}</code>
              </p>
            </>
          }
          fields={[{ name: "code", label: words.code }]}
          save={words.confirm}
          onClose={close}
          onDone={stay}
          submit={async (typed) => {
            const found = await answer(api.POST("/v1/account/totp/confirm", { body: { code: (typed["code"] ?? "").trim() } }));
            toast(words.totpOn);
            setOpen({ what: "codes", codes: found.recovery_codes });
          }}
        />
      )}
      {open?.what === "codes" && (
        <Dialog title={words.totpOn} onClose={close}>
          <p>{words.recovery}</p>
          <ul>
            {open.codes.map((code) => (
              <li key={code}>
                <code>{code}</code>
              </li>
            ))}
          </ul>
          <button type="button" class="primary" onClick={close}>
            {words.done}
          </button>
        </Dialog>
      )}
      {open?.what === "remove" && (
        <FormDialog
          title={words.totpRemove}
          fields={[{ name: "password", label: words.password, kind: "password" }]}
          save={words.totpRemove}
          onClose={close}
          submit={async (typed) => {
            await answer(api.POST("/v1/account/totp/remove", { body: { password: typed["password"] ?? "" } }));
            toast(words.totpOff);
          }}
        />
      )}
    </section>
  );
}
