/** A packing house on a tablet: what comes in, what stands where, and what to load for a buyer. */

import "./hub.css";

import { answer, api, everyRow } from "../../api/client";
import { Choice } from "../../components/Choice";
import { Field } from "../../components/Field";
import { Heading } from "../../components/Heading";
import { Empty } from "../../components/notes";
import { Shown } from "../../components/Shown";
import { useFilters } from "../../state/filters";
import { remember, remembered } from "../../state/remembered";
import { useResource } from "../../state/resource";
import { Coming } from "./Coming";
import { LoadingPlan } from "./LoadingPlan";
import { Stock } from "./Stock";
import { hubWords } from "./words";

const FILTERS = ["hub", "part"] as const;
const PARTS = ["coming", "stock", "loading"] as const;

export default function HubFloor() {
  const words = hubWords();
  const filters = useFilters(FILTERS);
  const hubs = useResource("hubs", () =>
    everyRow((cursor) => answer(api.GET("/v1/hubs", { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } }))),
  );
  const part = PARTS.find((one) => one === filters.values.part) ?? "coming";
  return (
    <div class="hub-floor">
      <Heading title={words.title} />
      <Shown resource={hubs} rows={1}>
        {(found) => {
          const wished = filters.values.hub ?? remembered("hub");
          const hub = found.find((one) => one.code === wished) ?? found[0];
          if (hub === undefined) {
            return (
              <Empty icon="lots" title={words.noHub}>
                {words.noHubNext}
              </Empty>
            );
          }
          return (
            <>
              <div class="filters">
                <Field label={words.hub}>
                  {(control) => (
                    <select
                      {...control}
                      value={hub.code}
                      onChange={(event) => {
                        remember("hub", event.currentTarget.value);
                        filters.set("hub", event.currentTarget.value);
                      }}
                    >
                      {found.map((one) => (
                        <option key={one.code} value={one.code}>
                          {one.name}
                        </option>
                      ))}
                    </select>
                  )}
                </Field>
                <Choice label={words.view} options={PARTS.map((one) => [one, words.parts[one]])} value={part} choose={(one) => filters.set("part", one)} />
              </div>
              {part === "coming" && <Coming key={hub.code} hub={hub.code} />}
              {part === "stock" && <Stock key={hub.code} hub={hub.code} />}
              {part === "loading" && <LoadingPlan key={hub.code} hub={hub.code} />}
            </>
          );
        }}
      </Shown>
    </div>
  );
}
