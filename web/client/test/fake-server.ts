/** A server in memory: the same rules as the real one, and faults on demand. */

import type { Credentials, FeedEvent, FetchLike, Message, WebSocketConstructor } from "../src/index.js";

/** A request as it came. */
export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  json: Record<string, unknown>;
}

/** What happens to a request in place of being answered. */
export type Fault = (seen: Seen) => Response | Error | "never" | undefined;

interface Entry {
  message?: Message;
  event?: FeedEvent;
  seq: number;
}

export const CREDENTIALS: Credentials = {
  appKey: "app",
  accessToken: "access-1",
  ccmessagingToken: "messaging-1",
  userId: "ann",
  channelId: "web-1",
};

export class FakeServer {
  readonly seen: Seen[] = [];
  readonly sockets: FakeSocket[] = [];
  readonly streams = new Set<FakeStream>();
  readonly faults: Fault[] = [];
  readonly sent = new Map<string, string>();
  /** Whether streams and sockets are told what is new. */
  pushes = true;
  /** Whether new sockets open at all. */
  opensSockets = true;
  opensStreams = true;
  /** Whether nothing gets through. */
  isDown = false;
  accepts = (token: string): boolean => token !== "";
  renewedToken: string | undefined;
  acknowledged = 0;
  private head = 0;
  private readonly entries: Entry[] = [];
  private readonly holders = new Set<() => void>();

  /** An entry that this client receives. */
  say(content: string): Message {
    this.head += 1;
    const seq = this.head;
    const message = {
      messageId: `m${seq}`,
      seq,
      content,
      controlType: "CHAT",
      redelivered: false,
    } as Message;
    this.add({ seq, message });
    return message;
  }

  /** An entry of an extra class. */
  happen(type: FeedEvent["type"], data: Record<string, unknown>): void {
    this.head += 1;
    this.add({ seq: this.head, event: { seq: this.head, type, at: 0, data } });
  }

  /** An entry that this client does not receive. */
  sayNothing(): void {
    this.head += 1;
  }

  /** Sends streams and sockets the number of the last entry. */
  beat(): void {
    for (const socket of this.open()) {
      socket.deliver({ type: "head", seq: this.head });
    }
    for (const stream of this.streams) {
      stream.write(`event: head\ndata: {"seq":${this.head}}\n\n`);
    }
  }

  /** Ends everything that is connected. */
  cut(): void {
    for (const socket of this.open()) {
      socket.end(1006);
    }
    for (const stream of this.streams) {
      stream.cut();
    }
    this.streams.clear();
  }

  open(): FakeSocket[] {
    return this.sockets.filter((socket) => socket.readyState === 1);
  }

  polls(): Seen[] {
    return this.seen.filter(({ path }) => path.endsWith("/poll"));
  }

  after(seq: number): Entry[] {
    return this.entries.filter((entry) => entry.seq > seq);
  }

  placeOf(cursor: string): number {
    const place = cursor === "" ? this.acknowledged : Number(cursor.slice(1));
    this.acknowledged = Math.max(this.acknowledged, place);
    return place;
  }

  readonly fetch: FetchLike = async (url, init) => {
    const seen = look(url, init);
    this.seen.push(seen);
    if (this.isDown) {
      throw new TypeError("fetch failed");
    }
    for (const [index, fault] of this.faults.entries()) {
      const outcome = fault(seen);
      if (outcome !== undefined) {
        this.faults.splice(index, 1);
        if (outcome === "never") {
          await new Promise((_, reject) => {
            init.signal?.addEventListener("abort", () => {
              reject(aborted());
            });
          });
        }
        if (outcome instanceof Response) {
          return outcome;
        }
        throw outcome as Error;
      }
    }
    if (!this.accepts(seen.headers.get("authorization")?.slice("Bearer ".length) ?? "")) {
      return answer({ errorCode: "UNAUTHORIZED", exceptionInfo: "no" }, 401);
    }
    return this.answer(seen, init.signal ?? undefined);
  };

  readonly WebSocket: WebSocketConstructor = makeSocketClass(this);

  private async answer(seen: Seen, signal: AbortSignal | undefined): Promise<Response> {
    const headers = this.renewedToken === undefined ? {} : { "ccmessaging-token": this.renewedToken };
    switch (seen.path.split("/").at(-1) ?? "") {
      case "poll":
        return answer(await this.poll(seen.query, signal), 200, headers);
      case "ack":
        this.placeOf(String(seen.json["cursor"]));
        return answer({ resultCode: "0", resultDesc: "acknowledged" }, 200, headers);
      case "stream":
        return this.stream(seen.query, signal);
      case "send": {
        const id = String(seen.json["messageId"]);
        this.sent.set(id, this.sent.get(id) ?? String(seen.json["content"]));
        return answer({ resultCode: "0", resultDesc: "sent" }, 200, headers);
      }
      default:
        return answer({ errorCode: "NOT_FOUND", exceptionInfo: "nothing here" }, 404);
    }
  }

  private async poll(query: URLSearchParams, signal: AbortSignal | undefined): Promise<unknown> {
    const after = this.placeOf(query.get("cursor") ?? "");
    if (this.after(after).length === 0 && Number(query.get("wait")) > 0) {
      await this.hold(Number(query.get("wait")) * 1_000, signal);
    }
    const entries = this.after(after);
    return {
      resultCode: "0",
      resultDesc: "",
      downlinkMessages: entries.flatMap(({ message }) => message ?? []),
      events: entries.flatMap(({ event }) => event ?? []),
      nextCursor: `c${entries.at(-1)?.seq ?? after}`,
      hasMore: false,
      superseded: false,
      waitMax: 55,
      pollAfterMs: 0,
      serverTime: 0,
    };
  }

  private hold(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.holders.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.holders.add(end);
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        this.holders.delete(end);
        reject(aborted());
      });
    });
  }

  private stream(query: URLSearchParams, signal: AbortSignal | undefined): Response {
    const stream = new FakeStream(signal);
    if (this.opensStreams) {
      stream.write(": frontdesk\n\n");
      for (const entry of this.after(this.placeOf(query.get("cursor") ?? ""))) {
        stream.entry(entry);
      }
      this.streams.add(stream);
    }
    return new Response(stream.body, { headers: { "content-type": "text/event-stream" } });
  }

  private add(entry: Entry): void {
    this.entries.push(entry);
    for (const end of [...this.holders]) {
      end();
    }
    if (this.pushes) {
      for (const socket of this.open().filter(({ isFollowing }) => isFollowing)) {
        socket.entry(entry);
      }
      for (const stream of this.streams) {
        stream.entry(entry);
      }
    }
  }
}

/** A stream of Server-sent events, from the server's side. */
export class FakeStream {
  readonly body: ReadableStream<Uint8Array>;
  private controller!: ReadableStreamDefaultController<Uint8Array>;

  constructor(signal: AbortSignal | undefined) {
    this.body = new ReadableStream({
      start: (controller) => {
        this.controller = controller;
      },
    });
    signal?.addEventListener("abort", () => {
      this.fail(aborted());
    });
  }

  entry({ seq, message, event }: Entry): void {
    const { type, data } = message ? { type: "message", data: message } : { type: "event", data: event };
    this.write(`event: ${type}\nid: c${seq}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  write(text: string): void {
    try {
      this.controller.enqueue(new TextEncoder().encode(text));
    } catch {
      // The client has gone.
    }
  }

  cut(): void {
    this.fail(new TypeError("terminated"));
  }

  private fail(error: Error): void {
    try {
      this.controller.error(error);
    } catch {
      // It has ended already.
    }
  }
}

/** A WebSocket, from both sides. */
export interface FakeSocket {
  readonly protocols: string[];
  readonly readyState: number;
  readonly frames: Record<string, unknown>[];
  readonly isFollowing: boolean;
  deliver(frame: unknown): void;
  entry(entry: Entry): void;
  end(code: number): void;
}

function makeSocketClass(server: FakeServer): WebSocketConstructor {
  return class implements FakeSocket {
    readyState = 0;
    isFollowing = false;
    onopen: ((event: never) => void) | null = null;
    onmessage: ((event: never) => void) | null = null;
    onerror: ((event: never) => void) | null = null;
    onclose: ((event: never) => void) | null = null;
    readonly frames: Record<string, unknown>[] = [];

    constructor(
      readonly url: string,
      readonly protocols: string[],
    ) {
      server.sockets.push(this);
      if (server.opensSockets) {
        setTimeout(() => {
          this.readyState = 1;
          this.onopen?.({} as never);
        });
      }
    }

    send(text: string): void {
      const frame = JSON.parse(text) as Record<string, unknown>;
      this.frames.push(frame);
      const place = server.placeOf(String(frame["cursor"]));
      if (frame["type"] === "resume") {
        this.isFollowing = true;
        for (const entry of server.after(place)) {
          this.entry(entry);
        }
      }
    }

    entry({ seq, message, event }: Entry): void {
      const frame = message ? { type: "message", message } : { type: "event", event };
      this.deliver({ ...frame, cursor: `c${seq}` });
    }

    deliver(frame: unknown): void {
      this.onmessage?.({ data: JSON.stringify(frame) } as never);
    }

    close(): void {
      this.readyState = 3;
    }

    end(code: number): void {
      this.readyState = 3;
      this.onclose?.({ code } as never);
    }
  };
}

/** An answer of JSON. */
export function answer(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

function look(url: string, init: RequestInit): Seen {
  const { pathname, searchParams } = new URL(url);
  const json = typeof init.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : {};
  const headers = new Headers(init.headers);
  return { method: init.method ?? "GET", path: pathname, query: searchParams, headers, json };
}

function aborted(): Error {
  return new DOMException("given up", "AbortError");
}
