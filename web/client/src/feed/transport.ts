/** What a stream is to a feed, whatever it runs over. */

import type { Client } from "../client.js";
import type { EventClass, WireGap } from "../wire.js";
import type { Batch } from "./item.js";

/** What a stream needs. */
export interface StreamContext {
  client: Client;
  cursor: string;
  deviceId: string;
  events: readonly EventClass[];
  /** Ends the stream. */
  signal: AbortSignal;
  /** The stream works: what happens from now on will come. */
  established(): void;
  batch(batch: Batch): void;
  gap(gap: WireGap): void;
  /** The number of the log's last entry, also if it is nothing that this client receives. */
  head(seq: number): void;
}

/** A stream under way. */
export interface Stream {
  /** Resolves when the other side ends it in order, rejects when it breaks. Never before the signal is heard. */
  ended: Promise<void>;
  /** Tells the server that everything up to here was taken. */
  acknowledge(cursor: string): void;
}

/** Begins a stream. */
export type StreamOpener = (context: StreamContext) => Stream;

/** Longest time until a stream works, in milliseconds. */
export const OPEN_MS = 8_000;
/** The server gives a sign of life every 15 s; a stream that is silent for longer than this is dead. */
export const SILENCE_MS = 40_000;

/** Calls back when nothing was heard for a while. */
export class Watchdog {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly bark: () => void) {}

  /** Something was heard. */
  feed(ms = SILENCE_MS): void {
    this.stop();
    this.timer = setTimeout(this.bark, ms);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
