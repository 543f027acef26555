/** Administrators: a channel from nothing, keys, the configuration file. */

import { Chat } from "../harness/chat.js";
import { atDesk, goTo, told } from "../harness/desk-pages.js";
import { expect, test } from "../harness/test.js";

test("sets up a channel from nothing, and the chat works on another company's page", async ({
  browser,
  context,
  server,
  site,
}) => {
  const desk = await atDesk(context, server, "901", "/routing/queues");
  await desk.getByRole("button", { name: "New queue" }).click();
  await desk.getByLabel("Name").fill("Kiosk people");
  await desk.getByRole("button", { name: "Create" }).click();
  await expect(desk).toHaveURL(/routing\/queues\/kiosk-people/);
  await desk.getByRole("button", { name: "Look" }).click();
  await expect(desk.getByText("Open, and it never closes.")).toBeVisible();

  await goTo(desk, server, "/channels");
  await desk.getByRole("button", { name: "New channel" }).click();
  await desk.getByLabel("Name").fill("Kiosk");
  await desk.getByRole("button", { name: "Create" }).click();
  await expect(desk).toHaveURL(/channels\/kiosk$/);
  await desk.getByLabel("Robot", { exact: true }).selectOption("shop-robot");
  await desk.getByLabel("Queue", { exact: true }).selectOption("kiosk-people");
  await desk.getByLabel("Pages that may use it").fill(`${site.url}\n`);
  await desk.getByRole("button", { name: "Save" }).click();
  await expect(told(desk, "Saved.")).toBeVisible();

  // The chat in the preview is the channel's own.
  const preview = desk.frameLocator("iframe.preview");
  await preview.locator("frontdesk-chat .launcher").click();
  await expect(preview.locator("frontdesk-chat .row.robot").first()).toBeVisible();

  const line = await desk.getByRole("textbox", { name: "The line to embed" }).inputValue();
  expect(line).toContain(`<script src="${server.url}/widget.js" data-channel="kiosk" data-tenant="demo"`);
  const customers = await browser.newContext();
  const chat = await Chat.onSite(await customers.newPage(), site, server, {
    channel: "kiosk",
    tenant: "demo",
  });
  await chat.opened();
  await chat.say("How long does delivery take?");
  await expect
    .poll(async () => (await chat.shown()).map(({ text }) => text).join())
    .toContain("working days");
  await customers.close();
});

test("makes a key whose secret is shown once, and revokes it", async ({ context, server }) => {
  const desk = await atDesk(context, server, "901", "/people/keys");
  await desk.getByRole("button", { name: "New API key" }).click();
  await desk.getByLabel("Name").fill("Reports for finance");
  await desk.getByRole("dialog").getByLabel("Role").selectOption("auditor");
  await desk.getByRole("button", { name: "Create" }).click();
  const secret = await desk.getByRole("textbox", { name: "Secret" }).inputValue();
  expect(secret).toMatch(/^fdk_/);
  await desk.getByRole("button", { name: "Close" }).click();
  const row = desk.getByRole("row", { name: /Reports for finance/ });
  await expect(row).toBeVisible();
  expect(await desk.content()).not.toContain(secret);
  const authorization = `Bearer ${secret}`;
  await server.call("GET", "/api/v1/agents", { authorization });
  await row.getByRole("button", { name: "Revoke" }).click();
  await desk.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await expect(row).toHaveCount(0);
  await expect(server.call("GET", "/api/v1/agents", { authorization })).rejects.toThrow("401");
});

test("compares the configuration file before it is applied", async ({ context, server, console }) => {
  console.expects(/400 \(Bad Request\)/);
  const desk = await atDesk(context, server, "901", "/settings/file");
  const file = desk.getByLabel("The file", { exact: true });
  const text = await file.inputValue();
  await file.fill(text.replace('name = "Demo shop"', 'name = "Chairs"'));
  await expect(desk.getByRole("button", { name: "Apply" })).toBeDisabled();
  await desk.getByRole("button", { name: "Compare" }).click();
  await expect(desk.locator(".diff .plus")).toHaveText('+name = "Chairs"\n');
  await desk.getByRole("button", { name: "Apply" }).click();
  await desk.getByRole("alertdialog").getByRole("button", { name: "Apply" }).click();
  await expect(told(desk, "1 changes applied.")).toBeVisible();
  await expect(file).toHaveValue(/name = "Chairs"/);
  await file.fill('[tenant]\nid = "demo"\n[agents.bob]\nqueues = ["nowhere"]\n');
  await desk.getByRole("button", { name: "Compare" }).click();
  await expect(desk.locator(".notice.danger")).toContainText("nowhere");
});

test("says how long things are kept", async ({ context, server }) => {
  const desk = await atDesk(context, server, "901", "/settings/limits");
  const files = desk.getByLabel("Files, in days");
  const log = desk.getByLabel("Audit log, in days");
  await files.fill("90");
  await log.fill("400");
  await desk.getByRole("button", { name: "Save" }).click();
  await expect(told(desk, "Saved.")).toBeVisible();
  await goTo(desk, server, "/settings/limits");
  await expect(files).toHaveValue("90");
  await expect(log).toHaveValue("400");
  // For ever again.
  await files.fill("");
  await log.fill("");
  await desk.getByRole("button", { name: "Save" }).click();
  await expect(told(desk, "Saved.")).toBeVisible();
  await goTo(desk, server, "/settings/limits");
  await expect(desk.getByLabel("Conversations, in days")).toBeVisible();
  await expect(files).toHaveValue("");
});
