import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Thread } from "../src/agent/model/thread.js";
import { match } from "../src/shell/route.js";

interface Sent {
  path: string;
  body: Record<string, unknown>;
}

let sent: Sent[];
/** What the server answers next: a status, or nothing for a message that it stored. */
let answers: (number | "cut" | object)[];

beforeEach(() => {
  sent = [];
  answers = [];
  localStorage.clear();
  vi.useFakeTimers();
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    const body = JSON.parse(typeof init.body === "string" ? init.body : "{}") as Record<string, unknown>;
    if (init.method === "GET") {
      return Promise.resolve(Response.json({ messages: [], notes: [] }));
    }
    sent.push({ path, body });
    const answer = answers.shift();
    if (answer === "cut") {
      return Promise.reject(new TypeError("failed"));
    }
    if (typeof answer === "number") {
      return Promise.resolve(Response.json({ code: `CODE_${answer}`, detail: "why" }, { status: answer }));
    }
    if (answer) {
      return Promise.resolve(Response.json(answer, { status: 409 }));
    }
    const message = {
      id: `m${sent.length}`,
      seq: sent.length,
      at: sent.length,
      author: { kind: "agent" },
      ...body,
    };
    return Promise.resolve(Response.json(message, { status: 201 }));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const states = (thread: Thread): string[] => thread.outgoing.value.map(({ state }) => state);
const contents = (): unknown[] => sent.map(({ body }) => body["content"]);

describe("what an agent writes", () => {
  it("is there at once, is sent in order, and is then what the server has", async () => {
    const thread = new Thread("c1", "demo/101");
    thread.say({ kind: "message", content: "one" });
    thread.say({ kind: "message", content: "two" });
    expect(states(thread)).toEqual(["sending", "sending"]);
    await vi.runAllTimersAsync();
    expect(contents()).toEqual(["one", "two"]);
    expect(states(thread)).toEqual([]);
    expect(thread.items.value.filter(({ kind }) => kind === "message")).toHaveLength(2);
  });

  it("stands once, also if the feed brings it before the answer does", async () => {
    const thread = new Thread("c1", "demo/101");
    thread.say({ kind: "note", content: "again" });
    thread.say({ kind: "note", content: "again" });
    const author = { kind: "agent" as const, id: "101", name: "Alex" };
    thread.addNote({ id: "m1", seq: 1, at: 1, author, text: "again" });
    const kinds = (): string[] => thread.items.value.map(({ kind }) => kind).filter((kind) => kind !== "day");
    expect(kinds()).toEqual(["note", "outgoing"]);
    await vi.runAllTimersAsync();
    expect(kinds()).toEqual(["note", "note"]);
  });

  it("waits for the network, and is sent under the same id", async () => {
    answers = ["cut", 503];
    const thread = new Thread("c1", "demo/101");
    thread.say({ kind: "message", content: "one" });
    await vi.advanceTimersByTimeAsync(10);
    expect(states(thread)).toEqual(["waiting"]);
    await vi.runAllTimersAsync();
    expect(contents()).toEqual(["one", "one", "one"]);
    expect(new Set(sent.map(({ body }) => body["messageId"])).size).toBe(1);
    expect(states(thread)).toEqual([]);
  });

  it("says why it was refused, and does not hold up what comes after it", async () => {
    answers = [400];
    const thread = new Thread("c1", "demo/101");
    thread.say({ kind: "message", content: "bad" });
    thread.say({ kind: "message", content: "good" });
    await vi.runAllTimersAsync();
    expect(thread.outgoing.value).toMatchObject([{ content: "bad", state: "failed", why: "why" }]);
    thread.again(thread.outgoing.value[0]?.id ?? "");
    await vi.runAllTimersAsync();
    expect(contents()).toEqual(["bad", "good", "bad"]);
    expect(states(thread)).toEqual([]);
  });

  it("is asked about if a colleague wrote meanwhile", async () => {
    answers = [{ code: "NEWER_MESSAGE", lastSeen: 7 }];
    const thread = new Thread("c1", "demo/101");
    thread.say({ kind: "message", content: "late" });
    await vi.runAllTimersAsync();
    expect(states(thread)).toEqual(["asked"]);
    thread.discard(thread.outgoing.value[0]?.id ?? "");
    expect(states(thread)).toEqual([]);
  });

  it("outlives the page: drafts, and what was not sent yet", async () => {
    answers = ["cut"];
    const before = new Thread("c1", "demo/101");
    before.draft("note", "half a");
    before.say({ kind: "message", content: "not yet" });
    await vi.advanceTimersByTimeAsync(10);
    const after = new Thread("c1", "demo/101");
    expect(after.drafts.value.note).toBe("half a");
    await vi.runAllTimersAsync();
    expect(new Set(sent.map(({ body }) => body["messageId"])).size).toBe(1);
    expect(states(after)).toEqual([]);
    expect(new Thread("c1", "demo/102").drafts.value.note).toBe("");
  });
});

describe("an address", () => {
  it("is one of a page's, with what varies in it", () => {
    expect(match("/inbox/:scope?/:id?", "/inbox")).toEqual({});
    expect(match("/inbox/:scope?/:id?", "/inbox/mine/a%2Fb")).toEqual({ scope: "mine", id: "a/b" });
    expect(match("/inbox/:scope?/:id?", "/inbox/mine/a/b")).toBeUndefined();
    expect(match("/queues/:id", "/queues")).toBeUndefined();
    expect(match("/search", "/inbox")).toBeUndefined();
    expect(match("/queues/:id", "/queues/%zz")).toEqual({ id: "%zz" });
  });
});
