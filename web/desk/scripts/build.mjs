// Builds dist/index.html, and dist/assets with names that change with what is in them.
import { build } from "vite";

import { CONFIG, ROOT, writeTypes } from "./parts.mjs";

await writeTypes();
// What browsers of the last three years understand.
const target = ["chrome111", "edge111", "firefox121", "safari16.4"];
await build({
  ...CONFIG,
  build: {
    target,
    cssTarget: target,
    outDir: "dist",
    emptyOutDir: true,
    // The policy knows no data: for scripts, styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: [`${ROOT}/index.html`, `${ROOT}/preview.html`] },
  },
});
