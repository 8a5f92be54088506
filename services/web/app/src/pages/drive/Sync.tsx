/** How much of what was reported has reached the office, and what it could not take. */

import { Icon } from "../../components/Icon";
import { number } from "../../format/quantity";
import { entries, putAside, send, sending, stuck } from "./sync";
import { driveWords } from "./words";

export function Sync() {
  const words = driveWords();
  const waiting = entries.value.filter((one) => one.refused === null).length;
  const refused = entries.value.filter((one) => one.refused !== null);
  return (
    <>
      <div class={`drive-sync ${waiting > 0 ? "waits" : ""}`}>
        <p role="status">
          <Icon name={waiting > 0 ? "offline" : "check"} />
          <strong>{sending.value ? words.sync.sending : waiting > 0 ? words.sync.waiting(number(waiting)) : words.sync.all}</strong>
        </p>
        {waiting > 0 && !sending.value && (
          <>
            <p>{stuck.value && stuck.value.status > 0 ? words.sync.stuck(stuck.value.message) : words.sync.kept}</p>
            <button type="button" onClick={() => void send()}>
              {words.sync.now}
            </button>
          </>
        )}
      </div>
      {refused.map((one) => (
        <div class="problem" role="alert" key={one.id}>
          <Icon name="warning" />
          <div>
            <p class="problem-title">{words.refused.title}</p>
            <p>
              {one.refused}
            </p>
            <p>{words.refused.next}</p>
            <button type="button" onClick={() => void putAside(one.id)}>
              {words.refused.aside}
            </button>
          </div>
        </div>
      ))}
    </>
  );
}
