import { defineConfig } from "vite";

import { compressed } from "./build/compressed.ts";
import { fonts } from "./build/fonts.ts";
import { land } from "./build/land.ts";
import { printFonts } from "./build/printFonts.ts";

export default defineConfig({
  base: "/app/",
  plugins: [fonts(), printFonts(), land(), compressed()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 300,
  },
});
