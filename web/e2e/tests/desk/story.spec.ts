/** A customer and two agents, each in a window of their own, from the offer to the rating. */

import { Chat } from "../../harness/chat.js";
import { administer, Desk } from "../../harness/desk.js";
import { expect, test } from "../../harness/test.js";

test("offer, chat, consult, transfer, end and rating", async ({ page, browser, server }) => {
  await administer(server, "PATCH", "/config/queues/support", { accept_within: 60 });
  const alex = await Desk.open(browser, server, "101");
  const kim = await Desk.open(browser, server, "102");
  await alex.declare("Ready");
  await kim.declare("Busy");
  const chat = await Chat.inShop(page, server);

  await test.step("the robot, and then a person", async () => {
    await chat.say("How long does delivery take?");
    await expect(chat.messages.getByText("Standard delivery takes")).toBeVisible();
    await chat.window.locator(".quick button").click();
  });

  const name = await test.step("an offer with its time, which is taken", async () => {
    const offer = alex.page.locator(".offer");
    await expect(offer).toContainText(/\d+s/);
    await expect(offer.locator("progress")).toBeVisible();
    const offered = await offer.locator(".row-name").innerText();
    await offer.getByRole("button", { name: "Accept" }).click();
    await expect(alex.page.locator(".offer")).toHaveCount(0);
    await expect(alex.thread.locator(".thread-name")).toHaveText(offered);
    return offered;
  });

  await test.step("what was before, at once", async () => {
    await expect(alex.page.locator(".hand-over")).toContainText("How long does delivery take?");
    await expect(alex.messages.getByText("Standard delivery takes")).toBeVisible();
  });

  await test.step("both talk, and the agent sees what was read", async () => {
    await alex.say("Hello, Alex here.");
    await expect(chat.messages.getByText("Hello, Alex here.")).toBeVisible();
    await chat.say("My parcel is lost.");
    await expect(alex.messages.getByText("My parcel is lost.")).toBeVisible();
    await expect(alex.messages.locator(".message-foot", { hasText: "Read" }).first()).toBeVisible();
    await alex.composer.fill("/hel");
    await alex.page.getByRole("option", { name: /hello.*Greeting/ }).click();
    await expect(alex.composer).toHaveValue(/How can I help/);
    await alex.composer.fill("");
  });

  await test.step("a note that mentions a colleague", async () => {
    await alex.page.getByRole("button", { name: "Note", exact: true }).click();
    await alex.composer.fill("The third one this year, @ki");
    await alex.composer.press("Enter");
    await expect(alex.composer).toHaveValue("The third one this year, @Kim ");
    await alex.composer.press("Enter");
    await expect(alex.messages.locator(".noted .bubble")).toContainText("@Kim");
    await kim.page.locator(".mention", { hasText: name }).click();
    await expect(kim.messages.locator(".noted .bubble")).toContainText("The third one this year");
    await expect(kim.page.locator(".mention")).toHaveCount(0);
  });

  await test.step("a colleague is asked, and whispers", async () => {
    await alex.page.keyboard.press("Alt+i");
    await alex.page.getByRole("button", { name: /Kim/ }).click();
    await kim.page.getByRole("link", { name: /^Mine/ }).click();
    await kim.choose(name);
    await kim.say("It is at the post office.");
    await expect(alex.messages.locator(".whispered .bubble")).toHaveText("It is at the post office.");
    await expect(chat.messages.getByText("It is at the post office.")).toHaveCount(0);
  });

  await test.step("the conversation goes to the colleague", async () => {
    await kim.declare("Ready");
    await alex.page.getByRole("button", { name: "Transfer", exact: true }).click();
    await alex.page.getByRole("dialog").getByRole("button", { name: /Kim/ }).click();
    await expect(
      alex.page.getByText("This conversation is over.").or(alex.page.getByText("You no longer have")),
    ).toBeVisible();
    await expect(kim.thread.locator(".thread-about")).toContainText("with you");
    await kim.page.getByRole("button", { name: "Reply", exact: true }).click();
    await kim.say("Kim here, it is on its way.");
    await expect(chat.messages.getByText("Kim here, it is on its way.")).toBeVisible();
  });

  await test.step("the end, and what came of it", async () => {
    await kim.page.getByLabel("Outcome").selectOption("solved");
    await kim.page.getByRole("button", { name: "End", exact: true }).click();
    await kim.page.getByRole("alertdialog").getByRole("button", { name: "End" }).click();
    await expect(kim.page.getByText("This conversation is over.")).toBeVisible();
    await kim.page.getByRole("button", { name: "Put away" }).click();
    await expect(kim.list.locator(".row-link", { hasText: name })).toHaveCount(0);
  });

  await test.step("the customer's rating", async () => {
    await chat.window.getByRole("radio", { name: "Very satisfied" }).check({ force: true });
    await chat.window.getByRole("button", { name: "Send the rating" }).click();
    await expect(chat.window.locator(".notice")).toBeVisible();
    await kim.page.goto(`${server.url}/desk/inbox/ended`);
    await kim.choose(name);
    await expect(kim.page.locator(".customer-panel")).toContainText("5 of 5");
  });

  await alex.close();
  await kim.close();
  await administer(server, "PATCH", "/config/queues/support", { accept_within: null });
});
