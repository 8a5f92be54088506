/** Tenant, e-mail, password, and a code where the account has an authenticator; or the ticket of an entry link. */

import { useEffect, useState } from "preact/hooks";

import { Problem, asProblem } from "../../api/problem";
import { Choice } from "../../components/Choice";
import { Field } from "../../components/Field";
import { ProblemNote } from "../../components/notes";
import { LANGUAGES, LANGUAGE_NAMES, language, speak } from "../../i18n/language";
import { enter, signIn } from "../../session/session";
import { shellWords } from "../../shell/words";
import { remember, remembered } from "../../state/remembered";
import { BASE } from "../../shell/page";
import { signInWords } from "./words";

export { signInWords };

const SECOND_FACTOR = /totp|second_factor|code/;

export function SignIn() {
  const words = signInWords();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [codeWanted, setCodeWanted] = useState(false);

  useEffect(() => {
    document.title = `${words.title} · ${shellWords().product}`;
    const ticket = new URLSearchParams(location.search).get("t");
    if (ticket === null) return;
    // a ticket is worth nothing twice: it leaves the address before it is used
    history.replaceState(null, "", `${BASE}/`);
    setBusy(true);
    enter(ticket)
      .catch((error: unknown) => setProblem(asProblem(error)))
      .finally(() => setBusy(false));
  }, []);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const totp = text("totp");
    setBusy(true);
    setProblem(undefined);
    try {
      remember("tenant", text("tenant"));
      await signIn({
        tenant: text("tenant"),
        email: text("email"),
        password: String(form.get("password") ?? ""),
        ...(totp ? { totp } : {}),
      });
    } catch (error) {
      const refused = asProblem(error);
      if (SECOND_FACTOR.test(refused.code)) setCodeWanted(true);
      setProblem(refused);
    } finally {
      setBusy(false);
    }
  }

  return (
    <main class="narrow" id="main">
      <img src={`${BASE}/mark.svg`} width="56" height="56" alt="" />
      <h1>{words.title}</h1>
      <p class="hint">{words.about}</p>
      {problem && <ProblemNote problem={problem} />}
      <form onSubmit={(event) => void submit(event)}>
        <Field label={words.tenant} hint={words.tenantHint} fault={problem?.faultOf("/tenant")}>
          {(control) => (
            <input {...control} name="tenant" required autoComplete="organization" autoCapitalize="none" defaultValue={remembered("tenant") ?? ""} />
          )}
        </Field>
        <Field label={words.email} fault={problem?.faultOf("/email")}>
          {(control) => <input {...control} name="email" type="email" required autoComplete="username" />}
        </Field>
        <Field label={words.password} fault={problem?.faultOf("/password")}>
          {(control) => <input {...control} name="password" type="password" required autoComplete="current-password" />}
        </Field>
        {codeWanted ? (
          <Field label={words.code} hint={words.codeHint} fault={problem?.faultOf("/totp")}>
            {(control) => <input {...control} name="totp" autoComplete="one-time-code" maxLength={40} autoFocus />}
          </Field>
        ) : (
          <button type="button" class="plain link" onClick={() => setCodeWanted(true)}>
            {words.haveCode}
          </button>
        )}
        <p>
          <button type="submit" class="primary wide" disabled={busy}>
            {busy ? words.busy : words.submit}
          </button>
        </p>
      </form>
      <p class="hint">{words.forgotten}</p>
      <Choice
        label={shellWords().language}
        options={LANGUAGES.map((one) => [one, LANGUAGE_NAMES[one]])}
        value={language.value}
        choose={(wanted) => void speak(wanted as (typeof LANGUAGES)[number])}
      />
    </main>
  );
}
