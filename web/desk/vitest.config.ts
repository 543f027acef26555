import { defineConfig } from "vitest/config";

import { ALIAS, fluent } from "./scripts/parts.mjs";

export default defineConfig({
  resolve: { alias: ALIAS },
  plugins: [fluent()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { environment: "happy-dom", include: ["test/**/*.test.{ts,tsx}"] },
});
