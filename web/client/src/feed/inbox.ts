/** What a feed has received: each item once, in order, and how far the application has taken it. */

import type { Message } from "../wire.js";
import { type Batch, type FeedItem, type Gap, seqOf } from "./item.js";

/** How many items are remembered in order to drop duplicates: several times what one answer holds. */
const REMEMBERED = 1_024;

/** What an inbox does with what is new. */
export interface InboxHooks {
  /** Tells an item to whoever listens; whether that counts as taken. */
  deliver(item: FeedItem): boolean;
  /** The application has taken everything before this cursor. */
  taken(cursor: string): void;
}

interface Waiting {
  message: Message;
  /** The cursor behind everything up to here, where it is known. */
  cursor?: string;
}

/** Drops duplicates, keeps the order, and keeps messages until they are taken. */
export class Inbox {
  private readonly recent = new Set<string>();
  private readonly waiting: Waiting[] = [];
  private readonly wakers = new Set<() => void>();
  private handedOut: Waiting | undefined;
  private last = 0;
  private place: string;

  constructor(
    start: string,
    private readonly hooks: InboxHooks,
  ) {
    this.place = start;
  }

  /** The cursor behind everything that the application has taken. */
  get cursor(): string {
    return this.place;
  }

  /** The number of the newest entry that was received. */
  get lastSeq(): number {
    return this.last;
  }

  /** How many messages wait to be taken. */
  get size(): number {
    return this.waiting.length + (this.handedOut ? 1 : 0);
  }

  /** Goes on from another place. Only before anything came. */
  startAt(cursor: string): void {
    this.place = cursor;
  }

  /** Takes in what came. Gives what of it was new. */
  receive(batch: Batch): FeedItem[] {
    const fresh = batch.items.filter((item) => this.isNew(item));
    for (const item of fresh) {
      if (!this.hooks.deliver(item) && item.kind === "message") {
        this.waiting.push({ message: item.message });
      }
    }
    if (batch.cursor !== undefined) {
      this.advance(batch.cursor);
    }
    this.wake();
    return fresh;
  }

  /** Entries are missing. `cursor`: where delivery goes on. */
  gap(gap: Gap, cursor: string): void {
    if (gap.reason === "EPOCH" || gap.reason === "CURSOR_AHEAD") {
      // Another life of the store: numbers and ids begin again, and may come again for something else.
      this.recent.clear();
      this.last = 0;
    }
    for (const waiting of this.waiting) {
      delete waiting.cursor;
    }
    if (this.handedOut) {
      delete this.handedOut.cursor;
    }
    this.advance(cursor);
  }

  /** The next message, now or never. What was handed out before counts as taken. */
  takeNow(): Message | undefined {
    this.settle();
    this.handedOut = this.waiting.shift();
    return this.handedOut?.message;
  }

  /** What was handed out was taken. */
  settle(): void {
    const { handedOut } = this;
    this.handedOut = undefined;
    if (handedOut?.cursor !== undefined) {
      this.move(handedOut.cursor);
    }
    if (handedOut && this.size === 0) {
      this.wake();
    }
  }

  /** Calls back when something came or was taken; what is returned forgets it. */
  onChange(wake: () => void): () => void {
    this.wakers.add(wake);
    return () => {
      this.wakers.delete(wake);
    };
  }

  private wake(): void {
    for (const wake of [...this.wakers]) {
      wake();
    }
  }

  private advance(cursor: string): void {
    const last = this.waiting.at(-1) ?? this.handedOut;
    if (last) {
      last.cursor = cursor;
    } else {
      this.move(cursor);
    }
  }

  private move(cursor: string): void {
    if (cursor !== this.place) {
      this.place = cursor;
      this.hooks.taken(cursor);
    }
  }

  private isNew(item: FeedItem): boolean {
    const seq = seqOf(item);
    if (seq === null) {
      return true;
    }
    const name = nameOf(item);
    // Entries come in order: what is behind was delivered, however long ago.
    if (seq < this.last || this.recent.has(name)) {
      return false;
    }
    this.last = seq;
    this.recent.add(name);
    if (this.recent.size > REMEMBERED) {
      const [oldest] = this.recent;
      this.recent.delete(oldest ?? "");
    }
    return true;
  }
}

function nameOf(item: FeedItem): string {
  if (item.kind === "message") {
    return item.message.messageId;
  }
  const { seq, type, data } = item.event;
  return JSON.stringify([seq, type, data["state"]]);
}
