/** Lets a gateway in and shows the account with which it connects, this once. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { Dialog } from "../../components/Dialog";
import { Fact } from "../../components/Fact";
import { FormDialog } from "../../components/FormDialog";
import { deviceWords } from "./words";

export function AddGateway({ done, onClose }: { done: () => void; onClose: () => void }) {
  const words = deviceWords();
  const [issued, setIssued] = useState<Schemas["IssuedGatewayDocument"]>();
  if (issued) {
    return (
      <Dialog title={words.issued(issued.name)} onClose={onClose}>
        <p class="lead">{words.issuedOnce}</p>
        <dl class="facts">
          <Fact title={words.username}>{issued.username}</Fact>
          <Fact title={words.password}>
            <code>{issued.password}</code>
          </Fact>
          <Fact title={words.topic}>
            <code>{issued.topic}</code>
          </Fact>
        </dl>
        <button type="button" class="primary" onClick={onClose}>
          {words.done}
        </button>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={words.addGateway}
      fields={[{ name: "name", label: words.name }]}
      save={words.save}
      onClose={onClose}
      onDone={() => undefined}
      submit={async (typed) => {
        setIssued(await answer(api.POST("/v1/gateways", { body: { name: (typed["name"] ?? "").trim() } })));
        done();
      }}
    />
  );
}
