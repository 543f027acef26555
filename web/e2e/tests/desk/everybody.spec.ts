/** For everybody who sits at it: by keyboard, by screen reader, in any colours and directions, with much to do. */

import { violations } from "../../harness/axe.js";
import { Desk, Visitor } from "../../harness/desk.js";
import { expect, test } from "../../harness/test.js";

for (const look of [
  { colorScheme: "light", locale: "en" },
  { colorScheme: "dark", locale: "zh-CN" },
  { colorScheme: "light", locale: "ar" },
] as const) {
  test(`axe finds nothing: ${look.colorScheme}, ${look.locale}`, async ({
    page,
    browser,
    server,
    agent,
    console,
  }) => {
    console.expects(/status of 40[14]/);
    const name = `ann-${look.locale}`;
    const visitor = await Visitor.come(server, name);
    await visitor.say("How long does delivery take?");
    await visitor.send("TRANS2AGENT");
    const id = await agent.conversationWith(name);
    await agent.say(id, "Hello!");
    await agent.call("POST", `/conversations/${id}/notes`, { text: "A note", mentions: ["102"] });
    await agent.call("PATCH", `/conversations/${id}`, {
      tags: ["one"],
      priority: "high",
      attributes: { a: "b" },
    });
    await page.goto(`${server.url}/desk/`);
    await expect(page.locator("form")).toBeVisible();
    expect(await violations(page)).toEqual([]);
    const desk = await Desk.open(browser, server, "101", look);
    await desk.choose(name);
    await expect(desk.messages.locator(".noted")).toBeVisible();
    await expect(
      desk.page.locator(".customer-panel .earlier, .customer-panel .panel-part").nth(2),
    ).toBeVisible();
    expect(await desk.page.evaluate(() => document.dir)).toBe(look.locale === "ar" ? "rtl" : "ltr");
    expect(await violations(desk.page)).toEqual([]);
    for (const open of ["Control+k", "Alt+t", "Alt+i", "Alt+e"]) {
      await desk.page.keyboard.press(open);
      await expect(desk.page.locator('[role="dialog"], [role="alertdialog"]')).toBeVisible();
      expect(await violations(desk.page), open).toEqual([]);
      await desk.page.keyboard.press("Escape");
      await expect(desk.page.locator('[role="dialog"], [role="alertdialog"]')).toHaveCount(0);
    }
    await desk.page.goto(`${server.url}/desk/search?q=delivery`);
    await expect(desk.page.locator(".search-form")).toBeVisible();
    expect(await violations(desk.page)).toEqual([]);
    await desk.close();
  });
}

test("everything is done by keyboard alone", async ({ browser, server, agent }) => {
  for (const name of ["key-one", "key-two"]) {
    await Visitor.waiting(server, name);
    await agent.conversationWith(name);
  }
  const desk = await Desk.open(browser, server, "101");
  const { keyboard } = desk.page;
  await expect(desk.list.locator(".row-link")).toHaveCount(2);
  await keyboard.press("Alt+ArrowDown");
  await keyboard.press("Alt+ArrowDown");
  const second = await desk.list.locator(".row-link").nth(1).locator(".row-name").innerText();
  await expect(desk.thread.locator(".thread-name")).toHaveText(second);
  await expect(desk.composer).toBeFocused();
  await keyboard.type("typed");
  await keyboard.press("Enter");
  await expect(desk.messages.getByText("typed")).toBeVisible();
  await keyboard.press("Alt+n");
  await keyboard.type("noted");
  await keyboard.press("Enter");
  await expect(desk.messages.locator(".noted")).toContainText("noted");
  await keyboard.press("Alt+ArrowUp");
  await expect(desk.thread.locator(".thread-name")).not.toHaveText(second);
  await keyboard.press("Control+k");
  await expect(desk.page.locator(".command-input")).toBeFocused();
  await keyboard.type(second);
  await keyboard.press("Enter");
  await expect(desk.thread.locator(".thread-name")).toHaveText(second);
  await keyboard.press("Alt+e");
  await expect(desk.page.getByRole("alertdialog")).toBeVisible();
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(desk.page.getByText("This conversation is over.")).toBeVisible();
  await keyboard.press("Shift+?");
  await desk.close();
});

test("of 1,000 conversations and 10,000 messages only what is seen stands on the page", async ({
  browser,
  server,
  agent,
}) => {
  await Visitor.waiting(server, "ann-many");
  const id = await agent.conversationWith("ann-many");
  const known = (await agent.call("GET", `/conversations/${id}`)) as { customer: object };
  const conversations = Array.from({ length: 1000 }, (_, n) => ({
    ...known,
    id: n === 0 ? id : `${id}-${n}`,
    customer: { ...known.customer, name: `Customer ${n}` },
  }));
  const messages = Array.from({ length: 10_000 }, (_, n) => ({
    id: `m${n}`,
    seq: n + 1,
    at: 1_795_000_000_000 + n * 30_000,
    author:
      n % 2 === 0 ? { kind: "customer", id: "a", name: "Ann" } : { kind: "agent", id: "101", name: "Alex" },
    mediaType: "TEXT",
    content: `message ${n} ${"and so on ".repeat(n % 17)}`,
  }));
  const desk = await Desk.open(browser, server, "102");
  await desk.page.route("**/api/v1/agent/conversations?*", (route) =>
    route.fulfill({ json: { conversations } }),
  );
  await desk.page.route("**/messages", (route) => route.fulfill({ json: { messages } }));
  await desk.page.goto(`${server.url}/desk/inbox/all`);
  await desk.list.locator(".row-link").first().click();
  await expect(desk.messages.getByText("message 9999 ")).toBeVisible();
  const count = (): Promise<{ rows: number; messages: number; all: number }> =>
    desk.page.evaluate(() => ({
      rows: document.querySelectorAll(".row-link").length,
      messages: document.querySelectorAll(".messages .virtual-item").length,
      all: document.querySelectorAll("*").length,
    }));
  const bounded = async (): Promise<void> => {
    const now = await count();
    expect(now.rows).toBeGreaterThan(5);
    expect(now.rows).toBeLessThan(60);
    expect(now.messages).toBeGreaterThan(5);
    expect(now.messages).toBeLessThan(80);
    expect(now.all).toBeLessThan(2500);
  };
  await bounded();
  const far = async (list: string, part: number): Promise<void> => {
    await desk.page.locator(list).evaluate((element, share) => {
      element.scrollTop = element.scrollHeight * share;
    }, part);
  };
  await far(".list-pane .virtual", 0.5);
  await expect(desk.list.getByText("Customer 500", { exact: true })).toBeAttached();
  await far(".messages", 0);
  await expect(desk.messages.getByText("message 0 ")).toBeVisible();
  await bounded();
  await desk.page.getByRole("button", { name: "To the newest" }).click();
  await expect(desk.messages.getByText("message 9999 ")).toBeVisible();
  await bounded();
  // The server knows only one of these conversations, which is another's.
  desk.console.expects(/status of 4/);
  await desk.close();
});
