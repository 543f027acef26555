/** Supervisors: the wall, monitoring, whispering, taking over, reports. */

import { Chat } from "../harness/chat.js";
import { atDesk, callerOf, goTo, told } from "../harness/desk-pages.js";
import { expect, test } from "../harness/test.js";

test("sees who waits, and is told when it is too long", async ({ browser, server, context }) => {
  const supervise = await callerOf(server, "201");
  await supervise("PUT", "/agents/101/status", { status: "busy" });
  // Nobody takes customers, but somebody is there for whom they wait.
  await (
    await callerOf(server, "901")
  )("PATCH", "/config/agents/101", { always_reachable: true });
  const wall = await atDesk(context, server, "201", "/wall");
  await wall.getByRole("button", { name: "Alerts" }).click();
  await wall.getByLabel("Most who may wait").fill("0");
  await wall.getByLabel("Play a sound").uncheck();
  await wall.getByRole("button", { name: "Save" }).click();
  const customers = await browser.newContext();
  const chat = await Chat.inShop(await customers.newPage(), server);
  await chat.window.locator(".quick button").click();
  const row = wall.getByRole("row", { name: /Support/ });
  await expect(row.getByRole("cell").nth(1)).toHaveText("1");
  await expect(wall.locator(".alert-banner")).toContainText("Support: 1 are waiting");
  await supervise("PUT", "/agents/101/status", { status: "online" });
  await expect(row.getByRole("cell").nth(1)).toHaveText("0");
  await expect(wall.locator(".alert-banner")).toHaveCount(0);
  await customers.close();
  await (
    await callerOf(server, "901")
  )("PATCH", "/config/agents/101", { always_reachable: null });
});

test("reads along, whispers, and takes over", async ({ browser, server, context, agent }) => {
  const customers = await browser.newContext();
  const chat = await Chat.inShop(await customers.newPage(), server);
  const conversation = await chat.toAgent(agent);
  await chat.say("My parcel is lost.");
  const desk = await atDesk(context, server, "201", "/watch");
  const item = desk.locator(".watch-item", { hasText: "My parcel is lost." });
  await item.click();
  await desk.getByRole("button", { name: "Monitor" }).click();
  await desk.getByLabel(/^Whisper/).fill("Offer a refund.");
  await desk.getByRole("button", { name: "Whisper to Alex" }).click();
  await expect(desk.locator(".said.whisper")).toContainText("Offer a refund.");
  await desk.getByRole("button", { name: "Take over" }).click();
  await desk.getByRole("alertdialog").getByRole("button", { name: "Take over" }).click();
  await expect(told(desk, "The conversation is yours.")).toBeVisible();
  await desk.getByLabel("Write to the customer").fill("We refund it.");
  await desk.getByRole("button", { name: "Send" }).click();
  await expect.poll(() => chat.talk()).toContain("We refund it.");
  expect(await chat.talk()).not.toContain("Offer a refund.");
  await expect(agent.say(conversation, "Hello?")).rejects.toThrow("NOT_YOURS");
  await desk.getByRole("button", { name: "End conversation" }).click();
  await expect(desk.locator(".watch-item", { hasText: "We refund it." })).toHaveCount(0);
  await customers.close();
});

test("sets an agent's status, and exports a report", async ({ server, context }) => {
  const desk = await atDesk(context, server, "201", "/team");
  await desk.getByRole("button", { name: "Set the status of Kim" }).click();
  await desk.getByRole("menuitem", { name: "Away" }).click();
  await expect(told(desk, "Kim: Away")).toBeVisible();
  await expect(desk.getByRole("row", { name: /Kim/ })).toContainText(/Away|Not reachable/);
  await goTo(desk, server, "/reports/queues");
  await desk.getByLabel("Period").selectOption("month");
  await expect(desk).toHaveURL(/period=month/);
  await desk.getByRole("button", { name: "Export" }).click();
  const saved = desk.waitForEvent("download");
  await desk.getByRole("menuitem", { name: "This report (CSV)" }).click();
  expect((await saved).suggestedFilename()).toMatch(/^queues-.*\.csv$/);
});
