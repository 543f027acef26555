import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import {
  type ChannelLike,
  type Feed,
  type FeedOptions,
  type LocksLike,
  MemoryStorage,
  type TabsEnvironment,
  createClient,
} from "../src/index.js";
import { CREDENTIALS, FakeServer } from "./fake-server.js";

let server: FakeServer;
let browser: Browser;
let feeds: Feed[];

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  browser = new Browser();
  feeds = [];
});

afterEach(async () => {
  const closing = Promise.all(feeds.map((feed) => feed.close()));
  await vi.advanceTimersByTimeAsync(60_000);
  await closing;
  vi.useRealTimers();
});

describe.each(["locks", "lease"] as const)("tabs with %s", (election) => {
  function open(options: FeedOptions = {}): { feed: Feed; texts: (string | null)[] } {
    const { fetch, WebSocket } = server;
    const client = createClient({
      url: "http://desk.test",
      credentials: () => CREDENTIALS,
      fetch,
      WebSocket,
    });
    const { storage } = browser;
    const tabs = browser.environment(election === "locks");
    const feed = client.feed({ deviceId: "browser", random: () => 0.5, storage, tabs, ...options });
    feeds.push(feed);
    const texts: (string | null)[] = [];
    feed.on("message", ({ content }) => texts.push(content));
    return { feed, texts };
  }

  it("receive through one connection", async () => {
    const tabs = [open(), open(), open()];
    await pass();
    server.say("one");
    await pass();
    expect(tabs.map(({ texts }) => texts)).toEqual([["one"], ["one"], ["one"]]);
    expect(server.sockets).toHaveLength(1);
    expect(tabs.map(({ feed }) => feed.state.transport).sort()).toEqual(["tab", "tab", "websocket"]);
  });

  it("take over when the one that receives is closed, without a loss and without a repetition", async () => {
    const tabs = [open(), open(), open()];
    await pass();
    for (let number = 1; number <= 4; number += 1) {
      server.say(`before ${number}`);
      await pass();
      void tabs.shift()?.feed.close();
      server.say(`after ${number}`);
      await pass(8_000);
      tabs.push(open());
      await pass();
    }
    const expected = [3, 4].flatMap((number) => [`before ${number}`, `after ${number}`]);
    expect(tabs[0]?.texts.slice(-4)).toEqual(expected);
    expect(new Set(tabs[0]?.texts).size).toBe(tabs[0]?.texts.length);
    expect(server.open()).toHaveLength(1);
  });

  it("take over what the one that vanished was in the middle of", async () => {
    const leader = open();
    // It receives, but nobody takes what comes: the place is not moved.
    const reader = leader.feed[Symbol.asyncIterator]();
    await pass();
    const follower = open();
    await pass();
    expect(leader.feed.state.transport).toBe("websocket");
    server.say("one");
    server.say("two");
    await pass();
    await reader.next();
    void leader.feed.close();
    server.say("three");
    await pass(8_000);
    expect(follower.texts).toEqual(["one", "two", "three"]);
  });
});

describe("a lease", () => {
  it("of a tab that vanished without a word runs out", async () => {
    const { storage } = browser;
    const key = "frontdesk:http://desk.test:web-1:ann:browser:leader";
    storage.setItem(key, JSON.stringify({ holder: "gone", until: Date.now() + 6_000 }));
    const { fetch, WebSocket } = server;
    const client = createClient({
      url: "http://desk.test",
      credentials: () => CREDENTIALS,
      fetch,
      WebSocket,
    });
    const tabs = browser.environment(false);
    const feed = client.feed({ deviceId: "browser", random: () => 0.5, storage, tabs });
    feeds.push(feed);
    await pass(4_000);
    expect(server.seen).toHaveLength(0);
    await pass(5_000);
    expect(feed.state.status).toBe("online");
  });
});

function pass(ms = 2_000): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

/** What the tabs of a browser share. */
class Browser {
  readonly storage = new MemoryStorage();
  private readonly channels = new Map<string, Set<ChannelLike>>();
  private readonly locks = new Map<string, Promise<unknown>>();

  environment(hasLocks: boolean): TabsEnvironment {
    return {
      channel: (name) => this.channel(name),
      locks: hasLocks ? { request: (...request) => this.request(...request) } : undefined,
      storage: this.storage,
      random: () => 0.5,
    };
  }

  private channel(name: string): ChannelLike {
    const peers = this.channels.get(name) ?? new Set();
    this.channels.set(name, peers);
    const channel: ChannelLike = {
      onmessage: null,
      postMessage: (message) => {
        const data: unknown = structuredClone(message);
        for (const peer of [...peers].filter((peer) => peer !== channel)) {
          setTimeout(() => {
            peer.onmessage?.({ data } as MessageEvent);
          });
        }
      },
      close: () => {
        peers.delete(channel);
      },
    };
    peers.add(channel);
    return channel;
  }

  private request(...[name, { signal }, held]: Parameters<LocksLike["request"]>): Promise<unknown> {
    const before = this.locks.get(name) ?? Promise.resolve();
    const mine = before.then(() => (signal.aborted ? undefined : held()));
    this.locks.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  }
}
