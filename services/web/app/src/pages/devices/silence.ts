/** How long a sensor has been silent, by how often it is expected to send. Pure. */

export type Silence = "heard" | "late" | "silent" | "never";

/** Intervals without a reading after which it counts as silent; one is late. */
const SILENT_INTERVALS = 3;
const LATE_INTERVALS = 1.5;

export function silenceOf(last_ms: number | null, interval_s: number, now_ms: number): Silence {
  if (last_ms === null) return "never";
  const intervals = (now_ms - last_ms) / (interval_s * 1000);
  if (intervals >= SILENT_INTERVALS) return "silent";
  return intervals >= LATE_INTERVALS ? "late" : "heard";
}

/** Base64 of a message that was pasted as text, hex or base64; null where it is none of the kind. */
export function pasted(text: string, writing: string): string | null {
  const plain = text.trim();
  if (writing === "base64") return plain.replace(/\s/g, "");
  if (writing === "text") return btoa(String.fromCharCode(...new TextEncoder().encode(plain)));
  const digits = plain.replace(/^0x|[\s:,-]/gi, "");
  if (digits === "" || digits.length % 2 || !/^[0-9a-f]+$/i.test(digits)) return null;
  return btoa(String.fromCharCode(...(digits.match(/../g) ?? []).map((pair) => parseInt(pair, 16))));
}
