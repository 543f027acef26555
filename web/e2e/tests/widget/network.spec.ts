/** No message lost, none twice, none out of order, and the customer sees what is going on. */

import { Chat } from "../../harness/chat.js";
import { expect, test } from "../../harness/test.js";

const OFFLINE = /net::ERR_|WebSocket connection/;

test("a reload in the middle changes nothing", async ({ page, server, agent }) => {
  const chat = await Chat.inShop(page, server);
  const conversation = await chat.toAgent(agent);
  await chat.say("one");
  await agent.say(conversation, "two");
  await chat.say("three");
  await expect.poll(() => chat.talk()).toEqual(["one", "two", "three"]);
  const before = await chat.shown();
  await page.reload();
  await expect.poll(() => chat.shown()).toEqual(before);
  await agent.say(conversation, "four");
  await expect.poll(() => chat.talk()).toEqual(["one", "two", "three", "four"]);
});

test("without a network messages wait, and arrive once and in order", async ({
  page,
  context,
  server,
  agent,
  console,
}) => {
  console.expects(OFFLINE);
  const chat = await Chat.inShop(page, server);
  const conversation = await chat.toAgent(agent);
  await context.setOffline(true);
  await chat.say("one");
  await chat.say("two");
  await expect(chat.window.locator(".status.problem")).toBeVisible();
  await expect(chat.messages.locator(".row.customer .meta").last()).toContainText("Waiting for a connection");
  await agent.say(conversation, "are you there?");
  await context.setOffline(false);
  await expect.poll(() => agent.heard(conversation)).toEqual(["one", "two"]);
  await expect.poll(() => chat.talk()).toEqual(["are you there?", "one", "two"]);
  await expect(chat.window.locator(".status.problem")).toHaveCount(0);
});

test("a server that is killed in mid-chat loses nothing", async ({ page, server, agent, console }) => {
  console.expects(OFFLINE);
  const chat = await Chat.inShop(page, server);
  const conversation = await chat.toAgent(agent);
  const said: string[] = [];
  const talk = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n += 1) {
      said.push(`message ${n}`);
      await chat.say(`message ${n}`);
    }
  };
  await talk(0, 5);
  const killed = server.crashAndRestart();
  await talk(5, 10);
  await killed;
  await talk(10, 12);
  await expect.poll(() => agent.heard(conversation)).toEqual(said);
  await expect.poll(() => chat.talk()).toEqual(said);
  await agent.say(conversation, "all there");
  await expect.poll(() => chat.talk()).toEqual([...said, "all there"]);
  await page.reload();
  await expect.poll(() => chat.talk()).toEqual([...said, "all there"]);
});

test("two tabs show the same, and one takes over from the other", async ({ context, server, agent }) => {
  const one = await Chat.inShop(await context.newPage(), server);
  const conversation = await one.toAgent(agent);
  await one.say("from one");
  const other = new Chat(await context.newPage());
  await other.page.goto(`${server.url}/demo?lang=en`);
  await other.launcher.click();
  await expect.poll(() => other.talk()).toEqual(["from one"]);
  await other.say("from the other");
  await agent.say(conversation, "to both");
  const all = ["from one", "from the other", "to both"];
  await expect.poll(() => one.talk()).toEqual(all);
  await expect.poll(() => other.talk()).toEqual(all);
  await one.page.close();
  await agent.say(conversation, "to the one that is left");
  await expect.poll(() => other.talk()).toEqual([...all, "to the one that is left"]);
  expect(await agent.heard(conversation)).toEqual(["from one", "from the other"]);
});

test("a message that failed says so and is sent again once", async ({ page, server, agent, console }) => {
  console.expects(/status of 400/);
  const chat = await Chat.inShop(page, server);
  const conversation = await chat.toAgent(agent);
  await page.route("**/ccmessaging/send", (route) =>
    route.fulfill({ status: 400, json: { errorCode: "FIELD_INVALID", exceptionInfo: "no" } }),
  );
  await chat.say("one");
  const failed = chat.messages.locator(".meta.failed");
  await expect(failed).toBeVisible();
  await page.unroute("**/ccmessaging/send");
  await failed.getByRole("button", { name: "Send again" }).click();
  await expect(failed).toHaveCount(0);
  await chat.say("two");
  await expect.poll(() => agent.heard(conversation)).toEqual(["one", "two"]);
  await expect.poll(() => chat.talk()).toEqual(["one", "two"]);
});

test("an answer that is lost says nothing twice", async ({ page, server, agent, console }) => {
  console.expects(OFFLINE);
  const chat = await Chat.inShop(page, server);
  const conversation = await chat.toAgent(agent);
  let lost = 0;
  await page.route("**/ccmessaging/send", async (route) => {
    if (lost < 3) {
      lost += 1;
      // The server has it; nobody hears of that.
      await route.fetch();
      await route.abort("connectionreset");
    } else {
      await route.continue();
    }
  });
  await chat.say("one");
  await chat.say("two");
  await expect.poll(() => agent.heard(conversation)).toEqual(["one", "two"]);
  await page.reload();
  await expect.poll(() => chat.talk()).toEqual(["one", "two"]);
  expect(await agent.heard(conversation)).toEqual(["one", "two"]);
});

test("what a closed tab could not send, the next one sends", async ({ context, server, agent, console }) => {
  console.expects(OFFLINE);
  const first = await Chat.inShop(await context.newPage(), server);
  const conversation = await first.toAgent(agent);
  await first.page.route("**/ccmessaging/send", (route) => route.abort("connectionreset"));
  await first.say("not lost");
  await expect(first.messages.getByText("not lost")).toBeVisible();
  await first.page.close();
  const next = new Chat(await context.newPage());
  await next.page.goto(`${server.url}/demo?lang=en`);
  await next.launcher.click();
  await expect.poll(() => agent.heard(conversation)).toEqual(["not lost"]);
  await expect.poll(() => next.talk()).toEqual(["not lost"]);
});

test("a conversation that has ended goes on in a new one", async ({ page, server, agent }) => {
  const chat = await Chat.inShop(page, server);
  const conversation = await chat.toAgent(agent);
  await agent.call("POST", `/conversations/${conversation}/end`);
  await chat.window.getByRole("button", { name: "Not now" }).click();
  await chat.say("How long does delivery take?");
  await expect(chat.messages.locator(".row.robot .bubble").last()).toContainText("Standard delivery takes");
  expect((await chat.talk()).filter((text) => text.startsWith("How long"))).toHaveLength(1);
});
