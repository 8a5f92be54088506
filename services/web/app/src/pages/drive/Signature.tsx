/** A finger's line on a canvas; ink on white, whatever the colours of the page. */

import { useEffect, useRef, useState } from "preact/hooks";

import { Dialog } from "../../components/Dialog";
import { drawn } from "./pictures";
import { driveWords } from "./words";

const WIDTH = 600;
const HEIGHT = 300;
const INK = "#000";
const PAPER = "#fff";

export function Signature({ onClose, onKept }: { onClose: () => void; onKept: (content: string) => void }) {
  const words = driveWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [empty, setEmpty] = useState(true);

  function clear(): void {
    const pen = canvas.current?.getContext("2d");
    if (!pen) return;
    pen.fillStyle = PAPER;
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    setEmpty(true);
  }
  useEffect(clear, []);

  function draw(event: PointerEvent, begin: boolean): void {
    const element = canvas.current;
    const pen = element?.getContext("2d");
    if (!element || !pen || (!begin && event.buttons === 0)) return;
    const box = element.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    const y = ((event.clientY - box.top) / box.height) * HEIGHT;
    if (begin) {
      element.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(x, y);
      return;
    }
    pen.strokeStyle = INK;
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
    pen.lineTo(x, y);
    pen.stroke();
    setEmpty(false);
  }

  function keep(): void {
    if (canvas.current) onKept(drawn(canvas.current, "image/png"));
    onClose();
  }

  return (
    <Dialog title={words.sign} onClose={onClose}>
      <p>{words.signHere}</p>
      <canvas
        ref={canvas}
        class="drive-signature"
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={words.signHere}
        onPointerDown={(event) => draw(event, true)}
        onPointerMove={(event) => draw(event, false)}
      />
      <div class="buttons">
        <button type="button" onClick={clear}>
          {words.clear}
        </button>
        <button type="button" class="primary" disabled={empty} onClick={keep}>
          {words.keep}
        </button>
      </div>
    </Dialog>
  );
}
