/** Says that a published plan can't stay as it is, wherever coordinators look, with the way to the proposal. */

import { answer, api } from "../api/client";
import { may } from "../session/session";
import { address } from "../shell/page";
import { shellWords } from "../shell/words";
import { useResource } from "../state/resource";
import { Icon } from "./Icon";

export function RepairBanner() {
  return may(["coordinator", "auditor"]) ? <Proposed /> : null;
}

function Proposed() {
  const words = shellWords().repairs;
  const found = useResource("repairs proposed", () => answer(api.GET("/v1/repairs", { params: { query: { state: "proposed", limit: 3 } } })), ["plan", "alarm"]);
  return (
    <div role="status">
      {found.data?.items.map((repair) => (
        <p key={repair.id} class="banner repair-banner">
          <Icon name="warning" />
          <span>
            <strong>{words.proposed}</strong> {repair.reason}
          </span>
          <a class="button" href={address("/repairs", {}, { open: repair.id })}>
            {words.look}
          </a>
        </p>
      ))}
    </div>
  );
}
