import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // A server is built for debugging and started several times.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
