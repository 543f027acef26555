/** Signing in with more than a password: a second factor, and an account elsewhere. */

import { createHmac } from "node:crypto";

import { violations } from "../../harness/axe.js";
import { callerOf, told } from "../../harness/desk-pages.js";
import { Desk } from "../../harness/desk.js";
import { IdentityProvider } from "../../harness/identity-provider.js";
import { expect, test } from "../../harness/test.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_MS = 30_000;

/** The code of a step of 30 s (RFC 6238), of a secret in base32; each counts once. */
function codeOf(secret: string, step: number): string {
  const bits = Array.from(secret, (letter) => LETTERS.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac("sha1", key).update(counter).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

test("a second factor is set up, asked for, and switched off", async ({ browser, server }) => {
  // Whoever else signs in as somebody of the demonstration is asked for no code.
  await (
    await callerOf(server, "901")
  )("PUT", "/config/agents/tess", { nickname: "Tess", role: "agent", password: "demo-tess" });
  const desk = await Desk.open(browser, server, "tess");
  desk.console.expects(/status of 4/);
  const { page } = desk;
  await page.locator(".rail-own").click();
  await page.getByRole("menuitem", { name: "My account" }).click();
  await expect(page.getByText("Not set up")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Set it up" }).click();
  const dialog = page.getByRole("dialog");
  // Whoever only found the desk open does not know it.
  await dialog.getByLabel("Password").fill("wrong");
  await dialog.getByRole("button", { name: "Next" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel("Password").fill("demo-tess");
  await dialog.getByRole("button", { name: "Next" }).click();
  const secret = await dialog.locator(".secret").innerText();
  await expect(dialog.getByRole("img", { name: "QR code of the secret" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  const wrong = codeOf(secret, 1);
  await dialog.getByLabel("Code", { exact: true }).fill(wrong);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  // The server takes the step of now and its neighbours; each only if it is later than the last.
  const step = Math.floor(Date.now() / STEP_MS);
  await dialog.getByLabel("Code", { exact: true }).fill(codeOf(secret, step));
  await dialog.getByRole("button", { name: "Confirm" }).click();
  const codes = (await dialog.locator(".codes").innerText()).split("\n");
  expect(codes.length).toBeGreaterThanOrEqual(8);
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText(`Recovery codes left: ${codes.length}`)).toBeVisible();

  // In a browser that was never here.
  const context = await browser.newContext();
  const again = await context.newPage();
  await again.goto(`${server.url}/desk/`);
  await again.getByLabel("Company").fill("demo");
  await again.getByLabel("Agent ID").fill("tess");
  await again.getByLabel("Password").fill("demo-tess");
  await again.getByRole("button", { name: "Sign in", exact: true }).click();
  const code = again.getByLabel("Code", { exact: true });
  await expect(code).toBeFocused();
  expect(await violations(again)).toEqual([]);
  await code.fill(wrong);
  await again.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(again.getByText("The code is wrong or has been used.")).toBeVisible();
  await code.fill(codeOf(secret, step + 1));
  await again.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(again.locator(".rail")).toBeVisible();
  await context.close();

  // A lost device: a recovery code does as well, once.
  await page.getByRole("button", { name: "Switch it off" }).click();
  await dialog.getByLabel("Password").fill("demo-tess");
  await dialog.getByLabel("Code", { exact: true }).fill(codes[0] ?? "");
  await dialog.getByRole("button", { name: "Switch it off" }).click();
  await expect(told(page, "You sign in with the password alone now.")).toBeVisible();
  await expect(page.getByText("Not set up")).toBeVisible();
  await desk.close();
});

test("whoever must have a second factor sets it up before anything else", async ({ browser, server }) => {
  const administer = await callerOf(server, "901");
  await administer("PUT", "/config/roles/careful", {
    name: "Careful",
    permissions: ["conversations.read"],
    require_totp: true,
  });
  await administer("PUT", "/config/agents/cara", {
    nickname: "Cara",
    role: "careful",
    password: "demo-cara",
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}/desk/`);
  await page.getByLabel("Company").fill("demo");
  await page.getByLabel("Agent ID").fill("cara");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("wrong");
  await page.getByLabel("Password").fill("demo-cara");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Set up a second factor" })).toBeVisible();
  await expect(page.locator(".rail")).toHaveCount(0);
  await page.getByLabel("Password").fill("demo-cara");
  await page.getByRole("button", { name: "Next" }).click();
  const secret = await page.locator(".secret").innerText();
  expect(secret).toMatch(/^[A-Z2-7]{16,}$/);
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("Code", { exact: true }).fill(codeOf(secret, Math.floor(Date.now() / STEP_MS)));
  await page.getByRole("button", { name: "Confirm" }).click();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.locator(".rail")).toBeVisible();
  await context.close();
});

test("an account of an identity provider opens the desk, where one wanted to go", async ({
  browser,
  server,
}) => {
  const administer = await callerOf(server, "901");
  const provider = await IdentityProvider.start(`${server.url}/api/v1/signin/demo/corp/callback`);
  try {
    await administer("PUT", "/config/identity-providers/corp", {
      name: "Company account",
      issuer: provider.issuer,
      client_id: provider.client,
      client_secret: provider.secret,
      allow_private: true,
    });
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${server.url}/desk/search?tenant=demo`);
    const button = page.getByRole("link", { name: "Sign in with Company account" });
    await expect(button).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await button.click();
    await page.waitForURL(/\/interaction\//);
    await page.goto(provider.as(page.url(), "102"));
    await expect(page.locator(".rail")).toBeVisible();
    await expect(page).toHaveURL(/\/desk\/search/);
    await page.locator(".rail-own").click();
    await page.getByRole("menuitem", { name: "My account" }).click();
    await expect(page.getByText("Kim · 102 · demo")).toBeVisible();
    await context.close();
    // Who is nobody here is told so.
    const stranger = await browser.newContext();
    const door = await stranger.newPage();
    await door.goto(`${server.url}/desk/?tenant=demo`);
    await door.getByRole("link", { name: "Sign in with Company account" }).click();
    await door.waitForURL(/\/interaction\//);
    await door.goto(provider.as(door.url(), "nobody"));
    await expect(door.locator("body")).toContainText("PERSON_UNKNOWN");
    await stranger.close();
  } finally {
    await administer("DELETE", "/config/identity-providers/corp");
    await provider.stop();
  }
});
