/**
 * One customer's chat: what it shows, and what can be done with it.
 *
 * Everything that could lead to a credential stays in the closure of `createChat`: what it returns are functions and the
 * state. A page's other scripts can reach the components through the nodes of the document, and from them this and no
 * further.
 */

import {
  type Client,
  type FeedEvent,
  type FeedState,
  type Message,
  FrontdeskError,
  createClient,
  isSuccess,
  widgetSession,
} from "@frontdesk/client";

import { type Actions, actionsOf } from "./actions.js";
import { Attachments } from "./attachments.js";
import { type Media, MediaKeeper } from "./media.js";
import { type Memory, MemoryKeeper, read, write } from "./memory.js";
import { outboxStorage } from "./outbox.js";
import { type Change, type ChatState, type Phase, Store } from "./state.js";
import { type Item, Transcript } from "./transcript.js";

/** How a chat is made. */
export interface ChatOptions {
  /** The server's address. */
  url: string;
  channelId: string;
  tenant?: string | undefined;
  /** Who is signed in, as the shop's back end says. */
  identity?: string | (() => string | Promise<string>) | undefined;
  userName?: string | undefined;
  locale: string;
  /** The browser's own, as they were before other scripts came. */
  fetch: typeof fetch;
  WebSocket: typeof WebSocket | undefined;
  XMLHttpRequest: typeof XMLHttpRequest | undefined;
  /** Somebody has written and the customer does not look. */
  arrived(item: Item): void;
}

/** A chat under way. */
export interface Chat extends Actions {
  get(): ChatState;
  subscribe(listener: () => void): () => void;
  /** The customer looks at the chat, or no longer does. */
  setOpen(isOpen: boolean, takesFocus?: boolean): void;
  media(key: string, media: "image" | "audio" | "video" | "file", type?: string): Promise<Media>;
  close(): void;
}

const PAGE = 30;
const TYPING_SHOWN_MS = 6_000;
const QUEUE_ASKED_MS = 10_000;
/** Whoever was away for longer looks into the history, too: a sleeping tab may have missed what others passed on. */
const AWAY_MS = 30_000;
/** After this long a message that could not be sent is failed, and the customer decides. */
const GIVE_UP_MS = 600_000;
const MUTED = "frontdesk:muted";

/** Opens a customer's chat. */
export function createChat(options: ChatOptions): Chat {
  const client = clientOf(options);
  const outbox = client.sendQueue({ storage: outboxStorage(), giveUpAfterMs: GIVE_UP_MS, reopen: true });
  const feed = client.feed({ events: ["session", "queue", "read", "typing", "self"], start: "latest" });
  const transcript = new Transcript();
  const media = new MediaKeeper(client);
  const store = new Store(initialState());
  let memory: MemoryKeeper | undefined;
  let isClosed = false;
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  let hiddenAt = 0;
  let refreshing: Promise<void> | undefined;
  /** How often the phase has changed: an answer to a question from before is stale. */
  let changes = 0;

  const show = (): void => {
    const seenAt = memory?.get().seenAt ?? 0;
    const unread = transcript.list.filter((item) => isSaid(item) && item.at > seenAt).length;
    store.set({ items: transcript.list, unread });
  };
  const attachments = new Attachments(client, outbox, transcript, media, show);

  const setPhase = (phase: Phase, more: Change = {}): void => {
    changes += 1;
    store.set({ queue: undefined, endReason: undefined, phase, ...more });
    if (phase === "queue") {
      askQueue().catch(() => undefined);
    }
  };

  /** Where the conversation is; nothing if that has changed meanwhile. */
  const askQueue = async (): Promise<Phase | undefined> => {
    const before = changes;
    const info = await client.queueInfo();
    if (before !== changes) {
      return undefined;
    }
    switch (info.resultCode) {
      case "0":
        store.set({
          phase: "queue",
          queue: { position: info.position ?? 1, estimateSeconds: info.estimateWaitTime ?? 0 },
        });
        return "queue";
      case "160021":
        return "agent";
      case "160022":
        return "robot";
      case "160004":
        return "none";
      case "5":
        return "ended";
      default:
        return undefined;
    }
  };

  const connect = async (): Promise<void> => {
    if (isSuccess(await client.connect())) {
      const phase = await askQueue();
      if (phase && phase !== "queue") {
        setPhase(phase);
      }
    }
  };

  /** Asks where things stand and what was said lately: at the start, and whenever something may have been missed. */
  const refresh = (): Promise<void> => {
    refreshing ??= look().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };

  const look = async (): Promise<void> => {
    const [history, phase] = await Promise.all([client.history({ limit: PAGE }), askQueue()]);
    if (isClosed) {
      return;
    }
    const isFirst = store.get().phase === "unknown";
    transcript.remember(history.messageList);
    for (const [code, extras] of Object.entries(memory?.get().robot ?? {})) {
      transcript.enrich(code, extras);
    }
    if (phase && phase !== "queue") {
      setPhase(phase, phase === "ended" ? { endReason: store.get().endReason } : {});
    }
    const agent = history.messageList.find(({ sourceType }) => sourceType === "AGENT");
    store.set({
      agentName: store.get().agentName ?? agent?.senderNickname ?? undefined,
      ...(isFirst ? { hasEarlier: history.messageList.length === PAGE } : {}),
    });
    if (memory && memory.get().seenAt === undefined) {
      memory.set({ seenAt: history.messageList[0]?.sendTime ?? 0 });
    }
    show();
    if (phase === "none" && store.get().isOpen) {
      await connect();
    }
    markSeen();
  };

  const tryRefresh = (): void => {
    refresh().catch((error: unknown) => {
      // Whether there is a connection is for the feed to say; it also says when it is back.
      if (error instanceof FrontdeskError && !error.temporary) {
        console.warn("Frontdesk:", error.code);
      }
    });
  };

  /** `isReturning`: the customer looks again, and is shown where the new begins. */
  const markSeen = (isReturning = false): void => {
    if (!memory || !store.get().isOpen || document.visibilityState !== "visible") {
      return;
    }
    const seenAt = memory.get().seenAt ?? 0;
    const fresh = transcript.list.filter((item) => item.author !== "customer" && item.at > seenAt);
    const last = fresh.at(-1);
    if (last) {
      memory.set({ seenAt: last.at });
      if (isReturning && seenAt > 0 && fresh.some(isSaid)) {
        store.set({ unreadFrom: seenAt });
      }
      const codes = fresh.filter(({ author }) => author === "agent").flatMap(({ code }) => code ?? []);
      if (codes.length > 0) {
        client.read(codes.slice(-20)).catch(() => undefined);
      }
      show();
    }
  };

  const receive = (message: Message): void => {
    if (message.controlType === "READ" || (message.content ?? "") === "") {
      return;
    }
    const item = transcript.receive(message);
    if (!item) {
      // The history was quicker, but the feed may know more.
      show();
      return;
    }
    if (item.similar ?? item.turn) {
      const { similar, turn } = item;
      const extras = { ...(similar && { similar }), ...(turn !== undefined && { turn }) };
      memory?.set({ robot: { ...memory.get().robot, [message.messageId]: extras } });
    }
    if (item.author === "agent") {
      store.set({ isAgentTyping: false, agentName: item.name });
    }
    show();
    markSeen();
    if (isSaid(item)) {
      options.arrived(item);
    }
  };

  const happen = (event: FeedEvent): void => {
    switch (event.type) {
      case "self":
        transcript.confirm(event);
        if (typeof event.data["messageId"] === "string") {
          outbox.confirm(event.data["messageId"]);
        }
        break;
      case "typing":
        store.set({ isAgentTyping: true });
        clearTimeout(typingTimer);
        typingTimer = setTimeout(() => {
          store.set({ isAgentTyping: false });
        }, TYPING_SHOWN_MS);
        break;
      case "read": {
        const ids = event.data["messageIds"];
        const newest = Array.isArray(ids) ? transcript.newestOf(ids.map(String)) : undefined;
        if (newest && newest.at > store.get().readAt) {
          store.set({ readAt: newest.at });
          memory?.set({ readAt: newest.at });
        }
        break;
      }
      case "session":
        session(event.data);
        break;
      case "queue":
        break;
    }
    show();
  };

  const session = (data: Record<string, unknown>): void => {
    switch (data["state"]) {
      case "connected":
        setPhase("robot", { form: undefined });
        break;
      case "queued":
        setPhase("queue");
        break;
      case "assigned":
        setPhase("agent", typeof data["nickname"] === "string" ? { agentName: data["nickname"] } : {});
        break;
      case "recalled":
        transcript.recall(String(data["messageCode"]));
        break;
      case "ended":
        ended(String(data["reason"]));
        break;
      default:
    }
  };

  const ended = (endReason: string): void => {
    const { phase, form } = store.get();
    setPhase("ended", { endReason, isAgentTyping: false });
    if (endReason === "queueTimeout") {
      store.set({ form: { kind: "leave", why: "ended-queue" } });
    } else if (phase === "agent" && form?.kind !== "survey") {
      void actions.askSurvey();
    }
  };

  const connection = (next: FeedState): void => {
    const before = store.get();
    const isOnline = next.status === "online";
    store.set({ connection: next, lostAt: isOnline ? undefined : (before.lostAt ?? Date.now()) });
    if (isOnline && before.connection.status !== "online") {
      outbox.wake();
      tryRefresh();
    }
  };

  const actions = actionsOf({
    client,
    outbox,
    transcript,
    store,
    attachments,
    memory: () => memory,
    show,
    connect,
    refresh,
    setPhase,
    setMuted: (isMuted) => {
      write(MUTED, isMuted ? "1" : null);
    },
  });

  const looked = (): void => {
    if (document.visibilityState === "hidden") {
      hiddenAt = Date.now();
      return;
    }
    markSeen(true);
    if (hiddenAt > 0 && Date.now() - hiddenAt > AWAY_MS) {
      tryRefresh();
    }
  };

  const remember = async (): Promise<void> => {
    const { userId, channelId } = await firstCredentials(client, () => isClosed);
    memory = new MemoryKeeper(`frontdesk:memory:${client.endpoint.url}:${channelId}:${userId}`, show);
    const { readAt = 0, robot } = memory.get();
    store.set({ readAt, rated: ratedOf(robot) });
    // Only now: what they tell is remembered for this customer.
    feed.on("message", receive);
    feed.on("event", happen);
    feed.on("gap", ({ reason }) => {
      if (reason !== "EXPIRED" && reason !== "OVERFLOW") {
        transcript.restart();
      }
      tryRefresh();
    });
    if (feed.state.status === "online") {
      tryRefresh();
    }
  };

  outbox.on("change", (outgoing) => {
    transcript.outgoing(outgoing);
    show();
  });
  feed.on("state", connection);
  document.addEventListener("visibilitychange", looked);
  let askedAt = 0;
  const queueTimer = setInterval(() => {
    const { phase, isOpen, queue } = store.get();
    const isLooked = isOpen && document.visibilityState === "visible";
    // Whoever has just been put into the queue has no place yet.
    if (phase === "queue" && isLooked && (!queue || Date.now() - askedAt > QUEUE_ASKED_MS)) {
      askedAt = Date.now();
      askQueue().catch(() => undefined);
    }
  }, 1_000);
  void remember();

  return {
    ...actions,
    get: store.get,
    subscribe: store.subscribe,
    setOpen: (isOpen, takesFocus = true) => {
      store.set({ isOpen, takesFocus, ...(isOpen ? {} : { unreadFrom: undefined }) });
      if (isOpen && store.get().phase === "none") {
        connect().catch(() => undefined);
      }
      markSeen(true);
    },
    media: (key, claimed, type) => media.get(key, claimed, type),
    close: () => {
      isClosed = true;
      clearInterval(queueTimer);
      clearTimeout(typingTimer);
      document.removeEventListener("visibilitychange", looked);
      outbox.close();
      attachments.close();
      media.close();
      memory?.close();
      void feed.close();
    },
  };
}

function clientOf(options: ChatOptions): Client {
  const { url, channelId, tenant, identity, userName, locale, fetch, WebSocket, XMLHttpRequest } = options;
  return createClient({
    url,
    fetch,
    WebSocket: WebSocket ?? null,
    ...(XMLHttpRequest && { XMLHttpRequest }),
    credentials: widgetSession({
      url,
      channelId,
      locale,
      fetch,
      ...(tenant !== undefined && { tenant }),
      ...(identity !== undefined && { identity }),
      ...(userName !== undefined && { userName }),
    }),
  });
}

/** Who the customer is, as soon as the server can be asked. The feed tells what is wrong meanwhile. */
async function firstCredentials(
  client: Client,
  isClosed: () => boolean,
): Promise<{ userId: string; channelId: string }> {
  for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 10_000)) {
    try {
      return await client.credentials();
    } catch (error) {
      if (isClosed()) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

function initialState(): ChatState {
  return {
    isOpen: false,
    takesFocus: true,
    phase: "unknown",
    isAgentTyping: false,
    connection: { status: "connecting" },
    lostAt: Date.now(),
    items: [],
    hasEarlier: false,
    earlier: "idle",
    readAt: 0,
    unread: 0,
    rated: new Set(),
    isMuted: read(MUTED) !== null,
  };
}

function ratedOf(robot: Memory["robot"]): ReadonlySet<string> {
  return new Set(Object.entries(robot).flatMap(([code, { isRated }]) => (isRated ? [code] : [])));
}

/** Whether it is something that somebody said to the customer. */
function isSaid({ author }: Item): boolean {
  return author === "agent" || author === "robot";
}
