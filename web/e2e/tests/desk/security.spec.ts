/** Nothing that others wrote becomes more than text, and nobody sees what is not theirs. */

import { administer, Desk, Visitor } from "../../harness/desk.js";
import { expect, test } from "../../harness/test.js";
import { PAYLOADS } from "../widget/payloads.js";

test("texts that would run something are texts, wherever they stand", async ({ browser, server, agent }) => {
  test.setTimeout(180_000);
  const nasty = "<img src=x onerror=pwn(1)>";
  const visitor = await Visitor.waiting(server, "ann-nasty");
  const id = await agent.conversationWith("ann-nasty");
  await agent.call("PATCH", `/conversations/${id}`, {
    tags: [nasty, "javascript:pwn(1)"],
    attributes: { "<b>": nasty },
  });
  await administer(server, "PATCH", "/config/queues/support", { name: nasty });
  const desk = await Desk.open(browser, server, "101", { bypassCSP: true });
  const ran: string[] = [];
  await desk.page.exposeFunction("pwn", () => ran.push("pwn"));
  await desk.choose("ann-nasty");
  for (const text of PAYLOADS) {
    await visitor.say(text);
  }
  await agent.call("POST", `/conversations/${id}/notes`, { text: PAYLOADS.slice(0, 40).join("\n") });
  for (const text of PAYLOADS.slice(0, 12)) {
    await desk.say(text);
  }
  await expect(desk.messages.locator(".outgoing")).toHaveCount(0);
  await expect(desk.messages.getByText(PAYLOADS[11] ?? "").last()).toBeVisible();
  // Everything comes into sight once, from the first to the last.
  await desk.messages.evaluate(async (list) => {
    for (let top = 0; top < list.scrollHeight; top += list.clientHeight / 2) {
      list.scrollTop = top;
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20)));
    }
  });
  await desk.page.locator(".customer-panel").getByLabel("What colleagues should know").fill(nasty);
  await desk.page.keyboard.press("Alt+t");
  await expect(desk.page.getByRole("dialog").getByText(nasty)).toBeVisible();
  await desk.page.keyboard.press("Escape");
  await desk.page.goto(`${server.url}/desk/search?q=pwn`);
  await expect(desk.page.locator(".result").first()).toBeVisible();
  const found = await desk.page.evaluate(() => ({
    elements: document.querySelectorAll(
      "iframe, object, embed, form[action], [onerror], [onload], base, marquee",
    ).length,
    links: [...document.querySelectorAll("a")]
      .map((link) => link.protocol)
      .filter((p) => !/^(https?|mailto|tel):$/.test(p)),
  }));
  expect(found).toEqual({ elements: 0, links: [] });
  expect(ran).toEqual([]);
  await administer(server, "PATCH", "/config/queues/support", { name: "Support" });
  await desk.close();
});

test("the policy is strict, and nothing that scripts can read opens anything", async ({
  browser,
  server,
}) => {
  const desk = await Desk.open(browser, server, "101");
  const answer = await desk.page.goto(`${server.url}/desk/inbox/mine`);
  const policy = answer?.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toContain("unsafe");
  expect(answer?.headers()["x-frame-options"]).toBe("DENY");
  await expect(desk.page.locator(".rail")).toBeVisible();
  const readable = await desk.page.evaluate(
    () => document.cookie + JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
  );
  expect(readable).not.toMatch(/fd[ad]_/);
  const [cookie] = (await desk.context.cookies()).filter(({ name }) => name === "fd_session");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
  // Without the header that other origins' pages cannot send, the cookie opens nothing.
  const status = await desk.page.evaluate(async () => {
    const response = await fetch("/api/v1/agent/status", { method: "PUT", body: '{"status":"away"}' });
    return response.status;
  });
  expect(status).toBe(403);
  desk.console.expects(/status of 403/);
  await desk.close();
});

test("what a role may not see is not shown, and its address shows nothing", async ({ browser, server }) => {
  await administer(server, "PUT", "/config/roles/watcher", { name: "Watcher", permissions: ["agents.read"] });
  await administer(server, "PUT", "/config/agents/301", {
    nickname: "Wim",
    role: "watcher",
    password: "demo-301-and-more",
  });
  const desk = await Desk.open(browser, server, "101");
  await desk.context.clearCookies();
  await desk.page.goto(`${server.url}/desk/`);
  const form = desk.page.locator("form");
  await form.locator("input[autocomplete=username]").fill("301");
  await form.locator("input[type=password]").fill("demo-301-and-more");
  await form.locator("button[type=submit]").click();
  await expect(desk.page.locator(".rail-own")).toBeVisible();
  await expect(desk.page.locator(".rail-link[href='/desk/inbox']")).toHaveCount(0);
  await expect(desk.page.locator(".rail-status")).toHaveCount(0);
  await desk.page.goto(`${server.url}/desk/inbox/mine`);
  await expect(desk.page.getByText("There is nothing here.")).toBeVisible();
  await desk.close();
});
