// Builds dist/assets, the chat in pieces with names that change with them, and then dist/widget.js, which knows those names.
import { rmSync } from "node:fs";
import { build } from "vite";

import { ALIAS, ROOT, fluent, labels } from "./parts.mjs";

const common = {
  root: ROOT,
  configFile: false,
  publicDir: false,
  logLevel: "warn",
  resolve: { alias: ALIAS },
  plugins: [fluent()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
};
// What browsers of the last three years understand.
const target = ["chrome111", "edge111", "firefox121", "safari16.4"];

rmSync(`${ROOT}/dist`, { recursive: true, force: true });
const [chat] = await build({
  ...common,
  build: {
    target,
    outDir: "dist",
    emptyOutDir: false,
    cssTarget: target,
    // A library: nothing is loaded ahead of being wanted.
    lib: { entry: { chat: `${ROOT}/src/chat/main.tsx` }, formats: ["es"] },
    rollupOptions: {
      output: {
        minify: true,
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
});
const entry = chat.output.find((output) => output.type === "chunk" && output.isEntry);
await build({
  ...common,
  // The chat is served at /widget/assets beside /widget.js.
  define: { __CHAT__: JSON.stringify(`widget/${entry.fileName}`), __LABELS__: JSON.stringify(labels()) },
  build: {
    target,
    outDir: "dist",
    emptyOutDir: false,
    rollupOptions: {
      input: { widget: `${ROOT}/src/loader/main.ts` },
      output: { format: "iife", entryFileNames: "widget.js" },
    },
  },
});
