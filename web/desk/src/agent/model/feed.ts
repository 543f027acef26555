/**
 * The agent's feed: one tab of the browser reads it and tells the others; when that tab goes, another reads on from the same
 * cursor. It is read again and again whatever happens to the network, the server, or the sign-in.
 */

import { signal } from "@preact/signals";

import { Problem, type Schemas } from "../../api/index.js";
import { call } from "../../api/http.js";
import { type FeedEvent } from "./types.js";

/** Whether what is shown is what is. */
export type Connection = "live" | "connecting" | "offline";

/** What tabs tell each other. */
type Told =
  | { kind: "events"; events: FeedEvent[]; cursor: string }
  | { kind: "anew" }
  | { kind: "connection"; connection: Connection }
  | { kind: "hello" };

/** What listens to the feed. */
export interface Listener {
  /** What happened, oldest first. The same may be told twice. */
  events(events: readonly FeedEvent[]): void;
  /** Something may have been missed: look at everything again. */
  anew(): void;
}

export const connection = signal<Connection>("connecting");
/** Whether this tab reads the feed: it is the one that makes sounds. */
export const leads = signal(false);

const HELD_SECONDS = 25;
const PATIENCE_MS = 12_000;
const LONGEST_PAUSE_MS = 10_000;

/** Follows the feed of whoever is signed in, until the signal. */
export function followFeed(who: string, listener: Listener, stop: AbortSignal): void {
  const name = `frontdesk.desk.feed.${who}`;
  const tabs = new BroadcastChannel(name);
  let cursor = "";
  const tell = (told: Told): void => {
    if (!stop.aborted) {
      tabs.postMessage(told);
    }
  };
  tabs.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data.kind === "hello") {
      if (leads.value) {
        tell({ kind: "connection", connection: connection.value });
        tell({ kind: "events", events: [], cursor });
      }
    } else if (data.kind === "events") {
      ({ cursor } = data);
      connection.value = "live";
      listener.events(data.events);
    } else if (data.kind === "connection") {
      connection.value = data.connection;
    } else {
      listener.anew();
    }
  };
  stop.addEventListener("abort", () => {
    tabs.close();
    leads.value = false;
  });
  const state = (now: Connection): void => {
    if (connection.value !== now) {
      connection.value = now;
      tell({ kind: "connection", connection: now });
    }
  };

  const lead = async (): Promise<void> => {
    leads.value = true;
    let failures = 0;
    let isFirst = cursor === "";
    while (!stop.aborted) {
      try {
        const answer = await read(cursor, failures > 0 ? 0 : HELD_SECONDS, stop);
        failures = 0;
        ({ cursor } = answer);
        state("live");
        if (isFirst) {
          isFirst = false;
          listener.anew();
          tell({ kind: "anew" });
        }
        listener.events(answer.events);
        tell({ kind: "events", events: answer.events, cursor });
      } catch (error) {
        if (error instanceof Problem && error.code === "CURSOR_INVALID") {
          cursor = "";
          isFirst = true;
          continue;
        }
        failures += 1;
        // The loop ends if it is to; nothing is told then.
        state(navigator.onLine ? "connecting" : "offline");
        const wait = error instanceof Problem ? (error.retryAfter ?? 0) * 1000 : 0;
        await pause(Math.max(wait, Math.min(LONGEST_PAUSE_MS, 400 * 2 ** Math.min(failures, 5))), stop);
      }
    }
  };

  tell({ kind: "hello" });
  // Without TLS browsers have no locks; then each tab reads for itself, which takes nothing away from the others.
  const locks = (navigator as { locks?: LockManager }).locks;
  if (locks) {
    locks.request(name, { signal: stop }, lead).catch(() => undefined);
    listener.anew();
  } else {
    void lead();
  }
}

async function read(cursor: string, wait: number, stop: AbortSignal): Promise<Schemas["FeedAnswer"]> {
  // A connection that is cut without a word is given up a little after its answer was due.
  const limit = new AbortController();
  const timer = setTimeout(
    () => {
      limit.abort();
    },
    wait * 1000 + PATIENCE_MS,
  );
  const either = AbortSignal.any([stop, limit.signal]);
  try {
    return await call<Schemas["FeedAnswer"]>("GET", "/agent/feed", {
      query: { cursor, wait: cursor === "" ? 0 : wait },
      signal: either,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Waits; less if the browser says that there is a network again, or the page is looked at. */
function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = new AbortController();
    const done = (): void => {
      clearTimeout(timer);
      wake.abort();
      resolve();
    };
    const timer = setTimeout(done, milliseconds * (0.75 + Math.random() / 2));
    window.addEventListener("online", done, { signal: wake.signal });
    document.addEventListener("visibilitychange", done, { signal: wake.signal });
    stop.addEventListener("abort", done, { signal: wake.signal });
  });
}
