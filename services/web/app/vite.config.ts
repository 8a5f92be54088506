import { defineConfig } from "vite";

import { compressed } from "./build/compressed";
import { fonts } from "./build/fonts";
import { land } from "./build/land";

export default defineConfig({
  base: "/app/",
  plugins: [fonts(), land(), compressed()],
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
