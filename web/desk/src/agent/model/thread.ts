/** What was said in a conversation, and what the agent is about to say. */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";

import { get, patch, post, Problem, type Schemas, segment } from "../../api/index.js";
import { sentence } from "../../api/problem.js";
import { type Conversation, type Item, type Message, type Note, type Outgoing } from "./types.js";

/** How long a customer counts as typing after the last sign of it. */
const TYPING_MS = 6_000;
const RETRY_MS = 2_000;
const PREFIX = "frontdesk.desk.draft";

/** What outlives the page. */
interface Kept {
  drafts: Record<Outgoing["kind"], string>;
  outgoing: Outgoing[];
}

/** Under which key what is written in a conversation is kept. */
export function keyOfKept(who: string, id: string): string {
  return `${PREFIX}.${who}.${id}`;
}

/** One conversation's content. */
export class Thread {
  readonly isLoaded = signal(false);
  readonly problem = signal<unknown>(undefined);
  readonly outgoing = signal<readonly Outgoing[]>([]);
  /** Until when the customer counts as typing. */
  readonly typingUntil = signal(0);
  /** The highest number that was read. */
  readonly items: ReadonlySignal<readonly Item[]>;
  /** Ids of messages that the customer has read. */
  readonly readIds = signal<ReadonlySet<string>>(new Set());
  /** What is being written, by kind. */
  readonly drafts = signal<Record<Outgoing["kind"], string>>({ message: "", note: "", whisper: "" });

  private readonly stored = signal<ReadonlyMap<string, Item>>(new Map());
  private isSending = false;
  private readonly kept: string;
  private loading: Promise<void> | undefined;

  constructor(
    readonly id: string,
    who: string,
  ) {
    this.kept = keyOfKept(who, id);
    this.recall();
    const ordered = computed(() =>
      [...this.stored.value.values()].sort((a, b) => a.at - b.at || a.seq - b.seq),
    );
    this.items = computed(() =>
      withDays([...ordered.value, ...notArrived(this.outgoing.value, ordered.value).map(itemOf)]),
    );
  }

  /** The highest number of what is here. */
  get lastSeen(): number {
    let highest = 0;
    for (const item of this.stored.peek().values()) {
      highest = Math.max(highest, item.seq);
    }
    return highest;
  }

  /** Fetches what was said. Again if `anew`. */
  load(anew = false): Promise<void> {
    if (this.loading && !anew) {
      return this.loading;
    }
    this.loading = this.fetch();
    return this.loading;
  }

  /** A message of the feed or of the server's answer. */
  add(message: Message): void {
    this.put([{ kind: "message", key: message.id, at: message.at, seq: message.seq, message }]);
    if (message.author.kind === "customer") {
      this.typingUntil.value = 0;
    }
  }

  addNote(note: Note): void {
    this.put([{ kind: "note", key: note.id, at: note.at, seq: note.seq, note }]);
  }

  addEvent(text: string, name: string, at: number): void {
    this.put([{ kind: "event", key: `${text} ${name} ${at}`, at, seq: 0, text, name }]);
  }

  /** Messages were read by the customer: those, and all before the newest of them. */
  markRead(ids: readonly string[]): void {
    this.readIds.value = new Set([...this.readIds.peek(), ...ids]);
  }

  typing(at: number): void {
    this.typingUntil.value = Math.max(at, Date.now()) + TYPING_MS;
  }

  draft(kind: Outgoing["kind"], text: string): void {
    this.drafts.value = { ...this.drafts.peek(), [kind]: text };
    this.remember();
  }

  /** What is being written was changed in another tab. */
  draftElsewhere(kept: string | null): void {
    const none = { message: "", note: "", whisper: "" };
    this.drafts.value = { ...none, ...(kept === null ? {} : (JSON.parse(kept) as Kept).drafts) };
  }

  /** Says something: it is shown at once, and sent as soon as it can be. */
  say(given: Pick<Outgoing, "kind" | "content"> & Partial<Outgoing>): void {
    const id = crypto
      .getRandomValues(new Uint8Array(16))
      .reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");
    const outgoing: Outgoing = {
      mediaType: "TEXT",
      ...given,
      id,
      at: Date.now(),
      state: "sending",
      lastSeen: this.lastSeen,
    };
    batch(() => {
      this.outgoing.value = [...this.outgoing.peek(), outgoing];
      this.draft(given.kind, "");
    });
    void this.flush();
  }

  /** Sends something again that failed, or that a colleague's message held up. */
  again(id: string): void {
    this.change(id, { state: "sending", lastSeen: this.lastSeen });
    void this.flush();
  }

  discard(id: string): void {
    this.outgoing.value = this.outgoing.peek().filter((outgoing) => outgoing.id !== id);
    this.remember();
  }

  /** Sends what waits, in order. */
  async flush(): Promise<void> {
    if (this.isSending) {
      return;
    }
    this.isSending = true;
    try {
      for (;;) {
        const next = this.outgoing.peek().find(({ state }) => state === "sending" || state === "waiting");
        if (!next) {
          return;
        }
        try {
          await this.send(next);
          this.discard(next.id);
        } catch (error) {
          this.failed(next, error);
          if (error instanceof Problem && error.isPassing) {
            await new Promise((resolve) => setTimeout(resolve, (error.retryAfter ?? 0) * 1000 || RETRY_MS));
          }
        }
      }
    } finally {
      this.isSending = false;
    }
  }

  /** Changes what is on the conversation; the answer is the conversation. */
  label(changes: Schemas["ConversationPatch"]): Promise<Conversation> {
    return patch<Conversation>(`/agent/conversations/${segment(this.id)}`, changes);
  }

  private failed(outgoing: Outgoing, error: unknown): void {
    if (error instanceof Problem && error.isPassing) {
      this.change(outgoing.id, { state: "waiting" });
    } else if (error instanceof Problem && error.code === "NEWER_MESSAGE") {
      // What the colleague wrote may still be on its way here.
      void this.load(true);
      this.change(outgoing.id, { state: "asked" });
    } else {
      this.change(outgoing.id, { state: "failed", why: sentence(error) });
    }
  }

  private async send(outgoing: Outgoing): Promise<void> {
    const path = `/agent/conversations/${segment(this.id)}`;
    const { id: messageId, content, mediaType, lastSeen } = outgoing;
    if (outgoing.kind === "message") {
      this.add(await post<Message>(`${path}/messages`, { mediaType, content, messageId, lastSeen }));
    } else if (outgoing.kind === "note") {
      this.addNote(
        await post<Note>(`${path}/notes`, { text: content, messageId, mentions: outgoing.mentions ?? [] }),
      );
    } else {
      this.add(await post<Message>(`${path}/whisper`, { text: content }));
    }
  }

  private async fetch(): Promise<void> {
    const path = `/agent/conversations/${segment(this.id)}`;
    try {
      const [said, noted] = await Promise.all([
        get<Schemas["MessageList"]>(`${path}/messages`),
        get<Schemas["NoteList"]>(`${path}/notes`),
      ]);
      batch(() => {
        this.put([
          ...said.messages.map((message): Item => ({
            kind: "message",
            key: message.id,
            at: message.at,
            seq: message.seq,
            message,
          })),
          ...noted.notes.map((note): Item => ({
            kind: "note",
            key: note.id,
            at: note.at,
            seq: note.seq,
            note,
          })),
        ]);
        this.isLoaded.value = true;
        this.problem.value = undefined;
      });
    } catch (error) {
      this.loading = undefined;
      this.problem.value = error;
    }
  }

  private put(items: readonly Item[]): void {
    const stored = new Map(this.stored.peek());
    for (const item of items) {
      stored.set(item.key, item);
    }
    this.stored.value = stored;
  }

  private change(id: string, changes: Partial<Outgoing>): void {
    this.outgoing.value = this.outgoing.peek().map((one) => (one.id === id ? { ...one, ...changes } : one));
    this.remember();
  }

  private remember(): void {
    const drafts = this.drafts.peek();
    const outgoing = this.outgoing.peek();
    if (outgoing.length === 0 && Object.values(drafts).every((text) => text === "")) {
      localStorage.removeItem(this.kept);
    } else {
      localStorage.setItem(this.kept, JSON.stringify({ drafts, outgoing }));
    }
  }

  private recall(): void {
    try {
      const kept = JSON.parse(localStorage.getItem(this.kept) ?? "null") as Kept | null;
      if (kept) {
        this.drafts.value = { ...this.drafts.peek(), ...kept.drafts };
        // A whisper has no id that makes it one however often it is sent: whether it was is for its writer to say.
        this.outgoing.value = kept.outgoing.map((one) =>
          one.kind === "whisper" && one.state !== "asked" ? { ...one, state: "failed" } : one,
        );
        void this.flush();
      }
    } catch {
      localStorage.removeItem(this.kept);
    }
  }
}

/** What is being sent and has not come back by the feed, which may be faster than the answer. */
function notArrived(outgoing: readonly Outgoing[], stored: readonly Item[]): readonly Outgoing[] {
  const arrived = new Set<Item>();
  return outgoing.filter((one) => {
    const found = stored.find((item) => !arrived.has(item) && isFrom(item, one));
    if (found) {
      arrived.add(found);
    }
    return !found;
  });
}

function isFrom(item: Item, outgoing: Outgoing): boolean {
  if (outgoing.state !== "sending" || item.seq <= (outgoing.lastSeen ?? 0)) {
    return false;
  }
  if (item.kind === "note") {
    return outgoing.kind === "note" && item.note.text === outgoing.content;
  }
  return (
    item.kind === "message" &&
    outgoing.kind !== "note" &&
    item.message.author.kind === "agent" &&
    item.message.content === outgoing.content
  );
}

function itemOf(outgoing: Outgoing): Item {
  return { kind: "outgoing", key: outgoing.id, at: outgoing.at, seq: Number.MAX_SAFE_INTEGER, outgoing };
}

/** Puts a line where a day begins. */
function withDays(items: readonly Item[]): readonly Item[] {
  const all: Item[] = [];
  let before = "";
  for (const item of items) {
    const day = new Date(item.at).toDateString();
    if (day !== before) {
      all.push({ kind: "day", key: `day ${day}`, at: item.at, seq: 0 });
      before = day;
    }
    all.push(item);
  }
  return all;
}
