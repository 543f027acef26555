/** The chat on a page, as whoever uses it sees it. */

import { AxeBuilder } from "@axe-core/playwright";
import { type Locator, type Page, expect } from "@playwright/test";

import { type Agent, CHANNEL, type RealServer } from "../../client/test/real-server.js";
import type { Site } from "./site.js";

export { CHANNEL };

/** A message as it is shown. */
export interface Shown {
  who: "customer" | "agent" | "robot" | "system";
  text: string;
}

/** The chat of one page. */
export class Chat {
  readonly element: Locator;
  readonly launcher: Locator;
  readonly window: Locator;
  readonly messages: Locator;
  readonly composer: Locator;
  /** What screen readers are told. */
  readonly announcement: Locator;

  constructor(readonly page: Page) {
    this.element = page.locator("frontdesk-chat");
    this.launcher = this.element.locator(".launcher");
    this.window = this.element.locator("dialog.chat");
    this.messages = this.element.locator(".messages");
    this.composer = this.element.locator(".composer textarea");
    this.announcement = this.element.locator(".unseen[aria-live]");
  }

  /** The demonstration's shop, with the chat open and the robot's welcome in it. */
  static async inShop(page: Page, server: RealServer, query = "lang=en"): Promise<Chat> {
    await page.goto(`${server.url}/demo?${query}`);
    return new Chat(page).opened();
  }

  /** A page of another origin. */
  static async onSite(page: Page, site: Site, server: RealServer, more = {}): Promise<Chat> {
    const query = new URLSearchParams({ server: server.url, channel: CHANNEL, ...more });
    await page.goto(`${site.url}/site/widget.html?${query.toString()}`);
    return new Chat(page);
  }

  async opened(): Promise<this> {
    await this.launcher.click();
    await expect(this.messages.locator(".row.robot").first()).toBeVisible();
    return this;
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** What is shown, in order. */
  shown(): Promise<Shown[]> {
    return this.messages.evaluate((list) =>
      [...list.querySelectorAll(".bubble:not(.typing)")].map((bubble) => ({
        who: (["customer", "agent", "robot"] as const).find((who) => bubble.closest(`.${who}`)) ?? "system",
        text: bubble.textContent,
      })),
    );
  }

  /** What the customer and agents are shown to have said. */
  async talk(): Promise<string[]> {
    const all = await this.shown();
    return all.filter(({ who }) => who === "customer" || who === "agent").map(({ text }) => text);
  }

  /** Asks for a person and waits until that person is there. Gives the conversation. */
  async toAgent(agent: Agent): Promise<string> {
    await this.window.locator(".quick button").click();
    await expect(this.window.locator("h2")).toHaveText("Alex");
    return agent.conversationWith(await this.userId());
  }

  async userId(): Promise<string> {
    const key = await this.page.evaluate(() =>
      Object.keys(localStorage).find((name) => name.startsWith("frontdesk:memory:")),
    );
    return key?.split(":").at(-1) ?? "";
  }
}

/** A small picture. */
export const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAAGklEQVR42mNwtjhFFcQwatCoQaMGjRpEGQIAlynnkMWvLI8AAAAASUVORK5CYII=",
  "base64",
);

/** Stores a file as an agent does; gives its key. */
export async function agentFile(server: RealServer, bytes: Buffer, name: string): Promise<string> {
  const body = { tenant: "demo", agentId: "101", password: "demo-101" };
  const { token } = (await server.call("POST", "/api/v1/agent/login", {}, body)) as { token: string };
  const form = new FormData();
  form.append("file", new Blob([new Uint8Array(bytes)]), name);
  const headers = { authorization: `Bearer ${token}` };
  const stored = await fetch(`${server.url}/api/v1/files`, { method: "POST", headers, body: form });
  return ((await stored.json()) as { key: string }).key;
}

/** What axe finds wrong with the chat. What is wrong with the page around it is another test's matter. */
export async function violationsIn(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page })
    .options({ resultTypes: ["violations"] })
    .setLegacyMode(true)
    .include("frontdesk-chat")
    .analyze();
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help} (${String(target)})`),
  );
}
