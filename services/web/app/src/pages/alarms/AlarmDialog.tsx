/** One alarm: what happened so far, and what to do with it. */

import { useState } from "preact/hooks";

import { answer, api } from "../../api/client";
import { type Problem, asProblem } from "../../api/problem";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { Moment } from "../../components/Moment";
import { ProblemNote } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { Severity } from "../../components/Verdict";
import { COORDINATORS, RESPONDERS, may } from "../../session/session";
import { toast } from "../../state/toasts";
import { useResource } from "../../state/resource";
import { type Alarm, Subject } from "./Alarms";
import { alarmWords } from "./words";

interface Properties {
  id: string;
  changed: () => void;
  onClose: () => void;
}

export function AlarmDialog({ id, changed, onClose }: Properties) {
  const words = alarmWords();
  const path = { params: { path: { alarm_id: id } } };
  const found = useResource(`alarm ${id}`, () => answer(api.GET("/v1/alarms/{alarm_id}", path)), ["alarm"]);
  return (
    <Dialog title={words.title} onClose={onClose}>
      <Shown resource={found}>
        {({ alarm, history, in_maintenance }) => (
          <>
            <p class="lead">
              <Severity of={alarm.severity} /> {alarm.summary}
            </p>
            <p>
              {words.subject}: <Subject of={alarm} />
            </p>
            {in_maintenance && <p class="hint">{words.maintenance}</p>}
            <h3>{words.history}</h3>
            <ol class="history">
              {history.map((entry) => (
                <li key={`${entry.at} ${entry.step}`}>
                  <Moment at={entry.at} /> · {words.steps[entry.step]} · {entry.by ?? words.system}
                  {entry.comment && <blockquote>{entry.comment}</blockquote>}
                </li>
              ))}
            </ol>
            <Respond
              alarm={alarm}
              done={() => {
                changed();
                void found.reload();
              }}
            />
          </>
        )}
      </Shown>
    </Dialog>
  );
}

function Respond({ alarm, done }: { alarm: Alarm; done: () => void }) {
  const words = alarmWords();
  const [comment, setComment] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  if (!may(RESPONDERS)) return null;
  const path = { path: { alarm_id: alarm.id } };
  const text = comment.trim();

  async function run(what: () => Promise<unknown>, told: string): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await what();
      setComment("");
      toast(told);
      done();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(() => answer(api.POST("/v1/alarms/{alarm_id}/comments", { params: path, body: { comment: text } })), words.commented);
      }}
    >
      {problem && <ProblemNote problem={problem} />}
      <Field label={words.commentLabel} hint={words.commentHint} fault={problem?.faultOf("/comment")}>
        {(control) => <textarea {...control} rows={2} maxLength={1000} value={comment} onInput={(event) => setComment(event.currentTarget.value)} />}
      </Field>
      <div class="buttons">
        {alarm.state === "active" && (
          <button
            type="button"
            class="primary"
            disabled={busy}
            onClick={() =>
              void run(
                () => answer(api.POST("/v1/alarms/{alarm_id}/acknowledged", { params: path, body: { comment: text || null } })),
                words.acknowledged(alarm.subject),
              )
            }
          >
            {words.acknowledge}
          </button>
        )}
        <button type="submit" disabled={busy || text === ""}>
          {words.comment}
        </button>
        {may(COORDINATORS) && alarm.state !== "cleared" && (
          <button
            type="button"
            disabled={busy || text === ""}
            title={words.clearHint}
            onClick={() =>
              void run(
                () => answer(api.POST("/v1/alarms/{alarm_id}/cleared", { params: path, body: { comment: text } })),
                words.cleared(alarm.subject),
              )
            }
          >
            {words.clear}
          </button>
        )}
      </div>
    </form>
  );
}
