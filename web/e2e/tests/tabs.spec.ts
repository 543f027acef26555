/** The SDK's feed in several tabs of one browser: one receives, all have every message once and in order. */

import type { BrowserContext } from "@playwright/test";

import { expect, test } from "../harness/test.js";
import { Tab, allHave, leaderOf } from "../harness/tab.js";

const numbered = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `number ${first + index}`);

/** As on pages without TLS and in old browsers. */
async function forgetLocks(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
  });
}

for (const transports of ["poll", "sse", "websocket"]) {
  test(`one tab receives by ${transports} for all`, async ({ context, site, server, agent }) => {
    const open = (): Promise<Tab> => Tab.open(context, site, server, { transports });
    const [first, ...others] = [await open(), await open(), await open()] as const;
    const say = await first.talkTo(agent);
    for (const text of numbered(1, 12)) {
      await say(text);
    }
    await allHave([first, ...others], numbered(1, 12));
    expect(await leaderOf([first, ...others])).toBe(first);
    await expect.poll(() => first.transport()).toBe(transports);
    expect(others.map(({ requests }) => requests)).toEqual([[], []]);
  });
}

for (const election of ["locks", "a lease"]) {
  test(`when the tab that receives is closed, another takes over (by ${election})`, async ({
    context,
    site,
    server,
    agent,
  }) => {
    if (election === "a lease") {
      await forgetLocks(context);
    }
    const open = (): Promise<Tab> => Tab.open(context, site, server);
    const first = await open();
    let tabs = [first, await open(), await open()];
    const say = await first.talkTo(agent);
    let said = 0;
    while (tabs.length > 1) {
      const leader = await leaderOf(tabs);
      // In the middle of it: what is said before, while and after it goes.
      const saying = (async () => {
        for (const text of numbered(said + 1, said + 9)) {
          await say(text);
        }
      })();
      await expect.poll(async () => (await leader.texts()).length).toBeGreaterThan(said);
      await leader.page.close();
      await saying;
      said += 9;
      tabs = tabs.filter((tab) => tab !== leader);
      await allHave(tabs, numbered(1, said));
      expect((await leaderOf(tabs)).requests.length).toBeGreaterThan(0);
    }
  });
}

test("when the tab that receives crashes, another takes over", async ({ context, site, server, agent }) => {
  const first = await Tab.open(context, site, server);
  const tabs = [first, await Tab.open(context, site, server)];
  const say = await first.talkTo(agent);
  await say("number 1");
  await allHave(tabs, numbered(1, 1));
  const leader = await leaderOf(tabs);
  const rest = tabs.filter((tab) => tab !== leader);
  const crashed = leader.page.waitForEvent("crash");
  // It never answers.
  void (await context.newCDPSession(leader.page)).send("Page.crash").catch(() => undefined);
  await crashed;
  for (const text of numbered(2, 6)) {
    await say(text);
  }
  await allHave(rest, numbered(1, 6));
});

test("a reload keeps the place", async ({ context, site, server, agent }) => {
  const tab = await Tab.open(context, site, server);
  const say = await tab.talkTo(agent);
  for (const text of numbered(1, 3)) {
    await say(text);
  }
  await allHave([tab], numbered(1, 3));
  await tab.page.goto("about:blank");
  for (const text of numbered(4, 6)) {
    await say(text);
  }
  await tab.page.goBack();
  await tab.receives();
  await say("number 7");
  await allHave([tab], numbered(4, 7));
});

test("reloads of all tabs at once lose nothing and repeat nothing", async ({
  context,
  site,
  server,
  agent,
}) => {
  const first = await Tab.open(context, site, server);
  const tabs = [first, await Tab.open(context, site, server)];
  const say = await first.talkTo(agent);
  const had = new Map(tabs.map((tab) => [tab, [] as string[]]));
  const note = async (): Promise<void> => {
    for (const [tab, texts] of had) {
      texts.push(...(await tab.texts()));
    }
  };
  for (let round = 0; round < 3; round += 1) {
    for (const text of numbered(4 * round + 1, 4 * round + 4)) {
      await say(text);
    }
    await allHave(tabs, numbered(4 * round + 1, 4 * round + 4));
    await note();
    await Promise.all(tabs.map((tab) => tab.page.reload()));
    await Promise.all(tabs.map((tab) => tab.receives()));
  }
  await say("number 13");
  await allHave(tabs, ["number 13"]);
  await note();
  expect([...had.values()]).toEqual(tabs.map(() => numbered(1, 13)));
});

test("a server that was killed is waited for", async ({ context, site, server, agent, console }) => {
  console.expects(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection/);
  const first = await Tab.open(context, site, server);
  const tabs = [first, await Tab.open(context, site, server)];
  const say = await first.talkTo(agent);
  await say("number 1");
  await allHave(tabs, numbered(1, 1));
  await server.crashAndRestart();
  for (const text of numbered(2, 5)) {
    await say(text);
  }
  await allHave(tabs, numbered(1, 5));
  await leaderOf(tabs);
});
