/** The keys, and the way to the tour. */

import { Dialog } from "../components/Dialog";
import { shellWords } from "./words";

export function Help({ onClose, onTour }: { onClose: () => void; onTour: () => void }) {
  const words = shellWords().help;
  return (
    <Dialog title={words.title} onClose={onClose}>
      <dl class="keys">
        {Object.entries(words.keys).map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={onTour}>
        {words.tour}
      </button>
    </Dialog>
  );
}
