/** How a page embeds the chat. */

import type { Request } from "@playwright/test";

import { CHANNEL, Chat } from "../../harness/chat.js";
import { expect, test } from "../../harness/test.js";

test("nothing but the loader comes before the chat is opened", async ({ page, server, site }) => {
  const requests: string[] = [];
  page.on("request", (request: Request) => {
    if (request.url().startsWith(server.url)) {
      requests.push(new URL(request.url()).pathname);
    }
  });
  const chat = await Chat.onSite(page, site, server);
  await expect(chat.launcher).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(requests).toEqual(["/widget.js"]);
  await chat.opened();
  expect(requests.filter((path) => path.startsWith("/widget/"))).toHaveLength(2);
});

test("a page of another origin talks to the server", async ({ page, server, site, agent }) => {
  const chat = await (await Chat.onSite(page, site, server, { locale: "en" })).opened();
  const conversation = await chat.toAgent(agent);
  await agent.say(conversation, "hello");
  await expect.poll(() => chat.talk()).toEqual(["hello"]);
});

test("the element has attributes, events, methods and slots", async ({ page, server, site }) => {
  await page.goto(`${site.url}/site/widget.html?server=${encodeURIComponent(server.url)}`);
  await page.waitForFunction(() => customElements.get("frontdesk-chat") !== undefined);
  await page.evaluate((channel) => {
    document.body.insertAdjacentHTML(
      "beforeend",
      `<frontdesk-chat channel="${channel}" heading="Oak &amp; Iron" locale="es" theme="dark" position="start">
         <b slot="launcher">?</b><em slot="footer">Privacy</em><p slot="welcome">Bienvenida</p>
       </frontdesk-chat>`,
    );
    const seen: string[] = [];
    Object.assign(window, { seen });
    for (const name of ["open", "close", "unread", "message", "state"]) {
      document.querySelector("frontdesk-chat")?.addEventListener(name, () => seen.push(name));
    }
  }, CHANNEL);
  const chat = new Chat(page);
  await expect(chat.launcher).toHaveAttribute("aria-label", "Abrir el chat");
  await expect(page.getByText("?", { exact: true })).toBeVisible();
  await chat.element.evaluate((element) => {
    (element as unknown as { open(): void }).open();
  });
  await expect(chat.messages.locator(".row.robot").first()).toBeVisible();
  await expect(chat.window.locator("h2")).toHaveText("Oak & Iron");
  await expect(chat.window).toHaveAttribute("data-theme", "dark");
  await expect(page.getByText("Privacy")).toBeVisible();
  await expect(page.getByText("Bienvenida")).toBeVisible();
  expect((await chat.window.boundingBox())?.x).toBeLessThan(40);
  await chat.element.evaluate((element) =>
    (element as unknown as { send(text: string): Promise<void> }).send("Hola"),
  );
  await expect.poll(() => chat.talk()).toEqual(["Hola"]);
  await chat.element.evaluate((element) => {
    (element as unknown as { close(): void }).close();
  });
  await expect(chat.window).toBeHidden();
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  for (const name of ["open", "close", "message", "state"]) {
    expect(seen).toContain(name);
  }
  await chat.element.evaluate((element) => {
    element.setAttribute("locale", "fr");
  });
  await expect(chat.launcher).toHaveAttribute("aria-label", "Ouvrir le chat");
});

test("whoever is signed in is named by the page, as a token or a function", async ({
  page,
  server,
  site,
}) => {
  const asked: unknown[] = [];
  await page.route("**/api/v1/widget/session", async (route) => {
    asked.push(route.request().postDataJSON());
    await route.continue({ postData: JSON.stringify({ channelId: CHANNEL }) });
  });
  const chat = await Chat.onSite(page, site, server);
  await chat.element.evaluate((element) => {
    (element as unknown as { identity: () => Promise<string> }).identity = () => Promise.resolve("signed");
  });
  await chat.opened();
  expect(asked).toEqual([expect.objectContaining({ channelId: CHANNEL, identity: "signed" })]);
  expect(asked[0]).not.toHaveProperty("visitor");
  const readBack = await chat.element.evaluate(
    (element) => (element as unknown as { identity?: unknown }).identity,
  );
  expect(readBack).toBeUndefined();
});

test("other scripts of the page find no credentials", async ({ page, server, site, console }) => {
  // The browser's own prototypes are walked over, too, and some of them mind.
  console.expects(/Illegal invocation/);
  const secrets: string[] = [];
  page.on("response", (response) => {
    if (response.url().endsWith("/widget/session")) {
      void response.json().then(({ accessToken, ccmessagingToken }: Record<string, string>) => {
        secrets.push(accessToken ?? "", ccmessagingToken ?? "");
      });
    }
  });
  const chat = await (await Chat.onSite(page, site, server)).opened();
  await expect.poll(() => secrets.length).toBe(2);
  // Everything that can be reached from the window, the document's nodes and what the browser stores.
  const found = await chat.element.evaluate((element, wanted) => {
    const seen = new Set<object>();
    const waiting: unknown[] = [window, element, ...(element.shadowRoot?.querySelectorAll("*") ?? [])];
    const hits: string[] = [];
    while (waiting.length > 0 && seen.size < 200_000) {
      const value = waiting.pop();
      if (typeof value === "string" && wanted.some((secret) => value.includes(secret))) {
        hits.push(value.slice(0, 40));
      }
      if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) {
        continue;
      }
      seen.add(value);
      if (value instanceof Map || value instanceof Set) {
        waiting.push(...value.keys(), ...value.values());
      }
      for (const key of Reflect.ownKeys(value)) {
        try {
          waiting.push((value as Record<PropertyKey, unknown>)[key]);
        } catch {
          // Some getters refuse.
        }
      }
    }
    const stored = JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]);
    return [...hits, ...wanted.filter((secret) => stored.includes(secret))];
  }, secrets);
  expect(found).toEqual([]);
});
