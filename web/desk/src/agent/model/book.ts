/** All that the agent has to do with: conversations, offers, their own state. Kept up to date by the feed. */

import { batch, computed, signal } from "@preact/signals";

import { get, patch, post, put, type Schemas, segment } from "../../api/index.js";
import { go, location, match } from "../../shell/route.js";
import { me } from "../../shell/session.js";
import { attend } from "./attention.js";
import { connection, followFeed } from "./feed.js";
import { keyOfKept, Thread } from "./thread.js";
import {
  type Conversation,
  type Directory,
  type FeedEvent,
  type Offer,
  type OwnStatus,
  type Scope,
  SCOPES,
} from "./types.js";

/** Every conversation that was seen, by id. */
export const conversations = signal<ReadonlyMap<string, Conversation>>(new Map());
/** Which of them are in which list, in its order. */
export const lists = signal<Record<Scope, readonly string[] | undefined>>({
  mine: undefined,
  waiting: undefined,
  all: undefined,
  ended: undefined,
});
export const offers = signal<ReadonlyMap<string, Offer>>(new Map());
export const own = signal<OwnStatus | undefined>(undefined);
export const directory = signal<Directory>({ colleagues: [], queues: [], channels: [], dispositions: [] });
/** How much of each conversation nobody looked at. */
export const unread = signal<ReadonlyMap<string, number>>(new Map());
/** Mentions that nobody looked at: conversation and note. */
export const mentions = signal<readonly string[]>([]);
/** Conversations that ended or went while the agent had them, until they are put away. */
export const leftOver = signal<ReadonlySet<string>>(new Set());

/** The conversation of which something was told last. */
export const heard = signal<{ id: string } | undefined>(undefined);
/** Raised whenever a message that a customer left may have changed. */
export const ticketNews = signal(0);
/** Raised whenever conversations may have come or gone, whosever they are. */
export const queueNews = signal(0);

/** What the address chooses. */
export const chosen = computed(() => {
  const values = match("/inbox/:scope?/:id?", location.value.path);
  const scope = SCOPES.find((name) => name === values?.["scope"]) ?? "mine";
  return { scope, id: values?.["id"] };
});

/** In case nothing was told of a change. */
const WAITING_EVERY_MS = 60_000;
const threads = new Map<string, Thread>();
const stale = new Set<Scope>();
let asks = 0;
const answered = new Map<Scope, number>();
const lookedAt = new BroadcastChannel("frontdesk.desk.looked");
let timer: ReturnType<typeof setTimeout> | undefined;
let stop: AbortController | undefined;

/** Begins to follow what happens; once is enough. */
export function openBook(): void {
  const who = me.peek();
  if (stop || !who) {
    return;
  }
  stop = new AbortController();
  void refresh("mine", "waiting").catch(() => undefined);
  agreeWithTabs(`${who.tenant}/${who.agentId}`);
  // What changes is told by the feed, and fetched then; this is for what was told to nobody.
  setInterval(() => {
    if (document.visibilityState === "visible" && connection.peek() === "live") {
      staleLists("waiting", ...(chosen.peek().scope === "all" ? (["all"] as const) : []));
    }
  }, WAITING_EVERY_MS);
  followFeed(`${who.tenant}/${who.agentId}`, { events, anew }, stop.signal);
}

/** Tabs agree on what was looked at, and on what is being written. */
function agreeWithTabs(who: string): void {
  lookedAt.onmessage = ({ data }: MessageEvent<string>) => {
    forgetUnread(data);
  };
  window.addEventListener("storage", ({ key, newValue }) => {
    for (const [id, thread] of threads) {
      if (key === keyOfKept(who, id)) {
        thread.draftElsewhere(newValue);
      }
    }
  });
}

/** What was said in a conversation. */
export function threadOf(id: string): Thread {
  const who = me.peek();
  const thread = threads.get(id) ?? new Thread(id, `${who?.tenant ?? ""}/${who?.agentId ?? ""}`);
  threads.set(id, thread);
  return thread;
}

/** Fetches lists again. Of answers that overtake each other, the one that was asked for last counts. */
export async function refresh(...scopes: Scope[]): Promise<void> {
  await Promise.all(
    scopes.map(async (scope) => {
      const asked = (asks += 1);
      const answer = await get<Schemas["ConversationList"]>("/agent/conversations", { scope });
      if (asked < (answered.get(scope) ?? 0)) {
        return;
      }
      answered.set(scope, asked);
      batch(() => {
        keep(answer.conversations);
        lists.value = { ...lists.peek(), [scope]: answer.conversations.map(({ id }) => id) };
      });
    }),
  );
}

/** Fetches one conversation, wherever it is; nothing if the agent may not see it. */
export async function fetchOne(id: string): Promise<Conversation> {
  const found = await get<Conversation>(`/agent/conversations/${segment(id)}`);
  keep([found]);
  return found;
}

/** Fetches what things are called, and who is free. */
export async function refreshDirectory(): Promise<void> {
  directory.value = await get<Directory>("/agent/directory");
}

export async function refreshOwn(): Promise<void> {
  own.value = await get<OwnStatus>("/agent/status");
}

/** Declares the agent's state. */
export async function declare(status: OwnStatus["status"], reason?: string): Promise<void> {
  await put("/agent/status", { status, ...(reason === undefined ? {} : { reason }) });
  await refreshOwn();
}

export async function accept(id: string): Promise<void> {
  await post(`/agent/conversations/${segment(id)}/accept`);
  closeOffer(id);
  go(`/inbox/mine/${segment(id)}`);
}

export async function reject(id: string): Promise<void> {
  await post(`/agent/conversations/${segment(id)}/reject`);
  closeOffer(id);
}

/** Marks what was said as read, for the customer as well if it is the agent's. */
export function looked(id: string): void {
  forgetUnread(id);
  lookedAt.postMessage(id);
  const conversation = conversations.peek().get(id);
  if (conversation?.state === "open" && isSpeaker(conversation)) {
    post(`/agent/conversations/${segment(id)}/read`).catch(() => undefined);
  }
}

function forgetUnread(id: string): void {
  const rest = new Map(unread.peek());
  rest.delete(id);
  batch(() => {
    unread.value = rest;
    mentions.value = mentions.peek().filter((one) => one !== id);
  });
}

/** Whether the agent speaks to the customer in it. */
export function isSpeaker(conversation: Conversation): boolean {
  return conversation.role === "holder" || conversation.role === "conference";
}

/** Changes what is on a conversation, here at once. */
export async function label(id: string, changes: Schemas["ConversationPatch"]): Promise<void> {
  keep([await patch<Conversation>(`/agent/conversations/${segment(id)}`, changes)]);
}

/** Puts a conversation away that is over. */
export function putAway(id: string): void {
  const rest = new Set(leftOver.peek());
  rest.delete(id);
  batch(() => {
    leftOver.value = rest;
    lists.value = { ...lists.peek(), mine: lists.peek().mine?.filter((one) => one !== id) };
    if (chosen.peek().id === id) {
      go("/inbox/mine");
    }
  });
}

function anew(): void {
  void refresh(
    ...SCOPES.filter((scope) => scope === "mine" || scope === "waiting" || lists.peek()[scope] !== undefined),
  ).catch(() => undefined);
  void refreshOwn().catch(() => undefined);
  void refreshDirectory().catch(() => undefined);
  ticketNews.value += 1;
  queueNews.value += 1;
  for (const thread of threads.values()) {
    if (thread.isLoaded.peek()) {
      void thread.load(true);
    }
    void thread.flush();
  }
}

/** Takes in what happened. */
function events(happened: readonly FeedEvent[]): void {
  batch(() => {
    for (const event of happened) {
      take(event);
      attend(event);
    }
  });
}

function take(event: FeedEvent): void {
  if ("conversationId" in event) {
    heard.value = { id: event.conversationId };
  }
  switch (event.type) {
    case "assigned":
      enter(event.conversation);
      closeOffer(event.conversationId);
      staleLists("waiting", "all");
      break;
    case "joined":
      if (event.conversation) {
        enter(event.conversation);
      } else {
        threadOf(event.conversationId).addEvent(
          `event-joined-${event.mode}`,
          event.name ?? event.agentId,
          event.at,
        );
        void fetchOne(event.conversationId).catch(() => undefined);
      }
      break;
    case "left":
      threadOf(event.conversationId).addEvent("event-left", event.name ?? event.agentId, event.at);
      void fetchOne(event.conversationId).catch(() => undefined);
      break;
    case "message":
    case "whisper":
      threadOf(event.conversationId).add(event.message);
      newest(event.conversationId, event.message);
      break;
    case "note":
      threadOf(event.conversationId).addNote(event.note);
      break;
    case "mentioned":
      keep([event.conversation]);
      threadOf(event.conversationId).addNote(event.note);
      mentions.value = [...new Set([...mentions.peek(), event.conversationId])];
      break;
    case "labelled":
      void fetchOne(event.conversationId).catch(() => undefined);
      break;
    case "read":
      threadOf(event.conversationId).markRead(event.messageIds);
      break;
    case "typing":
      threadOf(event.conversationId).typing(event.at);
      break;
    case "offered":
      keep([event.conversation]);
      offers.value = new Map(offers.peek()).set(event.conversationId, {
        conversation: event.conversation,
        until: event.until,
      });
      staleLists("waiting");
      break;
    case "offerEnded":
      closeOffer(event.conversationId);
      staleLists("waiting", "all");
      break;
    case "released":
      leave(event.conversationId, { control: event.control }, `event-released-${event.reason}`, event.at);
      break;
    case "ended":
      leave(
        event.conversationId,
        { state: "ended", control: "closed", endedAt: event.at },
        `event-ended-${event.reason}`,
        event.at,
      );
      break;
    case "state":
      own.value = {
        ...(own.peek() ?? NOBODY),
        status: event.status,
        reason: event.reason ?? null,
        held: event.held,
        capacity: event.capacity,
        afterCallWork: event.afterCallWork ?? [],
      };
      break;
    case "queue":
      queueNews.value += 1;
      staleLists("waiting", "all");
      break;
    case "sla":
    case "reminder":
      void fetchOne(event.conversationId).catch(() => undefined);
      break;
    case "ticket":
      ticketNews.value += 1;
      break;
  }
}

const NOBODY: OwnStatus = {
  status: "offline",
  reachable: true,
  held: 0,
  capacity: 0,
  afterCallWork: [],
  reasons: [],
};

function keep(found: readonly Conversation[]): void {
  const all = new Map(conversations.peek());
  for (const conversation of found) {
    all.set(conversation.id, conversation);
  }
  conversations.value = all;
}

function change(id: string, changes: Partial<Conversation>): void {
  const known = conversations.peek().get(id);
  if (known) {
    keep([{ ...known, ...changes }]);
  }
}

/** A conversation became the agent's. */
function enter(conversation: Conversation): void {
  keep([conversation]);
  const mine = lists.peek().mine ?? [];
  if (!mine.includes(conversation.id)) {
    lists.value = { ...lists.peek(), mine: [conversation.id, ...mine] };
  }
  const rest = new Set(leftOver.peek());
  rest.delete(conversation.id);
  leftOver.value = rest;
  const thread = threadOf(conversation.id);
  if (thread.isLoaded.peek()) {
    void thread.load(true);
  }
}

/** A conversation is the agent's no longer; it stays to be seen until it is put away. */
function leave(id: string, changes: Partial<Conversation>, text: string, at: number): void {
  const known = conversations.peek().get(id);
  if (known) {
    const rest = { ...known, ...changes };
    delete rest.role;
    keep([rest]);
  }
  threadOf(id).addEvent(text, "", at);
  if (lists.peek().mine?.includes(id) === true) {
    leftOver.value = new Set(leftOver.peek()).add(id);
  }
  staleLists("waiting", "all", "ended");
}

function newest(id: string, message: Schemas["Message"]): void {
  change(id, { lastMessage: message });
  const isSeen = chosen.peek().id === id && document.visibilityState === "visible";
  if (message.author.kind === "agent" && message.author.id === me.peek()?.agentId) {
    return;
  }
  if (isSeen) {
    looked(id);
  } else if (message.author.kind !== "system") {
    unread.value = new Map(unread.peek()).set(id, (unread.peek().get(id) ?? 0) + 1);
  }
}

function closeOffer(id: string): void {
  const rest = new Map(offers.peek());
  rest.delete(id);
  offers.value = rest;
}

/** Lists that are looked at are fetched again, a moment later and once for many changes. */
function staleLists(...scopes: Scope[]): void {
  for (const scope of scopes) {
    if (scope === "waiting" || lists.peek()[scope] !== undefined) {
      stale.add(scope);
    }
  }
  timer ??= setTimeout(() => {
    timer = undefined;
    const wanted = [...stale];
    stale.clear();
    void refresh(...wanted).catch(() => undefined);
  }, 400);
}
