/** Knowledge, from a draft to what a robot says. */

import { Chat } from "../harness/chat.js";
import { atDesk, goTo, told } from "../harness/desk-pages.js";
import { expect, test } from "../harness/test.js";

test("goes from the draft to a robot's answer, and back", async ({ browser, context, server }) => {
  const desk = await atDesk(context, server, "901", "/knowledge/shop");
  await desk.getByRole("link", { name: "New question" }).click();
  await desk.getByLabel("Ways to ask").fill("Do you sell zeppelins?\nCan I buy an airship?");
  await desk.getByRole("textbox", { name: "Answer" }).fill("On Sundays only.");
  await desk.getByRole("button", { name: "Save to the draft" }).click();
  await expect(desk).toHaveURL(/groups\/do-you-sell-zeppelins$/);

  await goTo(desk, server, "/knowledge/shop/bench");
  const ask = async (version: string): Promise<void> => {
    await desk.getByRole("textbox", { name: "Question" }).first().fill("can i buy a zepelin");
    await desk.getByRole("combobox", { name: "Version" }).selectOption(version);
    await desk.getByRole("button", { name: "Ask" }).click();
  };
  await ask("draft");
  await expect(desk.locator(".said.robot")).toContainText("On Sundays only.");

  await goTo(desk, server, "/knowledge/shop/publish");
  await expect(desk.locator(".difference")).toContainText("Do you sell zeppelins?");
  await desk.getByRole("button", { name: "Publish" }).click();
  await expect(told(desk, "Published.")).toBeVisible();
  const customers = await browser.newContext();
  const chat = await Chat.inShop(await customers.newPage(), server);
  await chat.say("Can I buy an airship?");
  await expect.poll(async () => (await chat.shown()).map(({ text }) => text)).toContain("On Sundays only.");

  await desk.getByRole("row", { name: /^1 / }).getByRole("button", { name: "Go back to this" }).click();
  await desk.getByRole("alertdialog").getByRole("button", { name: "Go back to this" }).click();
  await expect(told(desk, "It is live again.")).toBeVisible();
  await goTo(desk, server, "/knowledge/shop/bench");
  await ask("live");
  await expect(desk.getByText(/Near|Miss/, { exact: true }).first()).toBeVisible();
  await customers.close();
});

test("takes what was asked in vain into the draft", async ({ browser, context, server }) => {
  const customers = await browser.newContext();
  const chat = await Chat.inShop(await customers.newPage(), server);
  await chat.say("Is my xylophone ready?");
  const desk = await atDesk(context, server, "901", "/knowledge/shop/unanswered");
  const row = desk.getByRole("row", { name: /Is my xylophone ready/ });
  await expect(async () => {
    await desk.reload();
    await expect(row).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await row.getByRole("button", { name: "Answer it" }).click();
  const dialog = desk.getByRole("dialog");
  await dialog.getByLabel("Group").fill("instruments");
  await dialog.getByRole("textbox", { name: "Answer" }).fill("We call you when it is.");
  await dialog.getByRole("button", { name: "Take into the draft" }).click();
  await expect(row).toHaveCount(0);
  await goTo(desk, server, "/knowledge/shop/groups/instruments");
  await expect(desk.getByRole("textbox", { name: "Answer" })).toHaveValue("We call you when it is.");
  await customers.close();
});
