/** Says what a sensor speaks for, or that it speaks for nothing any more. */

import { answer, api } from "../../api/client";
import { FormDialog } from "../../components/FormDialog";
import { fromLocalInput, toLocalInput } from "../../format/time";
import { exactNow_ms } from "../../state/clock";
import { toast } from "../../state/toasts";
import type { Assignment } from "./Devices";
import { deviceWords } from "./words";

const KINDS = ["truck", "shipment", "lot", "hub", "village"] as const;
const POSITIONS = ["return_air", "supply_air", "pulp", "box", "room"] as const;

export function Attach({ sensor, done, onClose }: { sensor: string; done: () => void; onClose: () => void }) {
  const words = deviceWords();
  return (
    <FormDialog
      title={words.assignTitle(sensor)}
      intro={words.assignIntro}
      fields={[
        { name: "subject_kind", label: words.subjectKind, options: KINDS.map((one) => [one, words.subjects[one]]) },
        { name: "subject", label: words.subject },
        { name: "position", label: words.position, options: POSITIONS.map((one) => [one, words.positions[one]]) },
        { name: "from", label: words.from, kind: "datetime-local" },
      ]}
      start={{ from: toLocalInput(exactNow_ms()) }}
      save={words.assign}
      onClose={onClose}
      submit={async (typed) => {
        const made = await answer(
          api.POST("/v1/assignments", {
            body: {
              sensor,
              subject_kind: KINDS.find((one) => one === typed["subject_kind"]) ?? "truck",
              subject: (typed["subject"] ?? "").trim(),
              position: POSITIONS.find((one) => one === typed["position"]) ?? "box",
              from: new Date(fromLocalInput(typed["from"] ?? "")).toISOString(),
            },
          }),
        );
        toast(words.attached(sensor, made.subject));
        done();
      }}
    />
  );
}

export function Detach({ of, done, onClose }: { of: Assignment; done: () => void; onClose: () => void }) {
  const words = deviceWords();
  return (
    <FormDialog
      title={words.detachTitle(of.sensor)}
      intro={words.detachIntro}
      fields={[]}
      save={words.detach}
      onClose={onClose}
      submit={async () => {
        await answer(api.POST("/v1/assignments/{assignment_id}/ended", { params: { path: { assignment_id: of.id } } }));
        toast(words.detached(of.sensor));
        done();
      }}
    />
  );
}
