import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Client, type Feed, type FeedOptions, MemoryStorage, isSuccess } from "../src/index.js";
import { Agent, BreakingNetwork, RealServer, backEnd, clientOf } from "./real-server.js";

let server: RealServer;

beforeAll(async () => {
  server = await RealServer.start();
});

afterAll(async () => {
  await server.stop();
});

/** Takes messages until one says this. */
async function until(feed: Feed, last: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const { content } of feed) {
    texts.push(content ?? "");
    if (content === last) {
      return texts;
    }
  }
  throw new Error("the feed has ended");
}

function state(feed: Feed, wanted: (state: Feed["state"]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = feed.on("state", look);
    function look(): void {
      if (wanted(feed.state)) {
        stop();
        resolve();
      }
    }
    look();
  });
}

async function transferred(client: Client, agent: Agent): Promise<string> {
  const { userId } = await client.credentials();
  await client.connect();
  expect((await client.transferToAgent()).resultCode).toBe("0");
  return agent.conversationWith(userId);
}

/** Quick to come back, as tests want it. */
const QUICK: FeedOptions = { leastPauseMs: 20, mostPauseMs: 200, deviceId: "test" };

describe("the calls", () => {
  it("speak with the robot, and rate it", async () => {
    const client = clientOf(server, "robot-friend");
    expect(await client.connect()).toEqual({ resultCode: "0", resultDesc: "connect to robot successfully" });
    await client.chat("How long does delivery take?");
    const feed = client.feed(QUICK);
    const messages = feed[Symbol.asyncIterator]();
    expect((await messages.next()).value).toMatchObject({ content: "Welcome,welcome", sourceType: "ROBOT" });
    const answer = (await messages.next()).value;
    expect(answer).toMatchObject({ sourceType: "ROBOT", controlType: "CHAT" });
    expect(answer?.content).toMatch(/deliver/i);
    expect(isSuccess(await client.rateRobot(answer?.interIdx ?? "", true))).toBe(true);
    expect(isSuccess(await client.read([answer?.messageId ?? ""]))).toBe(true);
    expect((await client.phrases("deliv", "en")).question.length).toBeGreaterThan(0);
    const { messageList } = await client.history();
    expect(messageList.map(({ content }) => content)).toContain("How long does delivery take?");
    await feed.close();
  });

  it("wait for an agent, are served, rate and leave", async () => {
    const client = clientOf(server, "agent-friend");
    await client.connect();
    // The robot has it: documented, and no failure.
    expect((await client.queueInfo()).resultCode).toBe("160022");
    const agent = await Agent.signIn(server, "101");
    const conversation = await transferred(client, agent);
    expect((await client.queueInfo()).resultCode).toBe("160021");
    expect(isSuccess(await client.typing())).toBe(true);

    const png = Uint8Array.from(atob(PIXEL), (letter) => letter.charCodeAt(0));
    const fileId = await client.upload("png", png);
    expect(await client.download(fileId, "png")).toEqual(png);
    expect(isSuccess(await client.chat({ mediaType: "IMAGE", content: fileId }))).toBe(true);
    expect(await agent.heard(conversation)).toContain(fileId);

    expect((await client.surveyMode("en_US")).satisfactionSurvey?.satisfactionLevel).toHaveLength(5);
    expect(isSuccess(await client.saveSatisfaction({ evaluation: 5, npsScore: 9, solved: true }))).toBe(true);
    expect((await client.disconnect()).resultDesc).toBe("disconnect successfully");
    const { resultCode } = await client.chat("too late");
    expect(resultCode).toBe("5");
    expect(isSuccess(await client.leaveMessage("+49 30 1234567", "Call me back"))).toBe(true);
  });

  it("say nothing twice, however often they are repeated", async () => {
    const client = clientOf(server, "repeater");
    const agent = await Agent.signIn(server, "101");
    const conversation = await transferred(client, agent);
    for (let time = 0; time < 3; time += 1) {
      await client.chat("once", { messageId: "m-1" });
    }
    expect(await agent.heard(conversation)).toEqual(["once"]);
    await expect(client.chat("other", { messageId: "m-1" })).rejects.toMatchObject({
      status: 400,
      code: "IDEMPOTENCY_MISMATCH",
    });
    await client.disconnect();
  });

  it("get new credentials when the old ones have run out", async () => {
    const provider = backEnd(server, "renewer", 1);
    let asked = 0;
    const credentials = () => {
      asked += 1;
      return provider();
    };
    const client = clientOf(server, "renewer", { credentials });
    await client.connect();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(isSuccess(await client.chat("still me"))).toBe(true);
    expect(asked).toBe(2);
  });
});

describe.each(["poll", "sse", "websocket"] as const)("a feed by %s", (transport) => {
  const options: FeedOptions = { ...QUICK, transports: [transport], events: ["session", "self", "typing"] };

  it("brings everything once and in order across crash and restart", async () => {
    const userId = `crash-${transport}`;
    const client = clientOf(server, userId);
    const agent = await Agent.signIn(server, "101");
    const conversation = await transferred(client, agent);
    const feed = client.feed(options);
    const reading = until(feed, "message 29");
    await state(feed, ({ transport: used }) => used === transport);
    for (let number = 0; number < 30; number += 1) {
      if (number === 10) {
        await server.crashAndRestart();
      }
      if (number === 20) {
        await server.restart();
      }
      await agent.say(conversation, `message ${number}`);
    }
    const texts = (await reading).filter((text) => text.startsWith("message"));
    expect(texts).toEqual(Array.from({ length: 30 }, (_, number) => `message ${number}`));
    await state(feed, ({ transport: used }) => used === transport);
    await feed.close();
    await client.disconnect();
  });

  it("brings everything once and in order when connections are reset in the middle", async () => {
    const network = await BreakingNetwork.before(server);
    const userId = `reset-${transport}`;
    const client = clientOf(server, userId);
    const agent = await Agent.signIn(server, "101");
    const conversation = await transferred(client, agent);
    const throughNetwork = clientOf(server, userId, { url: network.url });
    // Ever longer pieces, from the middle of a head to several messages.
    let bytes = 50;
    network.breakAfter(() => (bytes += 97));
    const feed = throughNetwork.feed({ ...options, events: [] });
    const reading = until(feed, "message 59");
    for (let number = 0; number < 60; number += 1) {
      await agent.say(conversation, `message ${number}`);
    }
    const texts = (await reading).filter((text) => text.startsWith("message"));
    expect(texts).toEqual(Array.from({ length: 60 }, (_, number) => `message ${number}`));
    await feed.close();
    await network.stop();
    await client.disconnect();
  });

  it("tells events beside the messages", async () => {
    const client = clientOf(server, `events-${transport}`);
    const feed = client.feed(options);
    const events: string[] = [];
    feed.on("event", ({ type, data }) =>
      events.push(`${type} ${(data["state"] ?? data["content"] ?? "") as string}`),
    );
    const agent = await Agent.signIn(server, "101");
    const conversation = await transferred(client, agent);
    await client.chat("from another device");
    await agent.say(conversation, "hello");
    await until(feed, "hello");
    await agent.call("POST", `/conversations/${conversation}/typing`);
    await client.disconnect();
    await expect.poll(() => events, { timeout: 20_000 }).toContain("session survey");
    const lasting = events.filter((event) => event !== "typing ");
    expect(lasting).toEqual([
      "session connected",
      "session queued",
      "session assigned",
      "self from another device",
      "session ended",
      "session survey",
    ]);
    expect(events).toContain("typing ");
    await feed.close();
  });
});

describe("a place in the log", () => {
  it("is kept across reloads and from one transport to another", async () => {
    const storage = new MemoryStorage();
    const client = clientOf(server, "mover");
    const agent = await Agent.signIn(server, "101");
    const conversation = await transferred(client, agent);
    const texts: string[] = [];
    for (const [index, transport] of (["sse", "poll", "websocket", "sse"] as const).entries()) {
      await agent.say(conversation, `said before ${index}`);
      const feed = client.feed({ ...QUICK, storage, transports: [transport] });
      await state(feed, ({ transport: used }) => used === transport);
      await agent.say(conversation, `said during ${index}`);
      texts.push(...(await until(feed, `said during ${index}`)));
      await feed.close();
    }
    expect(texts.filter((text) => text.startsWith("said"))).toEqual(
      [0, 1, 2, 3].flatMap((index) => [`said before ${index}`, `said during ${index}`]),
    );
    await client.disconnect();
  });

  it("is a device's own", async () => {
    const client = clientOf(server, "two-devices");
    await client.connect();
    const phone = client.feed({ ...QUICK, deviceId: "phone" });
    const laptop = client.feed({ ...QUICK, deviceId: "laptop", transports: ["sse"] });
    const both = await Promise.all([until(phone, "Welcome,welcome"), until(laptop, "Welcome,welcome")]);
    expect(both).toEqual([["Welcome,welcome"], ["Welcome,welcome"]]);
    await Promise.all([phone.close(), laptop.close()]);
  });
});

describe("a queue of messages", () => {
  it("says everything once and in order across a crash", async () => {
    const client = clientOf(server, "sender");
    const agent = await Agent.signIn(server, "101");
    const conversation = await transferred(client, agent);
    const queue = client.sendQueue({ leastPauseMs: 20, mostPauseMs: 200 });
    for (let number = 0; number < 40; number += 1) {
      queue.chat(`message ${number}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
    await server.crashAndRestart();
    await queue.idle();
    const expected = Array.from({ length: 40 }, (_, number) => `message ${number}`);
    expect(await agent.heard(conversation)).toEqual(expected);
    queue.close();
    await client.disconnect();
  });
});

/** A picture of one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
