/** The chat is for everybody: axe, keyboard, phones, languages, and what it looks like. */

import type { Page } from "@playwright/test";

import { Chat, PICTURE, agentFile, violationsIn } from "../../harness/chat.js";
import { type Agent, type RealServer, expect, test } from "../../harness/test.js";

const SHAPES = [
  { name: "light", query: "lang=en", scheme: "light", width: 1100, height: 800 },
  { name: "dark", query: "lang=zh", scheme: "dark", width: 1100, height: 800 },
  { name: "phone", query: "lang=en", scheme: "light", width: 390, height: 780 },
] as const;

for (const { name, query, scheme, width, height } of SHAPES) {
  test(`has nothing that keeps anybody out, ${name}`, async ({ page, server, agent }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height });
    await walk(page, server, agent, query, async (state, chat) => {
      expect(await violationsIn(page), state).toEqual([]);
      await expect(chat.element.page()).toHaveScreenshot(`${name}-${state}.png`, {
        clip: width < 500 ? { x: 0, y: 0, width, height } : { x: 680, y: 0, width: 420, height },
        mask: [chat.window.locator(".meta, .typing")],
        // Fonts are hinted a little differently from one build of the browser to the next.
        maxDiffPixelRatio: 0.03,
      });
    });
  });
}

/** Goes through the main states of the chat and stops in each. */
async function walk(
  page: Page,
  server: RealServer,
  agent: Agent,
  query: string,
  stop: (state: string, chat: Chat) => Promise<void>,
): Promise<void> {
  const chat = new Chat(page);
  await page.goto(`${server.url}/demo?${query}`, { waitUntil: "networkidle" });
  await stop("closed", chat);
  await chat.opened();
  await chat.say(query.includes("zh") ? "配送" : "delivery");
  await expect(chat.messages.locator(".chips button").first()).toBeVisible();
  await stop("robot", chat);
  await chat.window.locator(".menu > button").click();
  await stop("menu", chat);
  await page.keyboard.press("Escape");
  await agent.call("PUT", "/status", { status: "busy" });
  await chat.window.locator(".quick button").click();
  await expect(chat.window.locator(".queue p")).toBeVisible();
  await stop("queue", chat);
  await chat.window.locator(".queue .link").click();
  await expect(chat.window.locator(".sheet")).toBeVisible();
  await stop("leave", chat);
  await page.keyboard.press("Escape");
  await agent.call("PUT", "/status", { status: "online" });
  await expect(chat.window.locator("h2")).toHaveText("Alex");
  const conversation = await agent.conversationWith(await chat.userId());
  const messages = `/conversations/${conversation}/messages`;
  await agent.say(conversation, "Hello, this is Alex. See https://example.com/help");
  const key = await agentFile(server, PICTURE, "chair.png");
  await agent.call("POST", messages, { mediaType: "IMAGE", content: key });
  await agent.call("POST", messages, { mediaType: "LOCATE", content: "60.39/5.32/Bergen" });
  await chat.say("Thank you!");
  await expect(chat.messages.locator(".picture img")).toBeVisible();
  await expect(chat.messages.locator(".row.customer .meta svg").last()).toBeVisible();
  await stop("agent", chat);
  await agent.call("POST", `/conversations/${conversation}/end`);
  await chat.window.locator(".faces input").nth(3).check({ force: true });
  await stop("survey", chat);
}

test("works by keyboard alone", async ({ page, server, site }) => {
  const chat = await Chat.onSite(page, site, server);
  await expect(chat.launcher).toBeVisible();
  await page.locator("#before").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(chat.composer).toBeFocused();
  await page.keyboard.type("How long does delivery take?");
  await page.keyboard.press("Enter");
  await expect(chat.messages.locator(".rate")).toBeVisible();
  await expect(chat.composer).toBeFocused();
  await chat.window.locator(".menu > button").focus();
  await page.keyboard.press("Enter");
  await expect(chat.window.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("End");
  await expect(chat.window.getByRole("menuitem").last()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chat.window.getByRole("heading", { name: "End this conversation?" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(chat.composer).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(chat.window).toBeHidden();
  await expect(chat.launcher).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chat.composer).toBeFocused();
  await page.reload();
  await expect(chat.messages.locator(".row.robot").first()).toBeVisible();
  // The chat is open again, but nobody has asked for the focus to be there.
  await expect(page.locator("body")).toBeFocused();
});

test("covers a phone, and keeps the focus inside", async ({ page, server, site }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.setViewportSize({ width: 360, height: 640 });
  const chat = await (await Chat.onSite(page, site, server)).opened();
  expect(await chat.window.boundingBox()).toMatchObject({ x: 0, y: 0, width: 360, height: 640 });
  for (let n = 0; n < 12; n += 1) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.id)).not.toBe("before");
  }
  await chat.window.getByRole("button", { name: "Close" }).click();
  await expect(chat.window).toBeHidden();
});

test("is written from right to left in Arabic", async ({ page, server, site }) => {
  const chat = await (await Chat.onSite(page, site, server, { locale: "ar" })).opened();
  await expect(chat.window).toHaveAttribute("dir", "rtl");
  await chat.say("متى يصل طلبي؟");
  const own = await chat.messages.locator(".row.customer .bubble").boundingBox();
  const robot = await chat.messages.locator(".row.robot .bubble").first().boundingBox();
  expect(own?.x).toBeLessThan(robot?.x ?? 0);
  expect(await violationsIn(page)).toEqual([]);
});

test("moves nothing for those who want that", async ({ page, server, site }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const chat = await (await Chat.onSite(page, site, server)).opened();
  const moving = await chat.element.evaluate((element) => element.shadowRoot?.getAnimations().length ?? 0);
  expect(moving).toBe(0);
});
