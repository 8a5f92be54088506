/** Plans side by side: what each costs, serves and leaves, and which lots ride elsewhere. */

import { answer, api } from "../../api/client";
import { Shown } from "../../components/Shown";
import { baht, number } from "../../format/quantity";
import { span } from "../../format/time";
import { address } from "../../shell/page";
import { useResource } from "../../state/resource";
import type { Indicators } from "../plan/day";
import { difference } from "../plan/difference";
import { plansWords } from "./words";

const COSTS = ["fixed", "distance", "time", "overtime", "lateness", "life", "unserved"] as const;

export function Compare({ ids, close }: { ids: string; close: () => void }) {
  const words = plansWords();
  const found = useResource(`compare ${ids}`, () => answer(api.GET("/v1/plans/compare", { params: { query: { ids } } })), ["plan"]);
  return (
    <section class="card" aria-labelledby="compare">
      <div class="card-head">
        <h2 id="compare">{words.compare}</h2>
        <button type="button" onClick={close}>
          {words.endCompare}
        </button>
      </div>
      <Shown resource={found}>
        {({ plans, differences }) => {
          const each = plans.map((plan) => plan.indicators as unknown as Indicators);
          const rows: [string, (number | string)[]][] = [
            [words.cost, plans.map((plan) => baht(plan.cost_satang))],
            [words.against, plans.map((plan, index) => (index === 0 ? "–" : difference(plan.against_first_satang)))],
            [words.served, each.map((one) => number(one.served))],
            [words.left, plans.map((plan) => number(plan.unserved.length))],
            [words.used, each.map((one) => number(one.trucks))],
            [words.distance, each.map((one) => `${number(one.distance_m / 1000)} km`)],
            [words.driving, each.map((one) => span(one.driving_s))],
            [words.longestRide, each.map((one) => span(one.longest_ride_s))],
            ...COSTS.map((name): [string, string[]] => [words.costs[name], plans.map((plan) => baht(plan.costs[name] ?? 0))]),
          ];
          return (
            <div class="scroll" role="group" aria-label={words.compare} tabIndex={0}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{words.figure}</th>
                    {plans.map((plan) => (
                      <th key={plan.id} scope="col" class="number">
                        <a href={address("/plans/:id", { id: plan.id })}>{plan.scenario ?? words.asAsked}</a>
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows.map(([title, cells]) => (
                    <tr key={title}>
                      <th scope="row">{title}</th>
                      {cells.map((cell, index) => (
                        <td key={index} class="number">
                          {cell}
                        </td>
                      ))}
                    </tr>
                  ))}
                  {differences.map((one) => (
                    <tr key={one.lot} class="differs">
                      <th scope="row">{one.lot}</th>
                      {one.trucks.map((truck, index) => (
                        <td key={index} class="number">
                          {truck ?? words.behind}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
              {differences.length === 0 && <p>{words.noDifference}</p>}
            </div>
          );
        }}
      </Shown>
    </section>
  );
}
