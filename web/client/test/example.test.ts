import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, it } from "vitest";

import { RealServer } from "./real-server.js";

let server: RealServer;

beforeAll(async () => {
  server = await RealServer.start();
});

afterAll(async () => {
  await server.stop();
});

it("the example of the README runs as it stands", async () => {
  expect(existsSync("dist/index.js"), "npm run build comes before the tests").toBe(true);
  const { stdout } = await promisify(execFile)(process.execPath, ["examples/node.mjs", server.url]);
  expect(stdout).toMatch(/^test: Welcome,welcome\ntest: .*deliver.*\n$/is);
});
