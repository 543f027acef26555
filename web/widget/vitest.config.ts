import { defineConfig } from "vitest/config";

import { ALIAS, fluent, labels } from "./scripts/parts.mjs";

export default defineConfig({
  plugins: [fluent()],
  resolve: { alias: ALIAS },
  define: { __LABELS__: JSON.stringify(labels()) },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { include: ["test/**/*.test.{ts,tsx}"], environment: "happy-dom" },
});
