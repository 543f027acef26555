/** What every test of a page has: a server, a site at another origin, an agent, and an eye on the console. */

import { type BrowserContext, test as base, expect } from "@playwright/test";

import { Agent, RealServer } from "../../client/test/real-server.js";
import { callerOf } from "./desk-pages.js";
import { Site } from "./site.js";

/** Errors that a page's console shows, and exceptions that nothing caught. */
export class Console {
  private readonly seen: string[] = [];
  private readonly expected: RegExp[] = [];

  constructor(context: BrowserContext) {
    context.on("console", (message) => {
      // Violations of the content security policy are errors on the console, too.
      if (message.type() === "error" || message.type() === "warning") {
        this.seen.push(`${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => {
      this.seen.push(String(error.error()));
    });
  }

  /** Says that a test brings about such an error. */
  expects(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  /** What was seen and not expected. */
  get errors(): string[] {
    return this.seen.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
  }
}

interface Fixtures {
  /** Fails the test if a page reports an error that the test did not announce. */
  console: Console;
  /** Agent 101 of the demonstration, online; what is still going on at the end of the test is ended. */
  agent: Agent;
  /**
   * Nobody is there at first, neither agents nor customers. A desk that was closed counts as there for a while, longer
   * where a server was killed, and whom it served would be in the queue once it does no more.
   */
  nobody: undefined;
}

interface WorkerFixtures {
  /** A server of its own for each worker, with the demonstration in it. */
  server: RealServer;
  /** Calls the server's native API as a supervisor of the demonstration. */
  supervise: Awaited<ReturnType<typeof callerOf>>;
  /** A company's own site. */
  site: Site;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    // eslint-disable-next-line no-empty-pattern -- Playwright wants the pattern
    async ({}, use) => {
      const server = await RealServer.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  supervise: [
    async ({ server }, use) => {
      await use(await callerOf(server, "201"));
    },
    { scope: "worker" },
  ],
  site: [
    // eslint-disable-next-line no-empty-pattern -- Playwright wants the pattern
    async ({}, use) => {
      const site = await Site.start();
      await use(site);
      await site.stop();
    },
    { scope: "worker" },
  ],
  console: [
    async ({ context }, use) => {
      const console = new Console(context);
      await use(console);
      expect(console.errors).toEqual([]);
    },
    { auto: true },
  ],
  nobody: [
    async ({ supervise }, use) => {
      const { conversations } = (await supervise("GET", "/agent/conversations?scope=all")) as {
        conversations: { id: string }[];
      };
      for (const { id } of conversations) {
        for (const verb of ["take-over", "end"]) {
          // Who is the supervisor's own, waits, or leaves just now cannot be taken over.
          await supervise("POST", `/agent/conversations/${id}/${verb}`).catch(() => undefined);
        }
      }
      const { agents } = (await supervise("GET", "/agents")) as { agents: { id: string; status: string }[] };
      for (const { id } of agents.filter(({ status }) => status !== "offline")) {
        await supervise("PUT", `/agents/${id}/status`, { status: "offline" });
      }
      await use(undefined);
    },
    { auto: true },
  ],
  agent: async ({ server }, use) => {
    const agent = await Agent.signIn(server, "101");
    await use(agent);
    const held = (await agent.call("GET", "/conversations")) as { conversations: { id: string }[] };
    for (const { id } of held.conversations) {
      await agent.call("POST", `/conversations/${id}/end`);
    }
  },
});

export { expect } from "@playwright/test";
export type { Agent, RealServer } from "../../client/test/real-server.js";
