/** Everything that a customer receives, as one sequence. */

import { randomName } from "../bytes.js";
import type { Client } from "../client.js";
import { Emitter } from "../emitter.js";
import { asFailure } from "../errors.js";
import { type KeyValueStorage, browserStorage, readItem, writeItem } from "../storage.js";
import { Backoff, pause } from "../time.js";
import type { EventClass, FeedEvent, Message } from "../wire.js";
import { Engine } from "./engine.js";
import { Inbox } from "./inbox.js";
import type { Batch, FeedItem, FeedState, Gap, TransportName } from "./item.js";
import { type TabMessage, Tabs, type TabsEnvironment, browserTabs } from "./tabs.js";

/** How a feed receives. */
export interface FeedOptions {
  /** Which of the customer's devices this is, at most 64 characters. Made and kept in the storage if absent. */
  deviceId?: string;
  /** The classes of events that are wanted beside the messages. */
  events?: readonly EventClass[];
  /** Where the place is kept across reloads: `localStorage` in browsers, else memory. */
  storage?: KeyValueStorage;
  /** Where a device begins for which no place is kept: where the server knows it to be (`stands`), or as said. */
  start?: "stands" | "earliest" | "latest";
  /** What may be used; the poll always is. Best first. */
  transports?: readonly TransportName[];
  /** How long the server may hold a poll, in seconds; 25 if absent, at most 55. */
  waitSeconds?: number;
  /** `false`: every tab receives for itself. */
  tabs?: boolean | TabsEnvironment;
  /** The first pause after a failure, 250 ms if absent; it doubles with each further one. */
  leastPauseMs?: number;
  /** The longest pause between failures, 30 s if absent. `Retry-After` can only lengthen a pause. */
  mostPauseMs?: number;
  /** How long the log may be ahead of what a stream has brought before the feed looks for itself; 5 s if absent. */
  behindMs?: number;
  /** Chance, from 0 to 1. */
  random?: () => number;
}

/** What a feed tells. */
export interface FeedEvents {
  message: Message;
  event: FeedEvent;
  /** Something was missed for good. */
  gap: Gap;
  state: FeedState;
}

/**
 * A customer's messages, in order and each once.
 *
 * Messages are taken by listening (`on("message", …)`: taken when the listener returns) or by iterating (`for await`:
 * taken when the next one is asked for). What was not taken comes again after a reload. Until somebody listens or
 * iterates, they are kept.
 */
export class Feed implements AsyncIterable<Message> {
  private readonly emitter = new Emitter<FeedEvents>();
  private readonly stop = new AbortController();
  private readonly inbox: Inbox;
  private readonly storage: KeyValueStorage;
  private readonly random: () => number;
  private engine: Engine | undefined;
  private tabs: Tabs | undefined;
  private key: string | undefined;
  private iterators = 0;
  /** Messages that wait for an iterator but were told to listeners when they came. */
  private readonly told = new WeakSet<Message>();
  private now: FeedState = { status: "connecting" };
  private readonly running: Promise<void>;

  constructor(
    private readonly client: Client,
    private readonly options: FeedOptions = {},
  ) {
    this.storage = options.storage ?? browserStorage("localStorage");
    this.random = options.random ?? Math.random;
    this.inbox = new Inbox("", {
      deliver: (item) => this.deliver(item),
      taken: (cursor) => {
        this.taken(cursor);
      },
    });
    this.running = this.run();
  }

  /** How the feed is doing. */
  get state(): FeedState {
    return this.now;
  }

  /** The place behind everything that was taken. */
  get cursor(): string {
    return this.inbox.cursor;
  }

  /** Adds a listener; what is returned removes it. */
  on<Name extends keyof FeedEvents>(name: Name, listener: (value: FeedEvents[Name]) => void): () => void {
    const remove = this.emitter.on(name, listener);
    if (name === "message") {
      queueMicrotask(() => {
        this.flush();
      });
    }
    return remove;
  }

  /** The messages from here on. Several iterators share them. */
  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    this.iterators += 1;
    let isOpen = true;
    const end = (): IteratorReturnResult<undefined> => {
      if (isOpen) {
        isOpen = false;
        this.iterators -= 1;
        this.flush();
      }
      return { done: true, value: undefined };
    };
    return {
      next: async () => {
        const message = isOpen ? await this.next() : undefined;
        return message ? { done: false, value: message } : end();
      },
      return: () => {
        this.inbox.settle();
        return Promise.resolve(end());
      },
    };
  }

  /** Ends the feed, and tells the server how far it came. */
  async close(): Promise<void> {
    if (!this.stop.signal.aborted) {
      this.stop.abort();
      await this.engine?.settle();
      this.tell({ status: "closed" });
    }
    await this.running;
  }

  private async next(): Promise<Message | undefined> {
    const { signal } = this.stop;
    if (signal.aborted) {
      this.inbox.settle();
      return undefined;
    }
    const message = this.inbox.takeNow();
    if (message) {
      return message;
    }
    await new Promise<void>((resolve) => {
      const done = (): void => {
        forget();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const forget = this.inbox.onChange(done);
      signal.addEventListener("abort", done);
    });
    return this.next();
  }

  private async run(): Promise<void> {
    const { signal } = this.stop;
    const unlisten = this.listenToPage();
    try {
      await this.begin(signal);
    } catch (error) {
      if (!signal.aborted) {
        this.tell({ status: "offline", reason: asFailure(error).code });
      }
    } finally {
      unlisten();
    }
  }

  private async begin(signal: AbortSignal): Promise<void> {
    const { userId, channelId } = await this.credentials(signal);
    const deviceId = this.options.deviceId ?? (await this.device());
    const name = `frontdesk:${this.client.endpoint.url}:${channelId}:${userId}:${deviceId}`;
    const environment = this.environment();
    // The other tabs are listened to before the place is read: nothing may fall in between.
    const tabs =
      environment &&
      new Tabs(name, environment, (message) => {
        this.heard(message);
      });
    this.key = `${name}:cursor`;
    const { start = "stands" } = this.options;
    this.inbox.startAt((await readItem(this.storage, this.key)) ?? (start === "stands" ? "" : start));
    this.tabs = tabs;
    if (tabs) {
      tabs.post({ type: "hello" });
      await tabs.run(signal, (leading) => this.lead(deviceId, leading));
    } else {
      await this.lead(deviceId, signal);
    }
  }

  private async lead(deviceId: string, signal: AbortSignal): Promise<void> {
    const { options, random } = this;
    const { transports = ["websocket", "sse"] } = options;
    const streams = transports.filter((name) => name !== "poll");
    const settings = {
      deviceId,
      events: options.events ?? [],
      streams: this.client.WebSocket ? streams : streams.filter((name) => name !== "websocket"),
      waitSeconds: options.waitSeconds ?? 25,
      leastPauseMs: options.leastPauseMs ?? 250,
      mostPauseMs: options.mostPauseMs ?? 30_000,
      behindMs: options.behindMs ?? 5_000,
      random,
    };
    const engine = new Engine(this.client, this.inbox, settings, {
      batch: (batch) => this.received(batch),
      gap: (gap, cursor) => {
        this.tabs?.post({ type: "gap", gap, cursor });
        this.missed(gap, cursor);
      },
      state: (state) => {
        this.tell(state);
        this.tabs?.post({ type: "state", state });
      },
    });
    this.engine = engine;
    try {
      await engine.run(signal);
    } finally {
      if (!this.stop.signal.aborted) {
        this.engine = undefined;
      }
    }
  }

  /** The other tabs first: if this one goes in the middle, they have it, and if they have it twice, they drop it. */
  private received(batch: Batch): FeedItem[] {
    if (this.stop.signal.aborted) {
      return [];
    }
    if (batch.items.length > 0) {
      this.tabs?.post({ type: "batch", batch });
    }
    return this.inbox.receive(batch);
  }

  private missed(gap: Gap, cursor: string): void {
    this.inbox.gap(gap, cursor);
    this.emitter.emit("gap", gap);
  }

  private heard(message: TabMessage): void {
    if (this.stop.signal.aborted) {
      return;
    }
    switch (message.type) {
      case "hello":
        if (this.engine) {
          this.tabs?.post({ type: "state", state: this.now });
        }
        break;
      case "batch":
        this.inbox.receive(message.batch);
        break;
      case "gap":
        this.missed(message.gap, message.cursor);
        break;
      case "state":
        if (!this.engine) {
          const { state } = message;
          this.tell(state.transport ? { ...state, transport: "tab" } : state);
        }
        break;
    }
  }

  private deliver(item: FeedItem): boolean {
    if (item.kind === "event") {
      this.emitter.emit("event", item.event);
      return true;
    }
    const isTaken = this.iterators === 0 && this.emitter.has("message") && this.inbox.size === 0;
    if (this.iterators > 0 || isTaken) {
      this.told.add(item.message);
      this.emitter.emit("message", item.message);
    }
    return isTaken;
  }

  /** Gives what was kept to those who listen. */
  private flush(): void {
    while (this.iterators === 0 && this.emitter.has("message") && !this.stop.signal.aborted) {
      const message = this.inbox.takeNow();
      if (!message) {
        break;
      }
      if (!this.told.has(message)) {
        this.emitter.emit("message", message);
      }
    }
  }

  private taken(cursor: string): void {
    const { engine, key } = this;
    // The tab that receives keeps the place for all.
    if (engine && key !== undefined) {
      engine.taken(cursor);
      void writeItem(this.storage, key, cursor);
    }
  }

  private tell(state: FeedState): void {
    const { status, transport, reason, retryInMs } = this.now;
    const isSame = status === state.status && transport === state.transport && reason === state.reason;
    if (isSame && retryInMs === state.retryInMs) {
      return;
    }
    this.now = state;
    this.emitter.emit("state", state);
  }

  private async credentials(signal: AbortSignal): Promise<{ userId: string; channelId: string }> {
    const { leastPauseMs = 250, mostPauseMs = 30_000 } = this.options;
    const backoff = new Backoff(leastPauseMs, mostPauseMs, this.random);
    for (;;) {
      try {
        return await this.client.credentials();
      } catch (error) {
        const failure = asFailure(error);
        const retryInMs = backoff.next(failure.retryAfterMs);
        this.tell({ status: "offline", reason: failure.code, retryInMs });
        await pause(retryInMs, signal);
      }
    }
  }

  private async device(): Promise<string> {
    const key = "frontdesk:device";
    const known = await readItem(this.storage, key);
    if (known !== null) {
      return known;
    }
    const made = randomName();
    await writeItem(this.storage, key, made);
    return made;
  }

  private environment(): TabsEnvironment | undefined {
    const { tabs = true } = this.options;
    if (typeof tabs === "object") {
      return tabs;
    }
    return tabs ? browserTabs(this.storage, this.random) : undefined;
  }

  /** Timers of hidden pages are slow, and networks come and go: both are reasons to look at once. */
  private listenToPage(): () => void {
    if (typeof window === "undefined" || typeof document === "undefined") {
      return () => undefined;
    }
    const wake = (): void => {
      if (document.visibilityState === "visible") {
        this.engine?.wake();
      }
    };
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
    };
  }
}
