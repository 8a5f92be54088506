import { defineConfig } from "vite";

import { compressed } from "./build/compressed.ts";
import { fonts } from "./build/fonts.ts";
import { land } from "./build/land.ts";
import { offline } from "./build/offline.ts";
import { printFonts } from "./build/printFonts.ts";

export default defineConfig({
  base: "/app/",
  plugins: [fonts(), printFonts(), land(), offline(), compressed()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 300,
    rollupOptions: {
      input: { index: "index.html", worker: "src/worker/worker.ts" },
      // a service worker is asked for by its name, and rules over what lies beside it
      output: { entryFileNames: (chunk) => (chunk.name === "worker" ? "worker.js" : "assets/[name]-[hash].js") },
    },
  },
});
