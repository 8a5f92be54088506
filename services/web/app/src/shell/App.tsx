/** The frame around every page, or the sign-in where nobody is signed in. */

import { useSignalEffect } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { LocationProvider } from "preact-iso";

import { signedOut } from "../api/client";
import { connect, disconnect } from "../api/stream";
import { ProblemNote } from "../components/notes";
import { Toasts } from "../components/Toasts";
import { resume, session } from "../session/session";
import { remembered } from "../state/remembered";
import { Help } from "./Help";
import { useKeys } from "./keys";
import { OfflineBanner } from "./Offline";
import { Pages } from "./Pages";
import { startProblem } from "./start";
import { Topbar } from "./Topbar";
import { Tour, TOURED } from "./Tour";
import { shellWords } from "./words";

export function App() {
  useSignalEffect(() => {
    if (signedOut.value) session.value = null;
  });
  if (startProblem.value) {
    const again = () => {
      startProblem.value = null;
      void resume().catch(() => location.reload());
    };
    return (
      <main class="narrow">
        <ProblemNote problem={startProblem.value} again={again} />
      </main>
    );
  }
  if (session.value === undefined) return null;
  return <LocationProvider scope="/app">{session.value === null ? <SignInLater /> : <Frame />}</LocationProvider>;
}

function Frame() {
  const words = shellWords();
  const [open, setOpen] = useState<"help" | "tour" | null>(() => (remembered(TOURED) === null ? "tour" : null));
  useKeys(() => setOpen("help"));
  useEffect(() => {
    connect();
    return disconnect;
  }, []);
  return (
    <>
      <a class="skip" href="#main">
        {words.skip}
      </a>
      <Topbar onHelp={() => setOpen("help")} />
      <OfflineBanner />
      <main id="main" tabIndex={-1}>
        <Pages />
      </main>
      <Toasts />
      {open === "help" && <Help onClose={() => setOpen(null)} onTour={() => setOpen("tour")} />}
      {open === "tour" && <Tour onClose={() => setOpen(null)} />}
    </>
  );
}

/** Whoever is signed in never fetches the sign-in page. */
function SignInLater() {
  const [Page, setPage] = useState<ComponentType | null>(null);
  useEffect(() => {
    void import("../pages/sign-in/SignIn").then(async ({ SignIn, signInWords }) => {
      await signInWords.load();
      setPage(() => SignIn);
    });
  }, []);
  return Page && <Page />;
}
