/** A truck's number with the colour and the pattern of its line on the map. */

import { colourOf, dashOf } from "./day";

export function TruckMark({ number }: { number: number }) {
  return (
    <span class={`truck-mark truck-c${colourOf(number)}`}>
      <svg viewBox="0 0 34 6" aria-hidden="true" focusable="false">
        <line x1="0" y1="3" x2="34" y2="3" stroke-dasharray={dashOf(number)} />
      </svg>
      <b>{number}</b>
    </span>
  );
}
