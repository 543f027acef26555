/** Nothing that agents write is lost, and no page has to be loaded again. */

import { administer, Desk, Visitor } from "../../harness/desk.js";
import { expect, test } from "../../harness/test.js";

const OFFLINE = /net::ERR_/;

test("without a network what is written waits, is told so, and is sent once", async ({
  browser,
  server,
  agent,
}) => {
  const desk = await Desk.open(browser, server, "101");
  desk.console.expects(OFFLINE);
  const visitor = await Visitor.waiting(server, "ann-offline");
  await desk.choose("ann-offline");
  await desk.say("one");
  await expect(desk.messages.locator(".outgoing")).toHaveCount(0);
  await desk.context.setOffline(true);
  await desk.say("two");
  await desk.say("three");
  await expect(desk.messages.locator('.outgoing[data-state="waiting"]').first()).toContainText(
    "Waiting for the network",
  );
  await visitor.say("are you there?");
  await desk.context.setOffline(false);
  await expect(desk.messages.locator(".outgoing")).toHaveCount(0);
  await expect(desk.messages.getByText("are you there?")).toBeVisible();
  await expect(desk.page.locator(".rail-offline")).toHaveCount(0);
  const id = await agent.conversationWith("ann-offline");
  const { messages } = (await agent.call("GET", `/conversations/${id}/messages`)) as {
    messages: { content: string; author: { kind: string } }[];
  };
  const own = messages.filter(({ author }) => author.kind === "agent").map(({ content }) => content);
  expect(own).toEqual(["one", "two", "three"]);
  await desk.close();
});

test("a server that is killed changes nothing", async ({ browser, server, agent }) => {
  const desk = await Desk.open(browser, server, "101");
  desk.console.expects(OFFLINE);
  const visitor = await Visitor.waiting(server, "ann-killed");
  await desk.choose("ann-killed");
  await desk.composer.fill("a draft");
  const killed = server.crashAndRestart();
  await desk.say("written meanwhile");
  await killed;
  await expect(desk.messages.locator(".outgoing")).toHaveCount(0);
  await visitor.say("still here");
  await expect(desk.messages.getByText("still here")).toBeVisible();
  expect(await agent.conversationWith("ann-killed")).not.toBe("");
  await desk.close();
});

test("a sign-in that is over is healed without losing a word", async ({ browser, server }) => {
  const desk = await Desk.open(browser, server, "101");
  await desk.declare("Ready");
  const visitor = await Visitor.waiting(server, "ann-expired");
  await desk.choose("ann-expired");
  await desk.page.keyboard.press("Alt+n");
  await desk.composer.fill("half a no");
  await desk.page.keyboard.press("Alt+r");
  // Before the dialog can open: it takes the keyboard.
  await desk.composer.fill("a whole sentence");
  await administer(server, "DELETE", "/agents/101/sessions");
  // The feed has news; whoever asks it for more is not known any more.
  await visitor.say("are you there?");
  await expect(desk.page.getByRole("dialog", { name: "Please sign in again" })).toBeVisible();
  await desk.signIn("101");
  await expect(desk.page.getByRole("dialog")).toHaveCount(0);
  await desk.composer.press("Enter");
  await expect(desk.messages.getByText("a whole sentence")).toBeVisible();
  await expect(desk.messages.locator(".outgoing")).toHaveCount(0);
  await desk.page.keyboard.press("Alt+n");
  await expect(desk.composer).toHaveValue("half a no");
  await desk.close();
});

test("two tabs agree, and drafts outlive a tab", async ({ browser, server, agent }) => {
  const desk = await Desk.open(browser, server, "101");
  const visitor = await Visitor.waiting(server, "ann-tabs");
  await desk.choose("ann-tabs");
  expect(desk.page.url()).toContain(encodeURIComponent(await agent.conversationWith("ann-tabs")));
  const other = await desk.context.newPage();
  await other.goto(desk.page.url());
  await expect(other.locator(".thread-name")).toHaveText("ann-tabs");
  await desk.say("from the first");
  await expect(other.locator(".messages").getByText("from the first")).toBeVisible();
  await visitor.say("to both");
  await expect(other.locator(".messages").getByText("to both")).toBeVisible();
  await expect(desk.messages.getByText("to both")).toBeVisible();
  await desk.composer.fill("kept");
  await expect(other.locator(".composer textarea")).toHaveValue("kept");
  // The first tab read the feed for both; now the second does.
  await desk.page.close();
  await visitor.say("to the second");
  await expect(other.locator(".messages").getByText("to the second")).toBeVisible();
  await other.reload();
  await expect(other.locator(".composer textarea")).toHaveValue("kept");
  await desk.close();
});

test("who writes while a colleague has written is asked first", async ({ browser, server, agent }) => {
  const desk = await Desk.open(browser, server, "101");
  await Visitor.waiting(server, "ann-newer");
  await desk.choose("ann-newer");
  const id = await agent.conversationWith("ann-newer");
  const kim = await Desk.open(browser, server, "102");
  await kim.declare("Busy");
  await agent.call("POST", `/conversations/${id}/participants`, { agentId: "102", mode: "conference" });
  await kim.choose("ann-newer");
  await expect(kim.page.getByRole("button", { name: "Reply", exact: true })).toBeVisible();
  // What Alex writes is on its way while Kim, who writes later, is quicker.
  let letGo = (): void => undefined;
  const kimWrote = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await desk.page.route("**/messages", async (route) => {
    await kimWrote;
    await route.continue();
  });
  await desk.say("Alex was second");
  await expect(desk.messages.locator('.outgoing[data-state="sending"]')).toBeVisible();
  await kim.say("Kim was first");
  await expect(kim.messages.locator(".outgoing")).toHaveCount(0);
  letGo();
  await expect(desk.messages.locator('.outgoing[data-state="asked"]')).toContainText(
    "a colleague wrote meanwhile",
  );
  await expect(desk.messages.getByText("Kim was first")).toBeVisible();
  await desk.page.getByRole("button", { name: "Send anyway" }).click();
  await expect(desk.messages.locator(".outgoing")).toHaveCount(0);
  await expect.poll(() => desk.said()).toEqual(expect.arrayContaining(["Kim was first", "Alex was second"]));
  await kim.close();
  desk.console.expects(/409/);
  await desk.close();
});
