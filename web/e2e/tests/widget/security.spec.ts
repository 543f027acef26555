/** Nothing in a message is ever executed. The page has no policy that would help. */

import type { Page } from "@playwright/test";

import { Chat } from "../../harness/chat.js";
import { expect, test } from "../../harness/test.js";
import { PAYLOADS } from "./payloads.js";

test("there are enough payloads", () => {
  expect(new Set(PAYLOADS).size).toBeGreaterThanOrEqual(60);
});

/** A message of the history of each kind, with a payload wherever there is a text. */
function messagesWith(payload: string, n: number): object[] {
  const media: [string, string][] = [
    ["TEXT", payload],
    ["FILE", `${payload.replaceAll(",", ";")},12,key,${payload.replaceAll(",", ";")}`],
    ["IMAGE", `key,${payload}`],
    ["DOCUMENT", `${payload},${payload}`],
    ["LOCATE", `1/2/${payload}`],
    ["WEBCARD", card(payload)],
    ["WEBCARD", payload],
    [payload, payload],
  ];
  return media.map(([mediaType, content], kind) => ({
    id: `id-${n}-${kind}`,
    channel: "WEB",
    senderNickname: payload,
    senderAvatar: payload,
    sendTime: 1_795_402_690_000 + n * 100 + kind,
    controlType: "CHAT",
    sourceType: ["AGENT", "ROBOT", "SYSTEM", "USER"][(n + kind) % 4],
    mediaType,
    content,
    callId: payload,
    messageCode: payload,
  }));
}

function card(payload: string): string {
  return JSON.stringify({
    title: payload,
    description: payload,
    mediaFileId: payload,
    mediaFileType: payload,
    redirectUrl: payload,
  });
}

/** What does not belong into a chat, and what would run. */
async function foreign(page: Page): Promise<string[]> {
  return page.locator("frontdesk-chat").evaluate((element) => {
    const found: string[] = [];
    for (const node of element.shadowRoot?.querySelectorAll("*") ?? []) {
      const name = node.localName;
      if (
        /^(script|iframe|frame|object|embed|link|style|meta|base|template|math|foreignobject|marquee)$/.test(
          name,
        )
      ) {
        found.push(name);
      }
      for (const { name: attribute, value } of node.attributes) {
        if (/^on/i.test(attribute)) {
          found.push(`${name} ${attribute}`);
        }
        if (/^(src|href|action|formaction|data|xlink:href|poster)$/.test(attribute)) {
          const isFine =
            attribute === "href" ? /^(https?|mailto|tel):/.test(value) : value.startsWith("blob:");
          if (!isFine) {
            found.push(`${name} ${attribute}=${value}`);
          }
        }
      }
    }
    return found;
  });
}

test("no field of a message runs anything", async ({ page, server, site, console }) => {
  // Hundreds of messages are drawn.
  test.slow();
  console.expects(/status of 400/);
  page.on("dialog", (dialog) => {
    throw new Error(`a dialog: ${dialog.message()}`);
  });
  await page.addInitScript(() => {
    Object.assign(window, {
      ran: [],
      pwn: (what: string) => (window as unknown as { ran: string[] }).ran.push(what),
    });
  });
  const all = PAYLOADS.flatMap(messagesWith).reverse();
  await page.route("**/queryHistoryChatMessage", (route) =>
    route.fulfill({ json: { resultCode: "0", resultDesc: "", messageList: all } }),
  );
  await page.route("**/queryPhraseByKeyword", (route) =>
    route.fulfill({ json: { resultCode: "0", question: PAYLOADS.slice(0, 5) } }),
  );
  // Files are what they are, whatever they are called.
  const svg = Buffer.from(
    "<svg xmlns='http://www.w3.org/2000/svg' onload='pwn(1)'><script>pwn(2)</script></svg>",
  );
  await page.route("**/downloadFileStream", (route) =>
    route.fulfill({ json: { resultCode: "0", fileStream: svg.toString("base64") } }),
  );
  let hasInjected = false;
  await page.route("**/ccmessaging/poll?*", async (route) => {
    const answer = await route.fetch();
    const json = (await answer.json()) as { downlinkMessages: object[] };
    if (!hasInjected && answer.ok()) {
      hasInjected = true;
      json.downlinkMessages.push({
        controlType: "CHAT",
        sourceType: "ROBOT",
        mediaType: "TEXT",
        content: PAYLOADS[0],
        interIdx: PAYLOADS[1],
        simQuestions: JSON.stringify(PAYLOADS.slice(0, 5)),
        senderNickname: PAYLOADS[2],
        messageId: "injected",
        messageCode: "injected",
        timestamp: 1_895_402_690_000,
        seq: 1_000_000,
        mediaFileType: null,
      });
    }
    await route.fulfill({ response: answer, json });
  });
  const chat = await Chat.onSite(page, site, server, { heading: PAYLOADS[0], "user-name": PAYLOADS[0] });
  await chat.launcher.click();
  await expect(chat.messages.locator(".chips button")).toHaveCount(5);
  const texts = await chat.messages.locator(".bubble").allTextContents();
  for (const payload of PAYLOADS) {
    expect(texts).toContain(payload);
  }
  // Pictures are asked for when they come into view, and these are none.
  await chat.messages.evaluate(async (list) => {
    for (;;) {
      const waiting = list.querySelector(".picture .waiting");
      if (!waiting) {
        break;
      }
      waiting.scrollIntoView();
      await new Promise(requestAnimationFrame);
    }
  });
  await chat.composer.fill("what");
  await expect(chat.window.getByRole("option")).toHaveCount(5);
  expect(await foreign(page)).toEqual([]);
  for (const payload of PAYLOADS.slice(0, 12)) {
    await chat.composer.fill(payload);
    await chat.composer.press("Enter");
  }
  await expect(chat.composer).toHaveValue("");
  expect(await foreign(page)).toEqual([]);
  expect(await page.evaluate(() => (window as unknown as { ran: string[] }).ran)).toEqual([]);
});

test("an agent's message is a text, whatever it says", async ({ page, server, site, agent }) => {
  const chat = await (await Chat.onSite(page, site, server)).opened();
  const conversation = await chat.toAgent(agent);
  for (const payload of PAYLOADS) {
    await agent.say(conversation, payload);
  }
  await expect.poll(() => chat.talk()).toEqual([...PAYLOADS]);
  expect(await foreign(page)).toEqual([]);
});
