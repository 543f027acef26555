import { describe, expect, it } from "vitest";

import {
  CredentialsError,
  type FetchLike,
  MemoryStorage,
  StatusError,
  createClient,
  widgetSession,
} from "../src/index.js";
import { EventStreamParser } from "../src/feed/event-stream.js";
import { retryAfter } from "../src/http.js";
import { Backoff } from "../src/time.js";
import { CREDENTIALS, FakeServer, answer } from "./fake-server.js";

const URL = "http://desk.test";

describe("credentials", () => {
  it("are renewed once for many calls", async () => {
    const server = new FakeServer();
    let asked = 0;
    server.accepts = (token) => token === "access-2";
    const credentials = async () => {
      asked += 1;
      const accessToken = `access-${asked}`;
      await Promise.resolve();
      return { ...CREDENTIALS, accessToken };
    };
    const client = createClient({ url: URL, credentials, fetch: server.fetch });
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.chat("hello")));
    expect(answers.every(({ resultCode }) => resultCode === "0")).toBe(true);
    expect(asked).toBe(2);
    expect(server.sent.size).toBe(10);
  });

  it("that are refused twice are an error", async () => {
    const server = new FakeServer();
    server.accepts = () => false;
    const client = createClient({ url: URL, credentials: () => CREDENTIALS, fetch: server.fetch });
    const failure = await client.connect().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StatusError);
    expect(failure).toMatchObject({ status: 401, code: "UNAUTHORIZED", temporary: false });
    expect(server.seen).toHaveLength(2);
  });

  it("never become somebody else's", async () => {
    const server = new FakeServer();
    let asked = 0;
    server.accepts = () => asked === 2;
    const credentials = () => {
      asked += 1;
      return { ...CREDENTIALS, userId: `user-${asked}` };
    };
    const client = createClient({ url: URL, credentials, fetch: server.fetch });
    const failure = await client.connect().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CredentialsError);
    expect(failure).toMatchObject({ code: "CUSTOMER_CHANGED" });
  });

  it("stand in headers, and in no error", async () => {
    const server = new FakeServer();
    server.faults.push(() => new TypeError("fetch failed"));
    const client = createClient({ url: `${URL}/`, credentials: () => CREDENTIALS, fetch: server.fetch });
    const failure = (await client.connect().catch((error: unknown) => error)) as Error;
    expect(`${failure.message} ${JSON.stringify(failure)}`).not.toContain("access-1");
    const headers = server.seen[0]?.headers;
    expect(headers?.get("authorization")).toBe("Bearer access-1");
    expect(headers?.get("x-app-key")).toBe("app");
    expect(headers?.get("ccmessaging-token")).toBe("messaging-1");
  });
});

describe("a widget session", () => {
  const session = {
    appKey: "app",
    accessToken: "a",
    ccmessagingToken: "m",
    userId: "v-1",
    channelId: "web-1",
    expiresIn: 600,
  };

  function recorder(answers: Response[]): { fetch: FetchLike; bodies: Record<string, unknown>[] } {
    const bodies: Record<string, unknown>[] = [];
    const fetch: FetchLike = (url, init) => {
      expect(url).toBe(`${URL}/api/v1/widget/session`);
      bodies.push(JSON.parse(init.body as string) as Record<string, unknown>);
      return Promise.resolve(answers.shift() ?? answer({}, 500));
    };
    return { fetch, bodies };
  }

  it("remembers an anonymous visitor", async () => {
    const storage = new MemoryStorage();
    const { fetch, bodies } = recorder([answer({ ...session, visitorSecret: "s" }), answer(session)]);
    const options = { url: URL, channelId: "web-1", storage, fetch, locale: "en" };
    const first = await widgetSession(options)();
    expect(first).toEqual({
      appKey: "app",
      accessToken: "a",
      ccmessagingToken: "m",
      userId: "v-1",
      channelId: "web-1",
    });
    await widgetSession(options)();
    expect(bodies).toEqual([
      { channelId: "web-1", locale: "en" },
      { channelId: "web-1", locale: "en", visitor: { userId: "v-1", secret: "s" } },
    ]);
  });

  it("begins anew when the server does not know the visitor any more", async () => {
    const { fetch, bodies } = recorder([
      answer({ code: "UNAUTHORIZED" }, 401),
      answer({ ...session, userId: "v-2", visitorSecret: "t" }),
    ]);
    const visitor = { userId: "v-1", secret: "s" };
    const { userId } = await widgetSession({ url: URL, channelId: "web-1", visitor, fetch })();
    expect(userId).toBe("v-2");
    expect(bodies.map((body) => body["visitor"])).toEqual([visitor, undefined]);
  });

  it("asks for a fresh identity each time, and sends no visitor with it", async () => {
    const storage = new MemoryStorage();
    const { fetch, bodies } = recorder([answer(session), answer(session)]);
    let signed = 0;
    const identity = () => `signed-${(signed += 1)}`;
    const provider = widgetSession({ url: URL, channelId: "web-1", identity, storage, fetch });
    await provider();
    await provider();
    expect(bodies).toEqual([
      { channelId: "web-1", identity: "signed-1" },
      { channelId: "web-1", identity: "signed-2" },
    ]);
  });
});

describe("an upload", () => {
  it("tells how much has gone out, and can be given up", async () => {
    const sent: { url: string; headers: Headers; body: unknown }[] = [];
    const uploads: FakeUpload[] = [];
    class FakeUpload {
      upload: { onprogress?: (event: Partial<ProgressEvent>) => void } = {};
      onload?: () => void;
      onabort?: () => void;
      onloadend?: () => void;
      status = 200;
      responseURL = "";
      responseText = JSON.stringify({ resultCode: "0", resultDesc: "", objectKey: "key-1" });
      private url = "";
      private readonly headers = new Headers();
      constructor() {
        uploads.push(this);
      }
      open(_method: string, url: string): void {
        this.url = url;
      }
      setRequestHeader(name: string, value: string): void {
        this.headers.set(name, value);
      }
      getAllResponseHeaders(): string {
        return "ccmessaging-token: renewed\r\ncontent-type: application/json\r\n";
      }
      send(body: unknown): void {
        sent.push({ url: this.url, headers: this.headers, body });
        this.upload.onprogress?.({ lengthComputable: true, loaded: 10, total: 40 });
      }
      finish(): void {
        this.onload?.();
        this.onloadend?.();
      }
      abort(): void {
        this.onabort?.();
        this.onloadend?.();
      }
    }
    const client = createClient({
      url: URL,
      credentials: () => CREDENTIALS,
      XMLHttpRequest: FakeUpload as unknown as new () => XMLHttpRequest,
    });
    const told: string[] = [];
    const progress = (part: number, all: number) => void told.push(`${part}/${all}`);
    const upload = client.upload("txt", new TextEncoder().encode("hello"), { progress });
    await new Promise((resolve) => setTimeout(resolve));
    uploads[0]?.finish();
    expect(await upload).toBe("key-1");
    expect(told).toEqual(["10/40", "8/8"]);
    expect(sent[0]?.url).toBe(`${URL}/apiaccess/ccmessaging/uploadFileStream`);
    expect(sent[0]?.headers.get("authorization")).toBe("Bearer access-1");
    expect((await client.credentials()).ccmessagingToken).toBe("renewed");
    const stop = new AbortController();
    const given = client.upload("txt", new Uint8Array(3), { progress, signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve));
    stop.abort();
    await expect(given).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a stream of events", () => {
  const text =
    ': hello\r\n\r\nevent: message\r\nid: c1\r\ndata: {"a":\r\ndata: "ü"}\r\n\r\nevent:head\ndata:{}\n\nid: c2\rdata: x\r\r';

  it("is the same however it is cut", () => {
    const bytes = new TextEncoder().encode(text);
    const whole = new EventStreamParser().push(bytes);
    expect(whole.slice(0, 2)).toEqual([
      { type: "message", data: '{"a":\n"ü"}', id: "c1" },
      { type: "head", data: "{}" },
    ]);
    for (let size = 1; size < bytes.length; size += 1) {
      const parser = new EventStreamParser();
      const events = [];
      for (let at = 0; at < bytes.length; at += size) {
        events.push(...parser.push(bytes.subarray(at, at + size)));
      }
      expect(events).toEqual(whole);
    }
  });
});

describe("pauses", () => {
  it("double up to the longest, and chance takes any part of them", () => {
    let chance = 1;
    const backoff = new Backoff(100, 1_000, () => chance);
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    chance = 0;
    expect(backoff.next()).toBe(0);
    expect(backoff.next(5_000)).toBe(5_000);
    backoff.reset();
    chance = 1;
    expect(backoff.next()).toBe(100);
  });

  it("are read from Retry-After, as seconds or as a date", () => {
    expect(retryAfter("3")).toBe(3_000);
    expect(retryAfter("Sat, 01 Jan 2000 00:00:10 GMT", Date.UTC(2000, 0, 1))).toBe(10_000);
    expect(retryAfter("soon")).toBeUndefined();
    expect(retryAfter(null)).toBeUndefined();
  });
});
