/** The whole story of a customer, in English and in Chinese, with an agent who answers by the API. */

import { readFile } from "node:fs/promises";

import { Chat, PICTURE, agentFile } from "../../harness/chat.js";
import { expect, test } from "../../harness/test.js";

const STORIES = {
  en: {
    typed: "delivery",
    asked: "How long does delivery take?",
    answered: "Standard delivery takes",
    greeting: "Hello, this is Alex.",
    said: "My parcel is lost, see https://example.com/parcel?a=1&b=2.",
    names: {
      no: "No, this did not help",
      more: "More",
      queue: "Waiting for an agent",
      next: "You are next",
      leave: "Leave the message",
      contact: "Your phone number or e-mail address",
      message: "Your message",
      person: "Talk to a person",
      best: "Very satisfied",
      rate: "Send the rating",
      thanks: "Thank you for your rating.",
      transcript: "Download the conversation",
      again: "Start a new conversation",
      read: "Read",
      map: "Open the map",
    },
  },
  zh: {
    typed: "配送",
    asked: "发货后几天能到?",
    answered: "标准配送",
    greeting: "您好，我是Alex。",
    said: "我的包裹丢了，见https://example.com/parcel?a=1&b=2。",
    names: {
      no: "没有帮助",
      more: "更多",
      queue: "正在等待客服",
      next: "下一位就是您",
      leave: "提交留言",
      contact: "您的电话号码或电子邮箱",
      message: "您的留言",
      person: "转人工客服",
      best: "非常满意",
      rate: "提交评价",
      thanks: "感谢您的评价。",
      transcript: "下载聊天记录",
      again: "开始新的会话",
      read: "已读",
      map: "打开地图",
    },
  },
};

for (const [language, story] of Object.entries(STORIES)) {
  const { names } = story;

  test(`robot, queue, agent, survey, in ${language}`, async ({ page, server, agent }) => {
    const chat = await Chat.inShop(page, server, `lang=${language}`);
    const { window, messages, composer } = chat;

    await test.step("the robot suggests, asks back and answers", async () => {
      await composer.fill(story.typed);
      await expect(window.getByRole("option").first()).toBeVisible();
      await composer.press("ArrowDown");
      await expect(composer).toHaveAttribute("aria-activedescendant", /-0$/);
      await composer.press("Escape");
      await expect(window.getByRole("option")).toHaveCount(0);
      await composer.press("Enter");
      const chips = messages.locator(".chips button");
      await expect(chips.first()).toBeVisible();
      const question = (await chips.first().textContent()) ?? "";
      await chips.first().click();
      await expect(messages.locator(".row.customer .bubble").last()).toHaveText(question);
      await expect(chips).toHaveCount(0);
      await expect(messages.locator(".rate").last()).toBeVisible();
    });

    await test.step("an answer is rated", async () => {
      await messages.getByRole("button", { name: names.no }).last().click();
      await page.keyboard.type("42");
      await page.keyboard.press("Enter");
      await expect(messages.locator(".rated").last()).toBeVisible();
    });

    await test.step("nobody is there: a message is left", async () => {
      await agent.call("PUT", "/status", { status: "offline" });
      await window.locator(".quick button").click();
      await window.getByLabel(names.contact).fill("+47 12 34 56 78");
      await window.getByLabel(names.message).fill("Please call me back.");
      await window.getByRole("button", { name: names.leave }).click();
      await expect(window.locator(".notice.good")).toBeVisible();
      await window.getByRole("button", { name: names.again }).click();
      await expect(window.locator(".quick button")).toBeVisible();
    });

    await test.step("the queue says where the customer stands", async () => {
      await agent.call("PUT", "/status", { status: "busy" });
      await window.locator(".quick button").click();
      await expect(window.locator(".queue")).toContainText(names.queue);
      await expect(window.locator(".queue")).toContainText(names.next);
      await agent.call("PUT", "/status", { status: "online" });
      await expect(window.locator("h2")).toHaveText("Alex");
      await expect(window.locator(".queue")).toHaveCount(0);
    });

    const conversation = await agent.conversationWith(await chat.userId());
    await test.step("both talk, see the other type, and that it was read", async () => {
      await agent.call("POST", `/conversations/${conversation}/typing`);
      await expect(messages.locator(".typing")).toBeVisible();
      await agent.say(conversation, story.greeting);
      await expect(messages.locator(".row.agent .bubble").last()).toHaveText(story.greeting);
      await expect(messages.locator(".typing")).toHaveCount(0);
      await expect(chat.announcement).toContainText(story.greeting);
      await chat.say(story.said);
      await expect.poll(() => agent.heard(conversation)).toContain(story.said);
      const link = messages.locator(".row.customer a").last();
      await expect(link).toHaveAttribute("href", "https://example.com/parcel?a=1&b=2");
      await expect(link).toHaveAttribute("rel", "noopener noreferrer nofollow");
      await expect(link).toHaveAttribute("target", "_blank");
      await agent.call("POST", `/conversations/${conversation}/read`);
      await expect(messages.locator(".row.customer .meta").last()).toContainText(names.read);
    });

    await test.step("files go both ways", async () => {
      await window.locator("input[type=file]").setInputFiles([
        { name: "photo.png", mimeType: "image/png", buffer: PICTURE },
        { name: "a, b.txt", mimeType: "text/plain", buffer: Buffer.from("Order 4711\n") },
      ]);
      await expect(messages.locator(".row.customer .picture img")).toBeVisible();
      await expect(messages.locator(".row.customer .file")).toContainText("a, b.txt");
      await expect.poll(async () => (await agent.heard(conversation)).length).toBeGreaterThanOrEqual(3);
      const key = await agentFile(server, PICTURE, "chair.png");
      const image = { mediaType: "IMAGE", content: key };
      await agent.call("POST", `/conversations/${conversation}/messages`, image);
      const picture = messages.locator(".row.agent .picture img");
      await expect(picture).toBeVisible();
      await picture.click();
      await expect(window.locator(".lightbox img")).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(window.locator(".lightbox")).toHaveCount(0);
      await expect(window).toBeVisible();
      const text = await agentFile(server, Buffer.from("a,b\n1,2\n"), "prices.csv");
      await agent.call("POST", `/conversations/${conversation}/messages`, {
        mediaType: "DOCUMENT",
        content: text,
      });
      const download = page.waitForEvent("download");
      await messages.locator(".row.agent .file button").click();
      expect(await readFile(await (await download).path(), "utf8")).toBe("a,b\n1,2\n");
    });

    await test.step("places and cards", async () => {
      await agent.call("POST", `/conversations/${conversation}/messages`, {
        mediaType: "LOCATE",
        content: "60.39/5.32/Bergen",
      });
      await expect(messages.locator(".place")).toContainText("Bergen");
      await expect(messages.getByRole("link", { name: names.map })).toHaveAttribute(
        "href",
        /^https:\/\/www\.openstreetmap\.org\//,
      );
      await chat.element.evaluate((element) =>
        (element as unknown as { sendCard(card: object): Promise<void> }).sendCard({
          title: "Oak chair",
          description: "149 €",
          url: "/chairs/oak",
        }),
      );
      const card = messages.locator(".row.customer .card");
      await expect(card).toContainText("Oak chair");
      await expect(card.locator("a")).toHaveAttribute("href", `${server.url}/chairs/oak`);
    });

    await test.step("the end, a rating, and what was said as a file", async () => {
      await agent.call("POST", `/conversations/${conversation}/end`);
      await window.getByRole("radio", { name: names.best }).check({ force: true });
      await window.getByRole("button", { name: names.rate }).click();
      await expect(window.locator(".notice")).toContainText(names.thanks);
      await window.getByRole("button", { name: names.more, exact: true }).click();
      const download = page.waitForEvent("download");
      await window.getByRole("menuitem", { name: names.transcript }).click();
      const transcript = await readFile(await (await download).path(), "utf8");
      for (const part of [story.greeting, story.said, "Oak chair", "Bergen"]) {
        expect(transcript).toContain(part);
      }
    });
  });
}

test("earlier messages come when the customer scrolls back, and stay where they were read", async ({
  page,
  server,
  agent,
}) => {
  const chat = await Chat.inShop(page, server);
  const conversation = await chat.toAgent(agent);
  const texts = Array.from({ length: 45 }, (_, n) => `message ${n}`);
  for (const text of texts) {
    await agent.say(conversation, text);
  }
  await expect.poll(() => chat.talk()).toEqual(texts);
  await page.reload();
  await expect(chat.messages.getByText("message 44", { exact: true })).toBeVisible();
  await expect(chat.messages.getByText("message 5", { exact: true })).toHaveCount(0);
  await chat.messages.evaluate((list) => {
    list.scrollTop = 0;
  });
  await expect.poll(() => chat.talk()).toEqual(texts);
  expect(await chat.messages.evaluate((list) => list.scrollTop)).toBeGreaterThan(0);
});

test("what comes while the chat is closed is counted, and marked when it is opened", async ({
  page,
  server,
  agent,
}) => {
  const chat = await Chat.inShop(page, server);
  const conversation = await chat.toAgent(agent);
  await chat.launcher.click();
  await expect(chat.window).toBeHidden();
  await agent.say(conversation, "one");
  await agent.say(conversation, "two");
  await expect(chat.element.locator(".badge")).toHaveText("2");
  await expect(chat.launcher).toHaveAttribute("aria-label", "Open the chat, unread messages: 2");
  await page.reload();
  await expect(chat.element.locator(".badge")).toHaveText("2");
  await chat.launcher.click();
  await expect(chat.messages.locator(".day.unread")).toBeVisible();
  await expect(chat.element.locator(".badge")).toHaveText("");
});
