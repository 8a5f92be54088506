/** Times in which nobody is told about alarms. */

import { useState } from "preact/hooks";

import { type Schemas, answer, api } from "../../api/client";
import { FormDialog } from "../../components/FormDialog";
import { Moment } from "../../components/Moment";
import { Shown } from "../../components/Shown";
import { textOrNull } from "../../format/entry";
import { fromLocalInput, toLocalInput } from "../../format/time";
import { COORDINATORS, may } from "../../session/session";
import { act } from "../../state/act";
import { exactNow_ms } from "../../state/clock";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { settingWords } from "./words";

const HOUR_MS = 3_600_000;

export function Maintenance() {
  const words = settingWords();
  const list = useResource("maintenance", () => answer(api.GET("/v1/maintenance")));
  const [adding, setAdding] = useState(false);
  const instant = (text: string | undefined) => new Date(fromLocalInput(text ?? "")).toISOString();
  const add = async (body: Schemas["NewMaintenance"]) => {
    await answer(api.POST("/v1/maintenance", { body }));
    await list.reload();
  };
  return (
    <section class="card">
      <div class="card-head">
        <h2>{words.maintenance}</h2>
        {may(COORDINATORS) && (
          <button type="button" onClick={() => setAdding(true)}>
            {words.addMaintenance}
          </button>
        )}
      </div>
      <p>{words.maintenanceIntro}</p>
      <Shown resource={list} rows={1}>
        {(rows) =>
          rows.length === 0 ? (
            <p class="hint">{words.noMaintenance}</p>
          ) : (
            <ul class="lines">
              {rows.map(({ id, by, ...row }) => (
                <li key={id}>
                  <strong>{row.subject ?? words.everything}</strong>
                  <span>
                    <Moment at={row.starts_at} /> – <Moment at={row.ends_at} />
                  </span>
                  {row.reason}
                  <small>{by}</small>
                  {may(COORDINATORS) && (
                    <button
                      type="button"
                      onClick={() =>
                        void act(
                          async () => {
                            await answer(api.DELETE("/v1/maintenance/{maintenance_id}", { params: { path: { maintenance_id: id } } }));
                            await list.reload();
                          },
                          words.ended,
                          () => add(row),
                        )
                      }
                    >
                      {words.end}
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
      {adding && (
        <FormDialog
          title={words.addMaintenance}
          intro={words.maintenanceIntro}
          fields={[
            { name: "subject_kind", label: words.subjectKind, options: [["", words.everything], ...Object.entries(words.subjects)], optional: true },
            { name: "subject", label: words.subject, optional: true },
            { name: "starts_at", label: words.starts, kind: "datetime-local" },
            { name: "ends_at", label: words.ends, kind: "datetime-local" },
            { name: "reason", label: words.reason },
          ]}
          start={{ starts_at: toLocalInput(exactNow_ms()), ends_at: toLocalInput(exactNow_ms() + 2 * HOUR_MS) }}
          save={words.save}
          onClose={() => setAdding(false)}
          submit={async (typed) => {
            await add({
              subject_kind: textOrNull(typed["subject_kind"]),
              subject: textOrNull(typed["subject"]),
              starts_at: instant(typed["starts_at"]),
              ends_at: instant(typed["ends_at"]),
              reason: typed["reason"] ?? "",
            });
            toast(words.saved(words.maintenance));
          }}
        />
      )}
    </section>
  );
}
