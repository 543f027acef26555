/** Receives, by whatever way works, and never gives up. */

import type { Client } from "../client.js";
import { type FrontdeskError, StatusError, asFailure } from "../errors.js";
import { Backoff, abortError, linked, pause } from "../time.js";
import type { EventClass, PollAnswer } from "../wire.js";
import type { Inbox } from "./inbox.js";
import { type Batch, type FeedItem, type FeedState, type Gap, itemsOf, seqOf } from "./item.js";
import { Ladder, type StreamName } from "./ladder.js";
import { openEventStream } from "./sse.js";
import type { Stream, StreamOpener } from "./transport.js";
import { openWebSocket } from "./websocket.js";

/** How an engine receives. */
export interface EngineSettings {
  deviceId: string;
  events: readonly EventClass[];
  streams: readonly StreamName[];
  /** How long a poll may be held, in seconds. */
  waitSeconds: number;
  leastPauseMs: number;
  mostPauseMs: number;
  /** How long the log may be ahead of what was received before the engine looks for itself, in milliseconds. */
  behindMs: number;
  random: () => number;
}

/** What an engine tells. */
export interface EngineHooks {
  /** Something came. Gives what of it was new. */
  batch(batch: Batch): FeedItem[];
  /** Something is missing; delivery goes on at the cursor. */
  gap(gap: Gap, cursor: string): void;
  state(state: FeedState): void;
}

const OPENERS: Record<StreamName, StreamOpener> = { websocket: openWebSocket, sse: openEventStream };
/** An empty answer within this time was not held: the server stops, or somebody else polls for the same device. */
const EARLY_MS = 1_000;
/** Longest pause after empty answers that came early, and after a poll that another one ended. */
const MOST_IDLE_MS = 3_000;
/** Longest pause before coming back to a server that has ended a stream in order. */
const MOST_RETURN_MS = 1_000;
/** Most entries that the server gives at a time. */
const MOST_ENTRIES = 100;
/** So many messages that nobody takes end a stream; the server keeps the rest. */
const MOST_WAITING = 1_000;

/** Polls, opens streams, and falls back to the poll. */
export class Engine {
  private readonly ladder: Ladder;
  private readonly failures: Backoff;
  private readonly idle: Backoff;
  private readonly sleepers = new Set<() => void>();
  private stream: Stream | undefined;
  private lastAnswerAt = 0;
  private isOnline = false;
  /** Less is asked for where answers break off, so that at least something comes through. */
  private limit = MOST_ENTRIES;
  private waitMax = Number.POSITIVE_INFINITY;
  /** Up to this number it is certain that nothing is missing. */
  private verified = 0;
  private presented: string | undefined;

  constructor(
    private readonly client: Client,
    private readonly inbox: Inbox,
    private readonly settings: EngineSettings,
    private readonly hooks: EngineHooks,
  ) {
    const { leastPauseMs, mostPauseMs, random } = settings;
    this.ladder = new Ladder(settings.streams, Date.now);
    this.failures = new Backoff(leastPauseMs, mostPauseMs, random);
    this.idle = new Backoff(leastPauseMs, Math.min(mostPauseMs, MOST_IDLE_MS), random);
  }

  /** Receives until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    this.tell({ status: "connecting" });
    while (!signal.aborted) {
      try {
        await this.round(signal);
      } catch (error) {
        await this.afterFailure(error, signal);
      }
    }
  }

  /** The application has taken everything before this cursor. */
  taken(cursor: string): void {
    this.stream?.acknowledge(cursor);
  }

  /** The network or the page has come back: whoever pauses goes on. */
  wake(): void {
    this.ladder.pardonAll();
    this.failures.reset();
    for (const wake of [...this.sleepers]) {
      wake();
    }
  }

  /** Tells the server how far the application is, if it does not know. */
  async settle(): Promise<void> {
    const { cursor } = this.inbox;
    if (cursor !== this.presented && cursor !== "") {
      await this.client.ack(cursor, this.settings.deviceId).catch(() => undefined);
    }
  }

  private async round(signal: AbortSignal): Promise<void> {
    // Presenting a cursor acknowledges, so whatever was received has to be taken first.
    await this.drained(signal);
    const stream = this.ladder.best();
    // Whether the server can be reached is to be known before a poll is held.
    const mayHold = stream === undefined && this.isOnline;
    const answer = await this.poll(mayHold ? this.settings.waitSeconds : 0, signal);
    if (stream !== undefined && !answer.hasMore && !signal.aborted) {
      await this.follow(stream, signal);
    }
  }

  private async poll(waitSeconds: number, signal: AbortSignal): Promise<PollAnswer> {
    const begun = Date.now();
    const wait = Math.min(waitSeconds, this.waitMax);
    const answer = await this.ask(wait, signal);
    this.lastAnswerAt = Date.now();
    this.failures.reset();
    this.waitMax = answer.waitMax || this.waitMax;
    const came = this.takeAnswer(answer);
    if (!this.stream) {
      this.tell({ status: "online", transport: "poll" });
    }
    await this.rest(answer, came.length === 0 && wait > 0 && Date.now() - begun < EARLY_MS, signal);
    return answer;
  }

  private async ask(wait: number, signal: AbortSignal): Promise<PollAnswer> {
    const { deviceId, events } = this.settings;
    const { cursor } = this.inbox;
    this.presented = cursor;
    const { limit } = this;
    const answer = await this.client.poll({ cursor, deviceId, wait, limit, events, signal });
    this.limit = Math.min(limit * 2, MOST_ENTRIES);
    return answer;
  }

  private takeAnswer(answer: PollAnswer): FeedItem[] {
    if (answer.gap) {
      this.hooks.gap({ reason: answer.gap.reason }, answer.gap.oldestCursor);
    }
    return this.hooks.batch({ items: itemsOf(answer), cursor: answer.nextCursor });
  }

  /** Pauses after a poll if the server asks for it, or if the next would be answered as early as this. */
  private async rest(answer: PollAnswer, isEarly: boolean, signal: AbortSignal): Promise<void> {
    const { random } = this.settings;
    if (answer.superseded) {
      this.tell({ status: "offline", reason: "SUPERSEDED" });
      await this.pause(MOST_IDLE_MS * (0.5 + random() / 2), signal);
    } else if (answer.pollAfterMs > 0) {
      await this.pause(answer.pollAfterMs, signal);
    } else if (isEarly) {
      await this.pause(this.idle.next(), signal);
    } else {
      this.idle.reset();
    }
  }

  /** Receives by a stream until it ends. */
  private async follow(name: StreamName, signal: AbortSignal): Promise<void> {
    const { controller, release } = linked(signal);
    const bridge = linked(controller.signal);
    const begun = Date.now();
    let establishedAt: number | undefined;
    const heads = new HeadWatch(this.settings.behindMs, (seq) => {
      this.lookForMissing(seq, controller).catch(() => {
        controller.abort();
      });
    });
    const { deviceId, events } = this.settings;
    const stream = OPENERS[name]({
      client: this.client,
      cursor: this.inbox.cursor,
      deviceId,
      events,
      signal: controller.signal,
      established: () => {
        establishedAt = Date.now();
        this.stream = stream;
        bridge.controller.abort();
        this.failures.reset();
        this.tell({ status: "online", transport: name });
      },
      batch: (batch) => {
        this.hooks.batch(batch);
        if (this.inbox.size > MOST_WAITING) {
          controller.abort();
        }
      },
      gap: (gap) => {
        this.hooks.gap({ reason: gap.reason }, gap.oldestCursor);
      },
      head: (seq) => {
        heads.saw(seq, Math.max(this.inbox.lastSeq, this.verified));
      },
    });
    this.presented = this.inbox.cursor;
    const bridging = this.bridge(bridge.controller.signal);
    let failure: unknown;
    try {
      await stream.ended;
    } catch (error) {
      failure = error;
    } finally {
      heads.stop();
      this.stream = undefined;
      controller.abort();
      bridge.release();
      release();
      await bridging;
    }
    await this.afterStream(name, failure, establishedAt ?? begun, establishedAt !== undefined, signal);
  }

  private async afterStream(
    name: StreamName,
    failure: unknown,
    since: number,
    worked: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) {
      throw abortError();
    }
    if (isCursorRefused(failure)) {
      throw failure;
    }
    if (!worked) {
      if (failure instanceof StatusError && failure.temporary) {
        throw failure;
      }
      this.ladder.failed(name);
      return;
    }
    this.tell({ status: "connecting" });
    const wasLong = this.ladder.worked(name, Date.now() - since);
    const { random } = this.settings;
    await this.pause(wasLong ? random() * MOST_RETURN_MS : this.idle.next(), signal);
  }

  /** While a stream is being opened, which may take long behind some proxies, the poll goes on. */
  private async bridge(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.drained(signal);
        await this.poll(this.settings.waitSeconds, signal);
      } catch {
        // The stream says what is wrong, or the next round does.
        await this.pause(this.settings.leastPauseMs, signal).catch(() => undefined);
      }
    }
  }

  /** The log has been ahead of what was received for a while. That may be what this client does not receive, or not. */
  private async lookForMissing(head: number, stream: AbortController): Promise<void> {
    if (head <= this.inbox.lastSeq || this.inbox.size > 0) {
      return;
    }
    const answer = await this.ask(0, stream.signal);
    const came = this.takeAnswer(answer);
    if (came.some((item) => (seqOf(item) ?? Number.POSITIVE_INFINITY) <= head)) {
      // The stream should have brought this.
      stream.abort();
    } else if (!answer.hasMore) {
      this.verified = Math.max(this.verified, head);
    }
  }

  private async afterFailure(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      return;
    }
    const failure = asFailure(error);
    if (isCursorRefused(failure) && this.presented !== "") {
      this.verified = 0;
      this.hooks.gap({ reason: failure.code }, "");
      return;
    }
    if (failure.code === "NETWORK") {
      this.ladder.pardonSince(this.lastAnswerAt);
      this.limit = Math.max(1, Math.floor(this.limit / 4));
    }
    const retryInMs = this.failures.next(failure.retryAfterMs);
    this.tell({ status: "offline", reason: failure.code, retryInMs });
    const mayHurry = failure.retryAfterMs === undefined;
    await this.pause(retryInMs, signal, mayHurry).catch(() => undefined);
  }

  private async pause(ms: number, signal: AbortSignal, mayHurry = true): Promise<void> {
    await pause(ms, signal, (end) => {
      if (!mayHurry) {
        return () => undefined;
      }
      this.sleepers.add(end);
      return () => {
        this.sleepers.delete(end);
      };
    });
  }

  private tell(state: FeedState): void {
    this.isOnline = state.status === "online";
    this.hooks.state(state);
  }

  private drained(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (signal.aborted || this.inbox.size === 0) {
          forget();
          signal.removeEventListener("abort", look);
          if (signal.aborted) {
            reject(abortError());
          } else {
            resolve();
          }
        }
      };
      const forget = this.inbox.onChange(look);
      signal.addEventListener("abort", look);
      look();
    });
  }
}

/** Waits a while before it believes that the log is ahead. */
class HeadWatch {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly patienceMs: number,
    private readonly look: (seq: number) => void,
  ) {}

  saw(seq: number, received: number): void {
    if (seq > received && this.timer === undefined) {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.look(seq);
      }, this.patienceMs);
    }
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

type CursorRefused = FrontdeskError & { code: "CURSOR_INVALID" | "CURSOR_AHEAD" };

function isCursorRefused(error: unknown): error is CursorRefused {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "CURSOR_INVALID" || code === "CURSOR_AHEAD";
}
