/** A tab of a customer's browser in which `site/tab.html` receives with the SDK's feed. */

import { type BrowserContext, type Page, expect } from "@playwright/test";

import type { Agent, RealServer } from "../../client/test/real-server.js";
import type { Site } from "./site.js";

/** How a tab is to receive. */
export interface TabOptions {
  /** What may be used, best first: `websocket`, `sse`, `poll`. */
  transports?: string;
}

/** What `site/tab.js` shows. */
interface Shown {
  userId: string;
  /** What agents said, in order. */
  texts: string[];
  /** Of the feed's present state. */
  transport: string | undefined;
  toAgent(): Promise<void>;
}

declare global {
  interface Window {
    tab: Shown;
  }
}

/** The paths by which a tab would receive for itself. */
const RECEIVING = /\/apiaccess\/ccmessaging\/(poll|stream|ws)\b/;

export class Tab {
  /** Requests by which this tab received. */
  readonly requests: string[] = [];

  private constructor(readonly page: Page) {
    const note = (url: string): void => {
      const path = RECEIVING.exec(url)?.[1];
      if (path !== undefined) {
        this.requests.push(path);
      }
    };
    page.on("request", (request) => {
      note(request.url());
    });
    page.on("websocket", (socket) => {
      note(socket.url());
    });
  }

  /** Opens a tab and waits until its feed receives, be it through another tab. */
  static async open(
    context: BrowserContext,
    site: Site,
    server: RealServer,
    options: TabOptions = {},
  ): Promise<Tab> {
    const tab = new Tab(await context.newPage());
    const query = new URLSearchParams({
      server: server.url,
      transports: options.transports ?? "websocket,sse",
    });
    await tab.page.goto(`${site.url}/site/tab.html?${query.toString()}`);
    await tab.receives();
    return tab;
  }

  /** Waits until the tab receives: by itself, or through another tab. */
  async receives(): Promise<void> {
    await expect.poll(() => this.transport()).toBeDefined();
  }

  /** How it receives: `tab` is through another one. */
  transport(): Promise<string | undefined> {
    return this.page.evaluate(() => window.tab.transport);
  }

  /** What agents said here since the page was loaded. */
  texts(): Promise<string[]> {
    return this.page.evaluate(() => window.tab.texts);
  }

  /** Connects the customer and asks for a person; gives what that person says things with. */
  async talkTo(agent: Agent): Promise<(text: string) => Promise<void>> {
    const userId = await this.page.evaluate(async () => {
      await window.tab.toAgent();
      return window.tab.userId;
    });
    const conversation = await agent.conversationWith(userId);
    return (text) => agent.say(conversation, text);
  }
}

/** Waits until each of the tabs has exactly these texts, in this order. */
export async function allHave(tabs: Tab[], texts: string[]): Promise<void> {
  await expect.poll(() => Promise.all(tabs.map((tab) => tab.texts()))).toEqual(tabs.map(() => texts));
}

/** The one that receives by itself. There must be one, and no other. */
export async function leaderOf(tabs: Tab[]): Promise<Tab> {
  await expect
    .poll(async () => {
      const transports = await Promise.all(tabs.map((tab) => tab.transport()));
      return transports.filter((transport) => transport !== undefined && transport !== "tab").length;
    })
    .toBe(1);
  for (const tab of tabs) {
    if ((await tab.transport()) !== "tab") {
      return tab;
    }
  }
  throw new Error("no tab receives by itself");
}
