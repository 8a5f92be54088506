/**
 * `virtual:fonts/{latin,thai,chinese}.css`: the faces of Noto Sans that the app speaks, and no others.
 *
 * Chinese comes in the slices of fontsource, of which a browser fetches those whose characters it shows. A face that is
 * late is used from the next page on (`optional`): text never jumps. Thai and Chinese swap in, since a machine may have
 * no glyphs for them at all.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const require = createRequire(import.meta.url);

interface Source {
  sheet: string;
  faces: RegExp;
  display: "optional" | "swap";
  family: string;
}

const SOURCES: Record<string, Source> = {
  latin: { sheet: "@fontsource-variable/noto-sans/wght.css", faces: /noto-sans-latin-wght-normal/, display: "optional", family: "Noto Sans App" },
  thai: { sheet: "@fontsource-variable/noto-sans-thai/wght.css", faces: /thai-thai-wght-normal/, display: "swap", family: "Noto Sans App" },
  // a family of its own: with one weight it would not be looked at for bold text beside faces that have all weights
  chinese: {
    sheet: "@fontsource/noto-sans-sc/400.css",
    faces: /noto-sans-sc-(\d+|chinese-simplified)-400-normal/,
    display: "swap",
    family: "Noto Sans App Chinese",
  },
};

export function fonts(): Plugin {
  return {
    name: "fonts",
    enforce: "pre",
    resolveId(id) {
      return id.startsWith("virtual:fonts/") ? `\0${id}` : undefined;
    },
    load(id) {
      const name = /^\0virtual:fonts\/(\w+)\.css$/.exec(id)?.[1];
      const source = name === undefined ? undefined : SOURCES[name];
      return source && faces(source);
    },
    // an optional face that comes while the page is drawn would still move text once
    transformIndexHtml(_, { bundle }) {
      const name = Object.keys(bundle ?? {}).find((file) => SOURCES["latin"]?.faces.test(file));
      if (name === undefined) return [];
      const attrs = { rel: "preload", as: "font", type: "font/woff2", crossorigin: "", href: `/app/${name}` };
      return [{ tag: "link", attrs, injectTo: "head" }];
    },
  };
}

function faces({ sheet, faces: wanted, display, family }: Source): string {
  const path = require.resolve(sheet);
  const found = readFileSync(path, "utf8").match(/@font-face\s*{[^}]*}/g) ?? [];
  return found
    .filter((face) => wanted.test(face))
    .map((face) =>
      face
        .replace(/font-family:[^;]*;/, `font-family:'${family}';`)
        .replace(/font-display:[^;]*;/, `font-display:${display};`)
        .replace(/,\s*url\([^)]*\.woff\)[^;,]*/g, "")
        .replace(/url\(\.\//g, `url(${join(dirname(path))}/`),
    )
    .join("\n");
}
