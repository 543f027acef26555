import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  outputDir: "../../target/e2e",
  // One server at a time is enough for a small machine; a test that fails now and then is a bug.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  // Generous: the server is built for debugging, and machines are busy. Nothing here asserts a speed.
  timeout: 180_000,
  expect: { timeout: 40_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium" },
    serviceWorkers: "block",
    trace: "retain-on-failure",
  },
});
