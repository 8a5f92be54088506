/** Brand, navigation by role, the state of the connection, the time, and who is signed in. */

import { useLocation } from "preact-iso";

import { toastFailure } from "../state/toasts";
import { asProblem } from "../api/problem";
import { connection } from "../api/stream";
import { Choice } from "../components/Choice";
import { Icon } from "../components/Icon";
import { ZONE_NAME, written } from "../format/time";
import { LANGUAGES, LANGUAGE_NAMES, type Language, language, speak } from "../i18n/language";
import { PAGES } from "../routes";
import { may, session, signOut } from "../session/session";
import { now_ms, simulatedSpeed } from "../state/clock";
import { THEMES, type Theme, applyTheme, theme } from "../state/theme";
import { BASE } from "./page";
import { pageAt } from "./Pages";
import { shellWords } from "./words";

export function Topbar({ onHelp }: { onHelp: () => void }) {
  const words = shellWords();
  return (
    <header class="top">
      <a class="brand" href={`${BASE}/`}>
        <img src={`${BASE}/mark.svg`} width="28" height="28" alt="" />
        <span>{session.value?.tenant.name ?? words.product}</span>
      </a>
      <Navigation />
      <div class="state">
        <Clock />
        <Connection />
        <details class="menu">
          <summary aria-label={words.menu}>
            <span class="who">{(session.value?.user?.name ?? "·").slice(0, 1)}</span>
          </summary>
          <div class="menu-body">
            <p>
              <strong>{session.value?.user?.name}</strong>
              <br />
              {session.value && words.roles[session.value.role]}
            </p>
            <Choice
              label={words.language}
              options={LANGUAGES.map((one) => [one, LANGUAGE_NAMES[one]])}
              value={language.value}
              choose={(wanted) => void speak(wanted as Language)}
            />
            <Choice
              label={words.theme}
              options={THEMES.map((one) => [one, words.themes[one]])}
              value={theme.value}
              choose={(wanted) => applyTheme(wanted as Theme)}
            />
            <button type="button" onClick={onHelp}>
              <Icon name="help" /> {words.help.open}
            </button>
            <button type="button" onClick={() => void signOut().catch((error: unknown) => toastFailure(asProblem(error).message))}>
              {words.signOut}
            </button>
          </div>
        </details>
      </div>
    </header>
  );
}

function Navigation() {
  const { path } = useLocation();
  const words = shellWords();
  const { name: found, parent } = pageAt(path)?.page ?? {};
  return (
    <nav aria-label={words.navigation}>
      <ul>
        {PAGES.filter((page) => page.icon !== undefined && may(page.roles)).map((page) => {
          const href = BASE + page.path;
          const here = page.name === found || page.name === parent;
          return (
            <li key={page.name}>
              <a href={href} aria-current={here ? "page" : undefined}>
                {page.icon && <Icon name={page.icon} />}
                <span>{words.pages[page.name]}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function Clock() {
  const words = shellWords();
  return (
    <span class="clock" title={words.zone(ZONE_NAME)}>
      {written(now_ms.value)} <span class="zone">{ZONE_NAME}</span>
      {simulatedSpeed.value !== null && <span class="chip v-watch">{words.simulated(String(simulatedSpeed.value))}</span>}
    </span>
  );
}

function Connection() {
  const state = connection.value;
  const words = shellWords().connection;
  return (
    <span class={`connection ${state}`} role="status" title={words[state]}>
      <Icon name={state === "lost" ? "offline" : "live"} />
      <span class="connection-word">{words[state]}</span>
    </span>
  );
}
