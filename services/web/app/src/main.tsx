/** Starts the app: words, session, clock and the page asked for come at the same time. */

import "virtual:fonts/latin.css";
import "virtual:fonts/thai.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/print.css";

import { render } from "preact";

import { App } from "./shell/App";
import { language, speak } from "./i18n/language";
import { resume } from "./session/session";
import { shellWords } from "./shell/words";
import { startTicking } from "./state/clock";
import { applyTheme, theme } from "./state/theme";
import { startAtAddress } from "./shell/Pages";
import { asProblem } from "./api/problem";
import { startProblem } from "./shell/start";

async function start(): Promise<void> {
  applyTheme(theme.value);
  void startAtAddress();
  const asked = resume().catch((error: unknown) => {
    startProblem.value = asProblem(error);
  });
  await shellWords.load();
  await Promise.all([speak(language.value), asked]);
  startTicking();
  const root = document.getElementById("app");
  if (root !== null) render(<App />, root);
  // names of places and languages come in Chinese in every language; their faces can wait
  requestIdleCallback(() => void import("virtual:fonts/chinese.css"));
}

void start();
