/** Tells where the truck is while it drives, once the driver has said yes, and until they say no. */

import { useEffect, useState } from "preact/hooks";

import { remember, remembered } from "../../state/remembered";
import { toastFailure } from "../../state/toasts";
import type { Sheet } from "./queue";
import { me, report } from "./sync";
import { driveWords } from "./words";

const EVERY_MS = 60_000;
/** Farther off than this it says nothing about which village is next. */
const WORST_ACCURACY_M = 2_000;

export function PositionSharing({ sheet }: { sheet: Sheet }) {
  const words = driveWords();
  const mark = `drive.position.${me()}`;
  const [shared, setShared] = useState(remembered(mark) === "yes");
  const driving = sheet.state === "driving";

  function choose(wanted: boolean): void {
    remember(mark, wanted ? "yes" : null);
    setShared(wanted);
  }

  useEffect(() => {
    if (!shared || !driving) return;
    let told_ms = -EVERY_MS;
    const watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        const now_ms = performance.now();
        if (now_ms - told_ms < EVERY_MS || coords.accuracy > WORST_ACCURACY_M) return;
        told_ms = now_ms;
        const { latitude, longitude } = coords;
        void report(sheet.run_id, { kind: "position", latitude, longitude, accuracy_m: Math.round(coords.accuracy) });
      },
      (error) => {
        if (error.code !== error.PERMISSION_DENIED) return; // under trees it comes back by itself
        choose(false);
        toastFailure(words.positionRefused);
      },
      { enableHighAccuracy: true, maximumAge: EVERY_MS / 2 },
    );
    return () => navigator.geolocation.clearWatch(watch);
  }, [shared, driving, sheet.run_id]);

  return (
    <section class="card">
      <label class="drive-consent">
        <input type="checkbox" checked={shared} onChange={(event) => choose(event.currentTarget.checked)} />
        <strong>{words.position}</strong>
      </label>
      <p class="hint">{words.positionWhy}</p>
    </section>
  );
}
