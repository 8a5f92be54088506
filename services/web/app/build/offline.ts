/** Tells the service worker which files of the build the driver's page needs, in every language. */

import { createHash } from "node:crypto";
import type { Plugin } from "vite";

const BASE = "/app/";
const MARK = /(["'`])__OFFLINE_FILES__\1/;
const PAGE = /src\/pages\/drive\/Drive\.tsx$/;
const WORDS = /src\/(shell\/words|pages\/drive|pages\/sign-in)\/(en|th|zh)\.ts$|SignIn\.tsx$/;
const FACES = /noto-sans-(latin|thai)-.*\.woff2$|mark\.svg$/;

export function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const needed = new Set<string>(["index.html", "mark.svg"]);
      const take = (name: string) => {
        const file = bundle[name];
        if (file === undefined || needed.has(name)) return;
        needed.add(name);
        if (file.type !== "chunk") return;
        file.imports.forEach(take);
        file.viteMetadata?.importedCss.forEach(take);
      };
      for (const [name, file] of Object.entries(bundle)) {
        const origin = file.type === "chunk" ? (file.facadeModuleId ?? "") : "";
        const wanted = file.type === "chunk" && ((file.isEntry && file.name !== "worker") || PAGE.test(origin) || WORDS.test(origin));
        if (wanted || FACES.test(name) || origin.includes("virtual:fonts/chinese.css")) take(name);
      }
      const worker = bundle["worker.js"];
      if (worker?.type !== "chunk" || !MARK.test(worker.code)) throw new Error("The service worker has no place for its files.");
      const paths = [...needed].sort().map((name) => BASE + name);
      const page = bundle["index.html"];
      const version = createHash("sha256").update(paths.join("\n") + (page?.type === "asset" ? String(page.source) : ""));
      const files = JSON.stringify({ version: version.digest("hex").slice(0, 12), paths });
      worker.code = worker.code.replace(MARK, () => JSON.stringify(files));
    },
  };
}
