/** What a feed receives. */

import type { FeedEvent, GapReason, Message, PollAnswer } from "../wire.js";

/** A message or an event. */
export type FeedItem = { kind: "message"; message: Message } | { kind: "event"; event: FeedEvent };

/** Items that came together, and the cursor behind all of them, if they have one. */
export interface Batch {
  items: FeedItem[];
  cursor?: string;
}

/**
 * Entries that were missed for good, or a place that the server does not know. After `EPOCH` and the two of the cursor
 * the server may repeat what came before: a client that shows messages begins anew with the history.
 */
export interface Gap {
  reason: GapReason | "CURSOR_INVALID" | "CURSOR_AHEAD";
}

/** How messages are received. */
export type TransportName = "poll" | "websocket" | "sse";

/** How a feed is doing. */
export interface FeedState {
  status: "connecting" | "online" | "offline" | "closed";
  /** How messages are received; `tab`: another tab of this browser receives them and passes them on. */
  transport?: TransportName | "tab";
  /** Why it is not online: a symbolic code, such as `NETWORK`, `UNAUTHORIZED`, `BUSY` or `SUPERSEDED`. */
  reason?: string;
  /** In how many milliseconds it is tried again. */
  retryInMs?: number;
}

/** A poll's messages and events in the order of the log. */
export function itemsOf(answer: Pick<PollAnswer, "downlinkMessages" | "events">): FeedItem[] {
  const messages = answer.downlinkMessages.map((message): FeedItem => ({ kind: "message", message }));
  const events = answer.events.map((event): FeedItem => ({ kind: "event", event }));
  const place = (item: FeedItem): number => seqOf(item) ?? Number.MAX_SAFE_INTEGER;
  // Sorting is stable: a message stays before the event of the same entry.
  return [...messages, ...events].sort((a, b) => place(a) - place(b));
}

/** The number of an item's entry; `null` for what is not kept. */
export function seqOf(item: FeedItem): number | null {
  return item.kind === "message" ? item.message.seq : item.event.seq;
}
