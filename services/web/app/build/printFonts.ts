/**
 * `print/*.ttf`: the faces that papers are set in. Typst reads no WOFF, so that the tables of WOFF 1.0 files are taken out
 * of their compression and put together as the OpenType font that they were (W3C Recommendation WOFF 1.0, section 3-5).
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inflateSync } from "node:zlib";
import type { Plugin } from "vite";

const require = createRequire(import.meta.url);

const FACES: Record<string, string> = {
  "NotoSans-Regular": "@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff",
  "NotoSans-Bold": "@fontsource/noto-sans/files/noto-sans-latin-700-normal.woff",
  "NotoSansThai-Regular": "@fontsource/noto-sans-thai/files/noto-sans-thai-thai-400-normal.woff",
  "NotoSansThai-Bold": "@fontsource/noto-sans-thai/files/noto-sans-thai-thai-700-normal.woff",
};

const WOFF = 0x774f4646;
const WOFF_HEADER = 44;
const WOFF_ENTRY = 20;
const SFNT_HEADER = 12;
const SFNT_ENTRY = 16;

export function printFonts(): Plugin {
  return {
    name: "print-fonts",
    apply: "build",
    generateBundle() {
      for (const [name, file] of Object.entries(FACES)) {
        this.emitFile({ type: "asset", fileName: `print/${name}.ttf`, source: unpacked(readFileSync(require.resolve(file))) });
      }
    },
  };
}

/** The OpenType font in a WOFF 1.0 file. Throws where it is none. */
export function unpacked(woff: Buffer): Buffer {
  if (woff.readUInt32BE(0) !== WOFF) throw new Error("This is no WOFF 1.0 file.");
  const count = woff.readUInt16BE(12);
  const power = Math.floor(Math.log2(count));
  const font = Buffer.alloc(woff.readUInt32BE(16));
  font.writeUInt32BE(woff.readUInt32BE(4), 0);
  font.writeUInt16BE(count, 4);
  font.writeUInt16BE(2 ** power * SFNT_ENTRY, 6);
  font.writeUInt16BE(power, 8);
  font.writeUInt16BE((count - 2 ** power) * SFNT_ENTRY, 10);
  let end = SFNT_HEADER + count * SFNT_ENTRY;
  for (let table = 0; table < count; table += 1) {
    const entry = WOFF_HEADER + table * WOFF_ENTRY;
    const [tag, offset, packed, length, checksum] = [0, 4, 8, 12, 16].map((at) => woff.readUInt32BE(entry + at)) as [
      number, number, number, number, number,
    ];
    const bytes = woff.subarray(offset, offset + packed);
    (packed < length ? inflateSync(bytes) : bytes).copy(font, end);
    [tag, checksum, end, length].forEach((value, at) => font.writeUInt32BE(value, SFNT_HEADER + table * SFNT_ENTRY + at * 4));
    end += Math.ceil(length / 4) * 4; // tables begin at multiples of four
  }
  if (end !== font.length) throw new Error("The lengths in this WOFF file do not add up.");
  return font;
}
