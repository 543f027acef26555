/** The first set-up, with the code that the server prints. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import readline from "node:readline";

import { PROGRAM } from "../../client/test/real-server.js";
import { violations } from "../harness/axe.js";
import { expect, test } from "../harness/test.js";

/** A server on an empty store, and the address that it prints for its set-up. */
async function empty(folder: string): Promise<{ child: ChildProcess; address: string }> {
  const flags = ["serve", "--listen", "127.0.0.1:0", "--internal-listen", "off", "--data-dir", folder];
  const child = spawn(PROGRAM, flags, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of readline.createInterface({ input: child.stdout })) {
    const found = /http:\S+\/desk\/setup#\S+/.exec(line);
    if (found) {
      return { child, address: found[0] };
    }
  }
  throw new Error("no address was printed");
}

test("makes a company and its administrator, once", async ({ page, console }) => {
  console.expects(/401 \(Unauthorized\)|400 \(Bad Request\)|404 \(Not Found\)|ERR_CONNECTION/);
  const folder = await mkdtemp(path.join(tmpdir(), "frontdesk-setup-"));
  const { child, address } = await empty(folder);
  try {
    await page.goto(address);
    expect(await violations(page)).toEqual([]);
    await page.getByLabel("Name", { exact: true }).fill("Chairs & more");
    await expect(page.getByLabel("Short name")).toHaveValue("chairs-more");
    await page.getByLabel("Your name").fill("Rob");
    await page.getByLabel("Agent ID").fill("rob");
    await page.getByLabel("Password", { exact: true }).fill("short");
    await page.getByLabel("Password again").fill("short");
    await page.getByRole("button", { name: "Begin" }).click();
    await expect(page.getByText("at least 8 characters", { exact: false }).last()).toBeVisible();
    await page.getByLabel("Password", { exact: true }).fill("a quiet little lamp");
    await page.getByLabel("Password again").fill("a quiet little lamp");
    await page.getByRole("button", { name: "Begin" }).click();
    await expect(page.locator(".rail")).toBeVisible();
    await expect(page).toHaveURL(/\/desk\/channels$/);
    expect(page.url()).not.toContain("#");
    // Nobody is let in a second time.
    const again = await page.request.post(new URL("/api/v1/setup", address).href, {
      data: {
        code: new URL(address).hash.slice(1),
        tenant: "b",
        agentId: "b",
        password: "a quiet little lamp",
      },
    });
    expect(again.status()).toBe(404);
  } finally {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
});
