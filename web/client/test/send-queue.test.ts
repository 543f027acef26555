import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type Client, MemoryStorage, type SendQueueOptions, createClient } from "../src/index.js";
import { CREDENTIALS, FakeServer, answer } from "./fake-server.js";

let server: FakeServer;
let client: Client;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  const { fetch } = server;
  client = createClient({ url: "http://desk.test", credentials: () => CREDENTIALS, fetch, WebSocket: null });
});

afterEach(() => {
  vi.useRealTimers();
});

function queueOf(options: SendQueueOptions = {}) {
  const queue = client.sendQueue({ random: () => 0.5, ...options });
  const changes: string[] = [];
  queue.on("change", ({ content, status, reason }) => {
    changes.push([content as string, status, reason].filter((part) => part !== undefined).join(" "));
  });
  return { queue, changes };
}

function pass(ms: number): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

describe("a queue", () => {
  it("shows a message at once and sends in order", async () => {
    const { queue, changes } = queueOf();
    queue.chat("one");
    queue.chat("two");
    expect(changes).toEqual(["one sending", "two sending"]);
    await pass(10);
    expect(changes.slice(2)).toEqual(["one sent", "two sent"]);
    expect([...server.sent.values()]).toEqual(["one", "two"]);
    expect(queue.messages).toEqual([]);
  });

  it("tries again with the same id when an answer is lost", async () => {
    server.faults.push((seen) => {
      // The server has it, but the answer does not come through.
      server.sent.set(String(seen.json["messageId"]), String(seen.json["content"]));
      return new TypeError("terminated");
    });
    const { queue, changes } = queueOf();
    queue.chat("one");
    await pass(2_000);
    expect(changes).toEqual(["one sending", "one sent"]);
    expect(server.seen).toHaveLength(2);
    expect(server.sent.size).toBe(1);
  });

  it("waits as Retry-After says", async () => {
    server.faults.push(() => answer({ errorCode: "RATE" }, 429, { "retry-after": "20" }));
    const { queue, changes } = queueOf();
    queue.chat("one");
    await pass(19_000);
    expect(changes).toEqual(["one sending"]);
    await pass(5_000);
    expect(changes).toEqual(["one sending", "one sent"]);
  });

  it("says what failed for good, goes on, and tries again when asked", async () => {
    server.faults.push(() => answer({ resultCode: "5", resultDesc: "The session has ended." }));
    const { queue, changes } = queueOf();
    const { messageId } = queue.chat("one");
    queue.chat("two");
    await pass(10);
    expect(changes.slice(2)).toEqual(["one failed 5", "two sent"]);
    queue.retry(messageId);
    await pass(10);
    expect(changes.slice(4)).toEqual(["one sending", "one sent"]);
    expect(server.sent.get(messageId)).toBe("one");
  });

  it("gives up after a while", async () => {
    server.isDown = true;
    const { queue, changes } = queueOf({ giveUpAfterMs: 60_000 });
    const { messageId } = queue.chat("one");
    await pass(120_000);
    expect(changes).toEqual(["one sending", "one failed NETWORK"]);
    queue.discard(messageId);
    expect(queue.messages).toEqual([]);
  });

  it("goes on after a reload with the same id", async () => {
    const storage = new MemoryStorage();
    server.isDown = true;
    const before = queueOf({ storage });
    const { messageId } = before.queue.chat("one");
    await pass(1_000);
    before.queue.close();
    server.isDown = false;

    const { queue } = queueOf({ storage });
    queue.chat("two");
    await pass(10);
    await queue.idle();
    expect([...server.sent]).toEqual([
      [messageId, "one"],
      [expect.any(String), "two"],
    ]);
    await pass(10);
    expect(storage.getItem("frontdesk:outgoing:http://desk.test:web-1:ann")).toBeNull();
  });

  it("opens a conversation anew and says in it what came too late for the last, in order", async () => {
    let isOpen = false;
    const { queue, changes } = queueOf({ reopen: true });
    const ended = (): Response | undefined =>
      isOpen ? undefined : answer({ resultCode: "5", resultDesc: "The session has ended." });
    server.faults.push(ended);
    server.faults.push((seen) => {
      isOpen ||= seen.json["controlType"] === "CONNECT";
      return undefined;
    });
    queue.chat("one");
    queue.chat("two");
    await pass(10);
    expect(changes.slice(2)).toEqual(["one sent", "two sent"]);
    expect([...server.sent.values()].filter((said) => said !== "undefined")).toEqual(["one", "two"]);
    expect(isOpen).toBe(true);
  });

  it("takes the log's word that a message has arrived", async () => {
    server.faults.push(() => new TypeError("terminated"));
    const { queue, changes } = queueOf();
    const { messageId } = queue.chat("one");
    await pass(0);
    expect(queue.confirm(messageId)).toBe(true);
    expect(queue.confirm(messageId)).toBe(false);
    await pass(60_000);
    expect(changes).toEqual(["one sending", "one sent"]);
    expect(server.seen).toHaveLength(1);
  });

  it("tries at once when it is woken, but not before Retry-After", async () => {
    server.faults.push(
      () => new TypeError("no network"),
      () => answer({ errorCode: "RATE" }, 429, { "retry-after": "20" }),
    );
    const { queue } = queueOf({ leastPauseMs: 10_000 });
    queue.chat("one");
    await pass(0);
    queue.wake();
    await pass(0);
    expect(server.seen).toHaveLength(2);
    queue.wake();
    await pass(1_000);
    expect(server.seen).toHaveLength(2);
    await pass(30_000);
    expect(server.sent.size).toBe(1);
  });
});
