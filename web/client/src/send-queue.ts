/** Messages on their way out. */

import { randomName } from "./bytes.js";
import type { ChatOptions, Client, Content } from "./client.js";
import { Emitter } from "./emitter.js";
import { FrontdeskError, RefusedError, asFailure } from "./errors.js";
import { type KeyValueStorage, browserStorage, readItem, writeItem } from "./storage.js";
import { Backoff, pause } from "./time.js";
import { isSuccess } from "./wire.js";

/** How a queue sends. */
export interface SendQueueOptions {
  /** Where messages under way are kept across reloads: the tab's `sessionStorage` in browsers, else memory. */
  storage?: KeyValueStorage;
  /** After this long a message that could not be sent counts as failed, in milliseconds; an hour if absent, at most 23. */
  giveUpAfterMs?: number;
  /** The first pause after a failure, 250 ms if absent; it doubles with each further one. */
  leastPauseMs?: number;
  /** The longest pause, 30 s if absent. */
  mostPauseMs?: number;
  /** Opens a new conversation where the last one has ended, and says in it what could not be said in that. */
  reopen?: boolean;
  random?: () => number;
}

/** A message on its way out. */
export interface Outgoing {
  /** Its `messageId`: the same however often it is tried, so that nothing is said twice. */
  readonly messageId: string;
  readonly content: Content;
  readonly nickname?: string | undefined;
  /** When it was said, in milliseconds since 1970. */
  readonly at: number;
  readonly status: "sending" | "sent" | "failed";
  /** Why it failed: a symbolic code, or the documented result code (`5`: the session has ended). */
  readonly reason?: string;
}

/** What a queue tells. */
export interface SendQueueEvents {
  /** A message is new or has another status. */
  change: Outgoing;
}

/** The documented result code of what is said after the end. */
const SESSION_ENDED = "5";
/** Ids are good for 24 hours on the server; an hour is left for clocks. */
const MOST_GIVE_UP_MS = 23 * 3_600_000;

/** Sends messages one after the other. */
export class SendQueue {
  private readonly emitter = new Emitter<SendQueueEvents>();
  private readonly items = new Map<string, Outgoing>();
  private readonly stop = new AbortController();
  private readonly storage: KeyValueStorage;
  private readonly giveUpAfterMs: number;
  private readonly backoff: Backoff;
  private readonly ready: Promise<string>;
  private readonly reopen: boolean;
  private readonly sleepers = new Set<() => void>();
  private readonly unlisten: () => void;
  private working: Promise<void> | undefined;

  constructor(
    private readonly client: Client,
    options: SendQueueOptions = {},
  ) {
    const { giveUpAfterMs = 3_600_000, leastPauseMs = 250, mostPauseMs = 30_000 } = options;
    this.storage = options.storage ?? browserStorage("sessionStorage");
    this.giveUpAfterMs = Math.min(giveUpAfterMs, MOST_GIVE_UP_MS);
    this.backoff = new Backoff(leastPauseMs, mostPauseMs, options.random ?? Math.random);
    this.reopen = options.reopen ?? false;
    this.unlisten = whenOnline(() => {
      this.wake();
    });
    this.ready = this.restore();
    this.work();
  }

  /** The messages that are not sent yet, or failed, oldest first. */
  get messages(): readonly Outgoing[] {
    return [...this.items.values()];
  }

  /** Adds a listener; what is returned removes it. */
  on<Name extends keyof SendQueueEvents>(
    name: Name,
    listener: (value: SendQueueEvents[Name]) => void,
  ): () => void {
    return this.emitter.on(name, listener);
  }

  /** Says something. It can be shown at once. */
  chat(content: Content, options: Pick<ChatOptions, "messageId" | "nickname"> = {}): Outgoing {
    const { messageId = randomName(), nickname } = options;
    const outgoing: Outgoing = { messageId, content, nickname, at: Date.now(), status: "sending" };
    this.put(outgoing);
    this.work();
    return outgoing;
  }

  /** Tries a failed message again, with the same id. */
  retry(messageId: string): void {
    const known = this.items.get(messageId);
    if (known?.status === "failed") {
      this.items.delete(messageId);
      this.put({ ...sayable(known), at: Date.now(), status: "sending" });
      this.work();
    }
  }

  /** Forgets a failed message. */
  discard(messageId: string): void {
    if (this.items.get(messageId)?.status === "failed") {
      this.items.delete(messageId);
      void this.keep();
    }
  }

  /**
   * A message has arrived, as the feed's class `self` tells, also if its answer was lost: it is not tried again.
   * Whether it was waited for.
   */
  confirm(messageId: string): boolean {
    const known = this.items.get(messageId);
    if (known) {
      this.put({ ...sayable(known), status: "sent" });
    }
    return known !== undefined;
  }

  /** The network has come back, perhaps: whoever pauses tries at once. A browser's window says so by itself. */
  wake(): void {
    this.backoff.reset();
    for (const wake of [...this.sleepers]) {
      wake();
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.ready.catch(() => undefined);
    while (this.working) {
      await this.working;
    }
  }

  /** Stops sending. What is under way is kept in the storage. */
  close(): void {
    this.unlisten();
    this.stop.abort();
  }

  private work(): void {
    this.working ??= this.sendAll().finally(() => {
      this.working = undefined;
      if (this.next() && !this.stop.signal.aborted) {
        this.work();
      }
    });
  }

  private next(): Outgoing | undefined {
    return this.messages.find(({ status }) => status === "sending");
  }

  private async sendAll(): Promise<void> {
    await this.ready.catch(() => undefined);
    for (let next = this.next(); next && !this.stop.signal.aborted; next = this.next()) {
      await this.attempt(next);
    }
  }

  private async attempt(outgoing: Outgoing): Promise<void> {
    const { messageId, content, nickname } = outgoing;
    const { signal } = this.stop;
    const options = { messageId, signal, ...(nickname === undefined ? {} : { nickname }) };
    try {
      let answer = await this.client.chat(content, options);
      if (this.reopen && answer.resultCode === SESSION_ENDED) {
        await this.client.connect();
        answer = await this.client.chat(content, options);
      }
      if (!isSuccess(answer)) {
        throw new RefusedError(answer.resultCode, answer.resultDesc);
      }
      this.backoff.reset();
      if (this.items.has(messageId)) {
        this.put({ ...outgoing, status: "sent" });
      }
    } catch (error) {
      if (!signal.aborted && this.items.has(messageId)) {
        await this.afterFailure(outgoing, asFailure(error), signal);
      }
    }
  }

  private async afterFailure(
    outgoing: Outgoing,
    failure: FrontdeskError,
    signal: AbortSignal,
  ): Promise<void> {
    const ms = this.backoff.next(failure.retryAfterMs);
    if (failure.temporary && Date.now() + ms - outgoing.at < this.giveUpAfterMs) {
      const mayHurry = failure.retryAfterMs === undefined;
      await this.pause(ms, signal, mayHurry).catch(() => undefined);
    } else {
      this.put({ ...outgoing, status: "failed", reason: failure.code });
    }
  }

  private pause(ms: number, signal: AbortSignal, mayHurry: boolean): Promise<void> {
    return pause(ms, signal, (end) => {
      if (mayHurry) {
        this.sleepers.add(end);
      }
      return () => {
        this.sleepers.delete(end);
      };
    });
  }

  private put(outgoing: Outgoing): void {
    if (outgoing.status === "sent") {
      this.items.delete(outgoing.messageId);
    } else {
      this.items.set(outgoing.messageId, outgoing);
    }
    void this.keep();
    this.emitter.emit("change", outgoing);
  }

  private async keep(): Promise<void> {
    const key = await this.ready.catch(() => undefined);
    if (key !== undefined) {
      await writeItem(this.storage, key, this.items.size === 0 ? null : JSON.stringify(this.messages));
    }
  }

  /** What was under way before a reload goes first. */
  private async restore(): Promise<string> {
    const { userId, channelId } = await this.knownCustomer();
    const key = `frontdesk:outgoing:${this.client.endpoint.url}:${channelId}:${userId}`;
    const kept = outgoingOf(await readItem(this.storage, key));
    const added = this.messages;
    this.items.clear();
    for (const outgoing of [...kept, ...added]) {
      this.items.set(outgoing.messageId, outgoing);
    }
    for (const outgoing of kept) {
      this.emitter.emit("change", outgoing);
    }
    return key;
  }

  private async knownCustomer(): Promise<{ userId: string; channelId: string }> {
    for (;;) {
      try {
        return await this.client.credentials();
      } catch (error) {
        await pause(this.backoff.next(asFailure(error).retryAfterMs), this.stop.signal);
      }
    }
  }
}

/** A message as it was said, without what became of it. */
function sayable({ messageId, content, nickname, at }: Outgoing): Omit<Outgoing, "status" | "reason"> {
  return { messageId, content, nickname, at };
}

function whenOnline(wake: () => void): () => void {
  if (typeof window === "undefined") {
    return () => undefined;
  }
  window.addEventListener("online", wake);
  return () => {
    window.removeEventListener("online", wake);
  };
}

function outgoingOf(text: string | null): Outgoing[] {
  try {
    const list: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(list) ? (list as Outgoing[]) : [];
  } catch {
    return [];
  }
}
