/**
 * The messages of a conversation, in the order of the log, each once: put together from what the feed brings, from the
 * history, and from what is still on its way out.
 */

import type { FeedEvent, HistoryMessage, Message, Outgoing } from "@frontdesk/client";

import { type MessageContent, readContent } from "./content.js";

/** Who said something. */
export type Author = "customer" | "agent" | "robot" | "system";

/** How far a message of the customer's is. */
export type Progress = "uploading" | "sending" | "sent" | "failed";

/** One message. Never changed: another one takes its place. */
export interface Item {
  /** Stays the same as long as the message is shown. */
  readonly key: string;
  /** The server's id, once it is known. */
  readonly code?: string;
  /** The id under which it was sent from here. */
  readonly clientId?: string;
  /** In milliseconds since 1970: the server's time, or this device's as long as the server has none. */
  readonly at: number;
  readonly author: Author;
  readonly name?: string;
  readonly content: MessageContent;
  /** Of the customer's own messages. */
  readonly progress?: Progress;
  /** Why it failed. */
  readonly reason?: string;
  /** How much of a file has gone out, 0 to 1. */
  readonly part?: number;
  /** Questions like the one that was asked. */
  readonly similar?: readonly string[];
  /** The robot's turn, by which it is rated. */
  readonly turn?: string;
  readonly isRecalled?: boolean;
}

/** Clocks of customers are wrong by minutes, not by hours. */
const CLOCK_SKEW_MS = 600_000;

/** Puts messages together. */
export class Transcript {
  private readonly items = new Map<string, Item>();
  /** The media type and content as sent, by which a copy out of the history is recognised. */
  private readonly raw = new Map<string, string>();
  private readonly keyOfCode = new Map<string, string>();
  private readonly keyOfClientId = new Map<string, string>();
  /** Messages on their way that were taken for one of the history, by their keys, and that one as it would stand alone. */
  private readonly guesses = new Map<string, Item>();
  private sorted: readonly Item[] | undefined;

  /** All messages: in the order of the log, and behind them what the log does not have yet. */
  get list(): readonly Item[] {
    this.sorted ??= [...this.items.values()].sort(
      (a, b) => Number(a.code === undefined) - Number(b.code === undefined) || this.order(a, b),
    );
    return this.sorted;
  }

  /** When the oldest message was said. */
  get oldestAt(): number | undefined {
    const first = this.list[0];
    return first?.code === undefined ? undefined : first.at;
  }

  /** Forgets everything but what is on its way out: the store of the server has another life. */
  restart(): void {
    for (const item of [...this.items.values()]) {
      if (item.code !== undefined) {
        this.remove(item);
      }
    }
  }

  /** A message of the feed. Gives it if it was not known. */
  receive(message: Message): Item | undefined {
    const { messageId: code, timestamp, sourceType, mediaType, content, senderNickname } = message;
    const similar = questionsOf(message.simQuestions);
    return this.add(code, {
      at: timestamp,
      author: authorOf(sourceType),
      content: readContent(mediaType, content, message.mediaFileType),
      ...(senderNickname === null ? {} : { name: senderNickname }),
      ...(similar.length === 0 ? {} : { similar }),
      ...(message.interIdx === null ? {} : { turn: message.interIdx }),
    });
  }

  /** A page of the history. */
  remember(messages: readonly HistoryMessage[]): void {
    for (const message of messages) {
      const { id: code, sendTime: at, sourceType, mediaType, content, senderNickname } = message;
      const isOwn = sourceType === "USER" || sourceType === "CUSTOMER";
      const said = {
        at,
        author: isOwn ? ("customer" as const) : authorOf(sourceType),
        content: readContent(mediaType, content),
        ...(senderNickname === null || isOwn ? {} : { name: senderNickname }),
        ...(isOwn ? { progress: "sent" as const } : {}),
      };
      if (isOwn && !this.keyOfCode.has(code)) {
        this.recognise({ key: code, code, ...said }, `${mediaType ?? ""}:${content ?? ""}`);
      }
      this.add(code, said);
    }
  }

  /** The log has a message of the customer's, whichever device it came from. */
  confirm(event: FeedEvent): void {
    const text = (name: string): string | null => {
      const value = event.data[name];
      return typeof value === "string" ? value : null;
    };
    const code = text("messageCode");
    if (code === null) {
      return;
    }
    const clientId = text("messageId");
    const known = clientId === null ? undefined : this.byClientId(clientId);
    const copy = this.byCode(code);
    if (copy && copy.key !== known?.key && this.guesses.has(copy.key)) {
      this.separate(copy);
    }
    if (known) {
      const own = known.code === undefined || known.code === code ? known : this.separate(known);
      this.guesses.delete(own.key);
      const alone = this.byCode(code);
      if (alone && alone.key !== own.key) {
        this.remove(alone);
      }
      this.put({ ...without(own, "reason", "part"), code, at: event.at, progress: "sent" });
    } else {
      this.add(code, {
        at: event.at,
        author: "customer",
        content: readContent(text("mediaType"), text("content")),
        progress: "sent",
      });
    }
  }

  /** What is on its way out. */
  outgoing({ messageId: clientId, content, at, status, reason }: Outgoing): void {
    const wire = typeof content === "string" ? { mediaType: "TEXT", content } : content;
    let known = this.byClientId(clientId);
    this.raw.set(clientId, `${wire.mediaType}:${wire.content}`);
    if (known?.code !== undefined) {
      if (status !== "failed" || !this.guesses.has(known.key)) {
        return;
      }
      known = this.separate(known);
    }
    this.put({
      ...(known && without(known, "reason", "part", "code")),
      key: clientId,
      clientId,
      at,
      author: "customer",
      content: known?.content.kind === "file" ? known.content : readContent(wire.mediaType, wire.content),
      progress: status,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** A file that is being stored. */
  uploading(clientId: string, item: Pick<Item, "at" | "content"> & Partial<Item>): void {
    this.put({
      ...item,
      key: clientId,
      clientId,
      author: "customer",
      progress: item.progress ?? "uploading",
    });
  }

  /** Takes away what was not sent. */
  discard(key: string): void {
    const item = this.items.get(key);
    if (item && item.code === undefined) {
      this.remove(item);
    }
  }

  /** An agent took a message back. */
  recall(code: string): void {
    const item = this.byCode(code);
    if (item) {
      this.put({
        ...without(item, "similar", "turn"),
        content: { kind: "text", text: "" },
        isRecalled: true,
      });
    }
  }

  /** What the history does not know of a robot's message. */
  enrich(code: string, extras: Pick<Item, "similar" | "turn">): void {
    const item = this.byCode(code);
    if (item && !item.isRecalled) {
      this.put({ ...item, ...extras });
    }
  }

  /** The newest of the customer's messages among these ids, the server's or the client's. */
  newestOf(ids: readonly string[]): Item | undefined {
    const found = ids.map((id) => this.byClientId(id) ?? this.byCode(id));
    return found.reduce((a, b) => (!a || (b && b.at > a.at) ? b : a), undefined);
  }

  private byCode(code: string): Item | undefined {
    return this.items.get(this.keyOfCode.get(code) ?? "");
  }

  private byClientId(clientId: string): Item | undefined {
    return this.items.get(this.keyOfClientId.get(clientId) ?? "");
  }

  private add(code: string, item: Omit<Item, "key" | "code">): Item | undefined {
    const known = this.byCode(code);
    if (known) {
      // The feed says more than the history.
      const { similar, turn } = item;
      if ((similar && !known.similar) || (turn !== undefined && known.turn === undefined)) {
        this.put({ ...known, ...(similar && { similar }), ...(turn === undefined ? {} : { turn }) });
      }
      return undefined;
    }
    const added = { key: code, code, ...item };
    this.put(added);
    return added;
  }

  /**
   * The history has no client's ids. What looks like a message whose answer is awaited is taken for it until the feed
   * says so, or says that it is another one.
   */
  private recognise(said: Item, raw: string): void {
    const awaited = [...this.items.values()].find(
      (item) =>
        item.clientId !== undefined &&
        item.code === undefined &&
        item.progress !== "failed" &&
        this.raw.get(item.clientId) === raw &&
        said.at > item.at - CLOCK_SKEW_MS,
    );
    if (awaited) {
      this.guesses.set(awaited.key, said);
      this.put({ ...awaited, code: said.key, at: said.at });
    }
  }

  /** It was another one: the one of the history stands alone, and the other is still on its way. Gives the latter. */
  private separate(item: Item): Item {
    const said = this.guesses.get(item.key);
    const { code = "", ...rest } = item;
    this.guesses.delete(item.key);
    this.keyOfCode.delete(code);
    this.put(rest);
    if (said) {
      this.put(said);
    }
    return rest;
  }

  private put(item: Item): void {
    this.items.set(item.key, item);
    if (item.code !== undefined) {
      this.keyOfCode.set(item.code, item.key);
    }
    if (item.clientId !== undefined) {
      this.keyOfClientId.set(item.clientId, item.key);
    }
    this.sorted = undefined;
  }

  private remove(item: Item): void {
    this.items.delete(item.key);
    this.keyOfCode.delete(item.code ?? "");
    this.keyOfClientId.delete(item.clientId ?? "");
    this.sorted = undefined;
  }

  /** What is in the log by its time, which strictly increases; what is not, in the order in which it was said. */
  private order(a: Item, b: Item): number {
    return a.code === undefined ? 0 : a.at - b.at;
  }
}

function without<Name extends keyof Item>(item: Item, ...names: Name[]): Omit<Item, Name> {
  const rest: Partial<Item> & Omit<Item, Name> = { ...item };
  for (const name of names) {
    Reflect.deleteProperty(rest, name);
  }
  return rest;
}

function authorOf(sourceType: string): Author {
  return sourceType === "AGENT" ? "agent" : sourceType === "ROBOT" ? "robot" : "system";
}

function questionsOf(text: string | null): string[] {
  try {
    const list: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(list) ? list.filter((question) => typeof question === "string").slice(0, 5) : [];
  } catch {
    return [];
  }
}
