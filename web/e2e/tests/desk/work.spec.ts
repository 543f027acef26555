/** What comes up in a day: an offer declined, after-call work, an outcome that is demanded, finding things again. */

import { CHANNEL } from "../../harness/chat.js";
import { administer, Desk, Visitor } from "../../harness/desk.js";
import { expect, test } from "../../harness/test.js";

test("an offer is declined, and another runs out", async ({ browser, server }) => {
  await administer(server, "PATCH", "/config/queues/support", { accept_within: 5 });
  const desk = await Desk.open(browser, server, "101");
  await desk.declare("Ready");
  const visitor = await Visitor.waiting(server, "ann-declined");
  await desk.page.locator(".offer").getByRole("button", { name: "Decline" }).click();
  await expect(desk.page.locator(".offer")).toHaveCount(0);
  await expect(desk.page.locator(".scope", { hasText: "Waiting" })).toContainText("1");
  await visitor.send("DISCONNECT");
  await Visitor.waiting(server, "ann-ignored");
  await expect(desk.page.locator(".offer")).toBeVisible();
  await expect(desk.page.locator(".rail-status")).toContainText("Away");
  await expect(desk.page.locator(".offer")).toHaveCount(0);
  await administer(server, "PATCH", "/config/queues/support", { accept_within: null });
  await desk.close();
});

test("an outcome is demanded, and after-call work is finished early", async ({ browser, server }) => {
  await administer(server, "PATCH", "/config/queues/support", { wrap_up: 600 });
  await administer(server, "PATCH", `/config/channels/${CHANNEL}`, { disposition_required: true });
  const desk = await Desk.open(browser, server, "102");
  await desk.declare("Ready");
  await Visitor.waiting(server, "ann-wrapped");
  await desk.choose("ann-wrapped");
  await desk.page.getByRole("button", { name: "End", exact: true }).click();
  await desk.page.getByRole("alertdialog").getByRole("button", { name: "End" }).click();
  const dialog = desk.page.getByRole("dialog", { name: "What came of it?" });
  await dialog.getByLabel("Outcome").selectOption("solved");
  await dialog.getByRole("button", { name: "End" }).click();
  await expect(desk.page.getByText(/After-call work: \d/).first()).toBeVisible();
  await desk.page.getByRole("button", { name: "Finish" }).click();
  await expect(desk.list.locator(".row-link", { hasText: "ann-wrapped" })).toHaveCount(0);
  await administer(server, "PATCH", `/config/channels/${CHANNEL}`, { disposition_required: false });
  await administer(server, "PATCH", "/config/queues/support", { wrap_up: 0 });
  await desk.declare("Offline");
  desk.console.expects(/409/);
  await desk.close();
});

test("what was said is found, and leads to where it was said", async ({ browser, server, agent }) => {
  const visitor = await Visitor.waiting(server, "ann-found");
  await visitor.say("The zebra lamp flickers");
  const id = await agent.conversationWith("ann-found");
  const desk = await Desk.open(browser, server, "101");
  await desk.page.keyboard.press("Control+k");
  await expect(desk.page.locator(".command-input")).toBeFocused();
  await desk.page.keyboard.type("search");
  await desk.page.keyboard.press("Enter");
  await expect(desk.page).toHaveURL(/\/desk\/search$/);
  await desk.page.getByRole("searchbox").fill("zebra");
  await desk.page.getByRole("searchbox").press("Enter");
  await expect(desk.page).toHaveURL(/search\?q=zebra$/);
  // What was said is found a moment later.
  await expect(async () => {
    await desk.page.goto(`${server.url}/desk/search?q=zebra`);
    await expect(desk.page.locator(".result mark")).toHaveText("zebra", { timeout: 5_000 });
  }).toPass();
  await desk.page.locator(".result").click();
  await expect(desk.messages.getByText("The zebra lamp flickers")).toBeVisible();
  expect(desk.page.url()).toContain(encodeURIComponent(id));
  await desk.close();
});

test("what is known of the customer is kept beside the conversation", async ({ browser, server, agent }) => {
  await Visitor.waiting(server, "ann-known");
  const id = await agent.conversationWith("ann-known");
  const desk = await Desk.open(browser, server, "101");
  await desk.choose("ann-known");
  const panel = desk.page.locator(".customer-panel");
  await panel.getByLabel("Tags: add", { exact: true }).fill("lamp");
  await panel.getByLabel("Tags: add", { exact: true }).press("Enter");
  await expect(desk.list.locator(".row-link", { hasText: "ann-known" })).toContainText("lamp");
  await panel.getByLabel("Priority").selectOption("urgent");
  await panel.getByRole("button", { name: "Details: add", exact: true }).click();
  await panel.getByLabel("Name", { exact: true }).fill("order");
  await panel.getByLabel("Value", { exact: true }).fill("A-1");
  await panel.getByLabel("Value", { exact: true }).press("Enter");
  await expect(panel.getByText("A-1")).toBeVisible();
  const known = (await agent.call("GET", `/conversations/${id}`)) as object;
  expect(known).toMatchObject({ tags: ["lamp"], priority: "urgent", attributes: { order: "A-1" } });
  await panel.getByLabel("What colleagues should know").fill("prefers mail");
  await desk.composer.focus();
  await expect(desk.page.getByText("Saved.")).toBeVisible();
  await desk.page.reload();
  await expect(panel.getByLabel("What colleagues should know")).toHaveValue("prefers mail");
  await desk.close();
});

test("a supervisor reads along, whispers and takes over", async ({ browser, server, agent }) => {
  const visitor = await Visitor.waiting(server, "ann-taken");
  await agent.conversationWith("ann-taken");
  const alex = await Desk.open(browser, server, "101");
  await alex.choose("ann-taken");
  const sam = await Desk.open(browser, server, "201");
  await sam.page.getByRole("link", { name: "All", exact: true }).click();
  await sam.choose("ann-taken");
  const act = async (name: string): Promise<void> => {
    await sam.page.getByRole("button", { name: "More" }).click();
    await sam.page.getByRole("menuitem", { name }).click();
  };
  await act("Read along");
  await visitor.say("I am waiting");
  await expect(sam.messages.getByText("I am waiting")).toBeVisible();
  await expect(alex.page.locator(".participants")).toHaveCount(0);
  await sam.page.getByRole("button", { name: "Whisper" }).click();
  await sam.say("Offer a refund");
  await expect(alex.messages.locator(".whispered .bubble")).toHaveText("Offer a refund");
  await act("Take over");
  await expect(alex.messages.getByText("A supervisor took the conversation over.")).toBeVisible();
  await expect(alex.composer).toHaveAttribute("placeholder", /note/);
  await expect(sam.thread.locator(".thread-about")).toContainText("with you");
  await sam.page.getByRole("button", { name: "Reply", exact: true }).click();
  await sam.say("Sam here.");
  await expect(sam.messages.getByText("Sam here.")).toBeVisible();
  await sam.page.keyboard.press("Alt+e");
  await sam.page.getByRole("alertdialog").getByRole("button", { name: "End" }).click();
  await expect(sam.page.getByText("This conversation is over.")).toBeVisible();
  await alex.close();
  await sam.close();
});

test("who waits is seen at once, and gone when somebody takes them", async ({ browser, server, agent }) => {
  await agent.call("PUT", "/status", { status: "busy" });
  const desk = await Desk.open(browser, server, "102");
  await desk.page.goto(`${server.url}/desk/inbox/waiting`);
  await expect(desk.list.getByText("Nobody is waiting.")).toBeVisible();
  // The feed tells it: the desk itself asks once a minute, later than this test waits.
  await Visitor.waiting(server, "ann-waits");
  await expect(desk.list.locator(".row-link", { hasText: "ann-waits" })).toBeVisible();
  await agent.call("PUT", "/status", { status: "online" });
  await agent.conversationWith("ann-waits");
  await expect(desk.list.locator(".row-link")).toHaveCount(0);
  await desk.close();
});
