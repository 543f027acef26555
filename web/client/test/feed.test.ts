import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import {
  type ClientOptions,
  type Feed,
  type FeedOptions,
  type FeedState,
  type Gap,
  MemoryStorage,
  createClient,
} from "../src/index.js";
import { CREDENTIALS, FakeServer, answer } from "./fake-server.js";

let server: FakeServer;
let feeds: Feed[];

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  feeds = [];
});

afterEach(async () => {
  const closing = Promise.all(feeds.map((feed) => feed.close()));
  await vi.advanceTimersByTimeAsync(60_000);
  await closing;
  vi.useRealTimers();
});

function feedOf(options: FeedOptions = {}, clientOptions: Partial<ClientOptions> = {}): Feed {
  const { fetch, WebSocket } = server;
  const url = "http://desk.test";
  const client = createClient({ url, credentials: () => CREDENTIALS, fetch, WebSocket, ...clientOptions });
  const feed = client.feed({ deviceId: "phone", random: () => 0.5, ...options });
  feeds.push(feed);
  return feed;
}

interface Heard {
  texts: (string | null)[];
  states: string[];
  gaps: Gap[];
}

function listen(feed: Feed): Heard {
  const heard: Heard = { texts: [], states: [], gaps: [] };
  feed.on("message", ({ content }) => heard.texts.push(content));
  feed.on("state", (state) => heard.states.push(shown(state)));
  feed.on("gap", (gap) => heard.gaps.push(gap));
  return heard;
}

function shown({ status, transport, reason }: FeedState): string {
  return [status, transport ?? reason].filter((part) => part !== undefined).join(" ");
}

function pass(ms = 50): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

describe("a feed", () => {
  it("begins with a poll, goes on over a WebSocket, and acknowledges what was taken", async () => {
    server.say("one");
    const heard = listen(feedOf());
    await pass();
    expect(server.polls()[0]?.query.get("wait")).toBe("0");
    server.say("two");
    await pass(1_000);
    expect(heard.texts).toEqual(["one", "two"]);
    expect(heard.states).toEqual(["online poll", "online websocket"]);
    expect(server.sockets).toHaveLength(1);
    expect(server.sockets[0]?.frames).toEqual([
      { type: "resume", cursor: "c1", deviceId: "phone", events: [] },
      { type: "ack", cursor: "c2" },
    ]);
  });

  it("carries its credentials in the WebSocket's subprotocol", async () => {
    listen(feedOf());
    await pass();
    const [name, sealed = ""] = server.sockets[0]?.protocols ?? [];
    expect(name).toBe("frontdesk");
    const { appKey, accessToken, ccmessagingToken } = CREDENTIALS;
    const opened: unknown = JSON.parse(Buffer.from(sealed, "base64url").toString());
    expect(opened).toEqual({ appKey, accessToken, ccmessagingToken });
  });

  it("polls on while a WebSocket that is blocked hangs, then takes the stream of events", async () => {
    server.opensSockets = false;
    const heard = listen(feedOf());
    await pass();
    server.say("while it hangs");
    await pass();
    expect(heard.texts).toEqual(["while it hangs"]);
    await pass(10_000);
    expect(heard.states.at(-1)).toBe("online sse");
    server.say("by the stream");
    await pass();
    expect(heard.texts).toEqual(["while it hangs", "by the stream"]);
    expect(server.sockets).toHaveLength(1);
  });

  it("stays with the poll if nothing else works, and tries the others later", async () => {
    server.opensSockets = false;
    server.opensStreams = false;
    const heard = listen(feedOf());
    await pass(30_000);
    server.say("one");
    await pass(30_000);
    server.say("two");
    await pass();
    expect(heard.texts).toEqual(["one", "two"]);
    expect(heard.states.at(-1)).toBe("online poll");
    server.opensSockets = true;
    await pass(400_000);
    expect(heard.states.at(-1)).toBe("online websocket");
  });

  it("goes on where it was when a connection is cut", async () => {
    const heard = listen(feedOf());
    for (let number = 1; number <= 20; number += 1) {
      await pass(700);
      server.say(`m${number}`);
      if (number % 4 === 0) {
        server.cut();
      }
    }
    await pass(20_000);
    expect(heard.texts).toEqual(Array.from({ length: 20 }, (_, index) => `m${index + 1}`));
  });

  it("drops what comes twice and what is behind", async () => {
    const heard = listen(feedOf());
    await pass();
    const first = server.say("one");
    const second = server.say("two");
    for (const message of [second, first, second]) {
      server.open()[0]?.deliver({ type: "message", message, cursor: `c${message.seq}` });
    }
    server.say("three");
    await pass();
    expect(heard.texts).toEqual(["one", "two", "three"]);
  });

  it("puts a poll's messages and events in the order of the log", async () => {
    const feed = feedOf({ events: ["session"], transports: ["poll"] });
    const order: string[] = [];
    feed.on("message", ({ content }) => order.push(content ?? ""));
    feed.on("event", ({ data }) => order.push(String(data["state"])));
    server.happen("session", { state: "connected" });
    server.say("welcome");
    server.happen("session", { state: "queued" });
    await pass();
    expect(order).toEqual(["connected", "welcome", "queued"]);
    expect(server.polls()[0]?.query.get("events")).toBe("session");
  });

  it("waits as long as Retry-After says, and doubles its own pauses", async () => {
    const busy = (): Response => answer({ errorCode: "BUSY" }, 503, { "retry-after": "7" });
    const limited = (): Response => answer({ errorCode: "RATE" }, 429);
    server.faults.push(busy, limited, limited);
    const heard = listen(feedOf());
    await pass(6_900);
    expect(server.polls()).toHaveLength(1);
    // Seven seconds, and an eighth more by chance.
    await pass(1_000);
    expect(server.polls()).toHaveLength(2);
    await pass(400);
    expect(server.polls()).toHaveLength(3);
    await pass(600);
    expect(heard.states).toEqual([
      "offline BUSY",
      "offline RATE",
      "offline RATE",
      "online poll",
      "online websocket",
    ]);
  });

  it("says why it is offline, and comes back", async () => {
    const gone = (): Error => new TypeError("fetch failed");
    server.faults.push(gone, gone);
    const feed = feedOf();
    const heard = listen(feed);
    await pass();
    expect(feed.state).toEqual({ status: "offline", reason: "NETWORK", retryInMs: 125 });
    server.say("kept");
    await pass(2_000);
    expect(heard.texts).toEqual(["kept"]);
    expect(feed.state.status).toBe("online");
  });

  it("does not take it for a blocked transport that the network is away", async () => {
    const heard = listen(feedOf());
    await pass(20_000);
    server.opensSockets = false;
    server.cut();
    await pass(600);
    // A WebSocket is being opened when everything else stops, too.
    server.isDown = true;
    await pass(30_000);
    expect(heard.states.at(-1)).toBe("offline NETWORK");
    server.isDown = false;
    server.opensSockets = true;
    await pass(120_000);
    expect(heard.states.at(-1)).toBe("online websocket");
  });

  it("renews refused credentials once, and takes over renewed tokens", async () => {
    let asked = 0;
    server.accepts = (token) => token === `access-${asked}` && asked >= 2;
    server.renewedToken = "messaging-renewed";
    const credentials = () => {
      asked += 1;
      return { ...CREDENTIALS, accessToken: `access-${asked}` };
    };
    const heard = listen(feedOf({ transports: ["poll"] }, { credentials }));
    await pass();
    expect(asked).toBe(2);
    expect(heard.states).toEqual(["online poll"]);
    server.say("one");
    await pass();
    expect(server.polls().at(-1)?.headers.get("ccmessaging-token")).toBe("messaging-renewed");
  });

  it("comes back when the server ends the stream with the credentials", async () => {
    const heard = listen(feedOf());
    await pass(3_600_000);
    server.open()[0]?.end(1008);
    server.say("after");
    await pass(5_000);
    expect(heard.texts).toEqual(["after"]);
    expect(heard.states.at(-1)).toBe("online websocket");
  });

  it("reports a gap and goes on", async () => {
    server.faults.push((seen) =>
      seen.path.endsWith("/poll")
        ? answer({
            ...{ resultCode: "0", downlinkMessages: [], events: [], nextCursor: "c7", hasMore: false },
            ...{ waitMax: 55, pollAfterMs: 0, gap: { reason: "EXPIRED", oldestCursor: "c7" } },
          })
        : undefined,
    );
    const heard = listen(feedOf());
    await pass();
    expect(heard.gaps).toEqual([{ reason: "EXPIRED" }]);
    expect(server.sockets[0]?.frames[0]).toMatchObject({ cursor: "c7" });
  });

  it("starts again with an empty cursor when the server does not know its own", async () => {
    server.faults.push((seen) =>
      seen.path.endsWith("/poll") && seen.query.get("cursor") !== ""
        ? answer({ errorCode: "CURSOR_AHEAD" }, 400)
        : undefined,
    );
    const storage = new MemoryStorage();
    storage.setItem("frontdesk:http://desk.test:web-1:ann:phone:cursor", "c99");
    server.say("one");
    const heard = listen(feedOf({ storage }));
    await pass();
    expect(heard.gaps).toEqual([{ reason: "CURSOR_AHEAD" }]);
    expect(heard.texts).toEqual(["one"]);
  });

  it("looks for itself when the log stays ahead of what a stream brought", async () => {
    const heard = listen(feedOf());
    await pass();
    server.sayNothing();
    server.beat();
    await pass(6_000);
    const looked = server.polls().length;
    server.beat();
    await pass(6_000);
    expect(server.polls()).toHaveLength(looked);
    expect(server.sockets).toHaveLength(1);

    server.pushes = false;
    server.say("swallowed");
    server.beat();
    await pass(10_000);
    expect(heard.texts).toEqual(["swallowed"]);
    expect(server.sockets).toHaveLength(2);
  });

  it("leaves a stream that has fallen silent", async () => {
    listen(feedOf());
    await pass();
    await pass(60_000);
    expect(server.sockets.length).toBeGreaterThan(1);
  });

  it("gives way to a newer poll of the same device", async () => {
    server.faults.push((seen) =>
      seen.path.endsWith("/poll") && seen.query.get("wait") !== "0"
        ? answer({
            ...{ resultCode: "0", downlinkMessages: [], events: [], nextCursor: "c0", hasMore: false },
            ...{ waitMax: 55, pollAfterMs: 0, superseded: true },
          })
        : undefined,
    );
    const feed = feedOf({ transports: ["poll"] });
    await pass(1_000);
    expect(server.polls()).toHaveLength(2);
    expect(feed.state).toMatchObject({ status: "offline", reason: "SUPERSEDED" });
    await pass(5_000);
    expect(feed.state.status).toBe("online");
  });
});

describe("what was taken", () => {
  it("is kept across reloads, and nothing else", async () => {
    const storage = new MemoryStorage();
    const first = feedOf({ storage });
    const messages = first[Symbol.asyncIterator]();
    for (const text of ["one", "two", "three"]) {
      server.say(text);
    }
    await pass();
    expect((await messages.next()).value?.content).toBe("one");
    expect((await messages.next()).value?.content).toBe("two");
    // "two" is being worked on when the page is reloaded, and "three" was never asked for.
    void first.close();
    await pass();
    expect(await messages.next()).toEqual({ done: true, value: undefined });

    const heard = listen(feedOf({ storage }));
    await pass();
    expect(heard.texts).toEqual(["one", "two", "three"]);
  });

  it("counts once the next message is asked for", async () => {
    const feed = feedOf({ transports: ["poll"] });
    const texts: (string | null)[] = [];
    const reading = (async () => {
      for await (const { content } of feed) {
        texts.push(content);
        if (content === "two") {
          break;
        }
      }
    })();
    await pass();
    server.say("one");
    await pass();
    server.say("two");
    await pass();
    await reading;
    server.say("three");
    await pass();
    expect(texts).toEqual(["one", "two"]);
    expect(feed.cursor).toBe("c2");
    const heard = listen(feed);
    await pass();
    expect(heard.texts).toEqual(["three"]);
    expect(feed.cursor).toBe("c3");
  });

  it("is told to the server when the feed is closed", async () => {
    const feed = feedOf({ transports: ["sse"] });
    listen(feed);
    await pass();
    server.say("one");
    await pass(100);
    expect(server.acknowledged).toBe(0);
    await feed.close();
    expect(server.acknowledged).toBe(1);
    expect(feed.state).toEqual({ status: "closed" });
  });
});
