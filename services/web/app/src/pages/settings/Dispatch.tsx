/** What becomes of a repair of the plan: proposed, or applied at once. */

import { useState } from "preact/hooks";

import { answer, api } from "../../api/client";
import { FormDialog } from "../../components/FormDialog";
import { Shown } from "../../components/Shown";
import { entry, typedNumber } from "../../format/entry";
import { number } from "../../format/quantity";
import { COORDINATORS, may } from "../../session/session";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { settingWords } from "./words";

export function Dispatch() {
  const words = settingWords();
  const rule = useResource("rule", () => answer(api.GET("/v1/dispatch-rule")));
  const [changing, setChanging] = useState(false);
  return (
    <section class="card">
      <div class="card-head">
        <h2>{words.rule}</h2>
        {may(COORDINATORS) && rule.data && (
          <button type="button" onClick={() => setChanging(true)}>
            {words.change}
          </button>
        )}
      </div>
      <p>{words.ruleIntro}</p>
      <Shown resource={rule} rows={1}>
        {(found) => (
          <p>
            {words.applies} <strong>{words.applied[found.applies]}</strong> · {words.mostChanges}: {number(found.most_changes)}
          </p>
        )}
      </Shown>
      {changing && rule.data && (
        <FormDialog
          title={words.rule}
          intro={words.ruleIntro}
          fields={[
            { name: "applies", label: words.applies, options: (["ask", "at_once"] as const).map((one) => [one, words.applied[one]]) },
            { name: "most_changes", label: words.mostChanges, kind: "decimal" },
          ]}
          start={{ applies: rule.data.applies, most_changes: entry(rule.data.most_changes) }}
          save={words.save}
          onClose={() => setChanging(false)}
          submit={async (typed) => {
            await answer(
              api.PUT("/v1/dispatch-rule", {
                body: { applies: typed["applies"] === "at_once" ? "at_once" : "ask", most_changes: typedNumber(typed["most_changes"] ?? "") },
              }),
            );
            toast(words.ruleSaved);
            void rule.reload();
          }}
        />
      )}
    </section>
  );
}
