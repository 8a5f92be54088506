/** The QR code of the public trace page, to be printed for pallets; made and taken back here. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Dialog } from "../../components/Dialog";
import { Icon } from "../../components/Icon";
import { ProblemNote } from "../../components/notes";
import { number } from "../../format/quantity";
import { RESPONDERS, may } from "../../session/session";
import { toast, toastFailure } from "../../state/toasts";
import { wayWords } from "./words";

type Link = Schemas["TraceLinkDocument"];

export function TraceCode({ shipment }: { shipment: string }) {
  const words = wayWords();
  const [link, setLink] = useState<Link>();
  const [problem, setProblem] = useState<Problem>();
  const [asking, setAsking] = useState(false);
  if (!may(RESPONDERS)) return null;
  const path = { params: { path: { shipment } } };

  async function attempt(work: () => Promise<void>): Promise<void> {
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(asProblem(error));
    }
  }

  async function revoke(): Promise<void> {
    setAsking(false);
    await answer(api.DELETE("/v1/shipments/{shipment}/trace-link", path));
    setLink(undefined);
    toast(words.revoked);
  }

  async function copy(url: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(url);
      toast(words.copied);
    } catch {
      toastFailure(words.notCopied); // forbidden by the browser, or not over TLS
    }
  }

  return (
    <section class="card way-trace" aria-labelledby="trace">
      <h2 id="trace">{words.trace}</h2>
      <p class="no-print">{words.traceWhy}</p>
      {problem && <ProblemNote problem={problem} />}
      {link === undefined ? (
        <button type="button" class="primary" onClick={() => void attempt(async () => setLink(await answer(api.POST("/v1/shipments/{shipment}/trace-link", path))))}>
          {words.makeLink}
        </button>
      ) : (
        <>
          <img src={`/v1/shipments/${encodeURIComponent(shipment)}/trace-link.svg`} alt={words.qr(shipment)} width="240" height="240" />
          <p>
            <a href={link.url} target="_blank" rel="noreferrer">
              {link.url}
            </a>
          </p>
          <p class="hint no-print">{words.views(number(link.views))}</p>
          <div class="buttons">
            <button type="button" onClick={() => print()}>
              <Icon name="print" /> {words.print}
            </button>
            <button type="button" onClick={() => void copy(link.url)}>
              <Icon name="share" /> {words.copy}
            </button>
            <button type="button" onClick={() => setAsking(true)}>
              {words.revoke}
            </button>
          </div>
        </>
      )}
      {asking && (
        <Dialog title={words.revoke} onClose={() => setAsking(false)}>
          <p>{words.revokeSure}</p>
          <button type="button" class="primary" onClick={() => void attempt(revoke)}>
            {words.revoke}
          </button>
        </Dialog>
      )}
    </section>
  );
}
