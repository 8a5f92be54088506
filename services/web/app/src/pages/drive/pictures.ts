/** Photos and signatures as they are sent: small, and without the place and phone that a camera writes into them. */

export const LONGEST_SIDE_PX = 1200;
const QUALITY = 0.75;

/** Width and height that fit `longest`, in the same proportion; a small picture stays as it is. */
export function fitted(width: number, height: number, longest = LONGEST_SIDE_PX): [number, number] {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** A photo as JPEG of at most 1200 pixels, base64. Throws where the browser can't read it. */
export async function photo(file: Blob): Promise<string> {
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fitted(bitmap.width, bitmap.height);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return drawn(canvas, "image/jpeg");
}

/** What is on a canvas, base64. */
export function drawn(canvas: HTMLCanvasElement, type: "image/jpeg" | "image/png"): string {
  return canvas.toDataURL(type, QUALITY).replace(/^[^,]*,/, "");
}
