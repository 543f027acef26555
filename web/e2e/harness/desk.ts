/** The desk as somebody sits at it. */

import { type Browser, type BrowserContext, expect, type Locator, type Page } from "@playwright/test";

import { backEnd, CHANNEL, type RealServer } from "../../client/test/real-server.js";

import { Console } from "./test.js";

export { CHANNEL };

/** What a browser says of itself on every page that asks who is signed in, or what a tenant offers. */
const ASKED = /status of 40[14]/;

/** A desk in a browser of its own. */
export class Desk {
  readonly list: Locator;
  readonly thread: Locator;
  readonly messages: Locator;
  readonly composer: Locator;

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly console: Console,
  ) {
    this.list = page.locator(".list-pane");
    this.thread = page.locator(".thread-pane");
    this.messages = page.locator(".messages");
    this.composer = page.locator(".composer textarea");
  }

  /** Signs in, as somebody does by hand. */
  static async open(
    browser: Browser,
    server: RealServer,
    agentId: string,
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<Desk> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const desk = new Desk(await context.newPage(), context, new Console(context));
    desk.console.expects(ASKED);
    await desk.page.goto(`${server.url}/desk/`);
    await desk.signIn(agentId);
    await expect(desk.page.locator(".rail")).toBeVisible();
    return desk;
  }

  async signIn(agentId: string): Promise<void> {
    const form = this.page.locator("form").filter({ has: this.page.locator("input[type=password]") });
    const tenant = form.locator("input[autocomplete=organization]");
    if (await tenant.isEditable()) {
      await tenant.fill("demo");
      await form.locator("input[autocomplete=username]").fill(agentId);
    }
    await form.locator("input[type=password]").fill(`demo-${agentId}`);
    await form.locator("button[type=submit]").click();
  }

  /** Declares a state by the menu. */
  async declare(status: "Ready" | "Busy" | "Away" | "Offline"): Promise<void> {
    await this.page.locator(".rail-status").click();
    await this.page.getByRole("menuitem", { name: status, exact: true }).click();
    await expect(this.page.locator(".rail-status")).toContainText(status);
  }

  /** Opens the conversation with a customer. */
  async choose(name: string): Promise<void> {
    await this.list.locator(".row-link", { hasText: name }).click();
    await expect(this.thread.locator(".thread-name")).toHaveText(name);
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** What stands in the conversation, system and days aside. */
  said(): Promise<string[]> {
    return this.messages.evaluate((list) =>
      [...list.querySelectorAll(".bubble")].map((bubble) => bubble.textContent),
    );
  }

  /** Nothing went wrong that was not announced. */
  async close(): Promise<void> {
    await this.context.close();
    expect(this.console.errors).toEqual([]);
  }
}

/** A customer without a page. */
export class Visitor {
  private constructor(
    private readonly server: RealServer,
    private readonly headers: Record<string, string>,
    private readonly userId: string,
  ) {}

  static async come(server: RealServer, userId: string): Promise<Visitor> {
    const given = await backEnd(server, userId)();
    const headers = {
      "x-app-key": given.appKey,
      authorization: `Bearer ${given.accessToken}`,
      "ccmessaging-token": given.ccmessagingToken,
    };
    const visitor = new Visitor(server, headers, userId);
    await visitor.send("CONNECT");
    return visitor;
  }

  /** Comes, and asks for a person. */
  static async waiting(server: RealServer, userId: string): Promise<Visitor> {
    const visitor = await Visitor.come(server, userId);
    await visitor.send("TRANS2AGENT");
    return visitor;
  }

  async send(controlType: string, content = ""): Promise<void> {
    await this.server.call("POST", "/apiaccess/ccmessaging/send", this.headers, {
      channel: "WEB",
      from: this.userId,
      to: CHANNEL,
      sourceType: "CUSTOMER",
      mediaType: "TEXT",
      controlType,
      content,
    });
  }

  async say(text: string): Promise<void> {
    await this.send("CHAT", text);
  }

  /** Leaves a message to be answered later. */
  async leave(text: string): Promise<void> {
    const message = { callId: this.userId, caller: "13800000000", leaveMessage: text, channel: "WEB" };
    await this.server.call("POST", "/apiaccess/ccmessaging/doLeaveMessage", this.headers, message);
  }

  /** All that agents said to them so far. */
  async heard(): Promise<string[]> {
    const path = `/apiaccess/ccmessaging/poll?wait=0&cursor=earliest`;
    const answer = (await this.server.call("GET", path, this.headers)) as {
      downlinkMessages: { content: string; sourceType: string }[];
    };
    return answer.downlinkMessages
      .filter(({ sourceType }) => sourceType === "AGENT")
      .map(({ content }) => content);
  }
}

/** Calls the native API as an administrator. */
export async function administer(
  server: RealServer,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const login = { tenant: "demo", agentId: "901", password: "demo-901" };
  const { token } = (await server.call("POST", "/api/v1/agent/login", {}, login)) as { token: string };
  return server.call(method, `/api/v1${path}`, { authorization: `Bearer ${token}` }, body);
}
