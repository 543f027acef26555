/** How it stands now, as the server tells it, and how it stood a while ago. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { address, type Schemas } from "../api/index.js";
import { look } from "../shell/session.js";

/** Everything of now. */
export type Live = Schemas["Live"];
/** A queue now. */
export type LiveQueue = Schemas["LiveQueue"];

/** How it stood at a moment. */
export interface Standing {
  at: number;
  waiting: number;
  conversations: number;
  online: number;
}

/** What changes; queues and agents that are not named are as they were. */
interface Change {
  at: number;
  queues?: LiveQueue[];
  agents?: Schemas["LiveAgent"][];
  goneQueues?: string[];
  goneAgents?: string[];
}

/** How it stands; nothing before the server has said so. */
export const live = signal<Live | undefined>(undefined);
/** Whether the server tells it at the moment. */
export const isTold = signal(true);
/** How it stood, oldest first. */
export const standings = signal<readonly Standing[]>([]);
/** The time, for waits that grow. */
export const now = signal(Date.now());

const SAMPLE_MS = 5_000;
const MOST_SAMPLES = 720;
const AGAIN_MS = 3_000;

let readers = 0;
let source: EventSource | undefined;
let again: ReturnType<typeof setTimeout> | undefined;
let clock: ReturnType<typeof setInterval> | undefined;
let sampled = 0;

/** The time zone of whoever looks. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Keeps `live` up to date for as long as a component is there. */
export function useLive(): void {
  useEffect(() => {
    readers += 1;
    if (readers === 1) {
      open();
      clock = setInterval(tick, 1_000);
    }
    return () => {
      readers -= 1;
      if (readers === 0) {
        close();
        clearInterval(clock);
      }
    };
  }, []);
}

function open(): void {
  close();
  const opened = new EventSource(address("/live/stream", { zone: ownZone() }));
  source = opened;
  opened.addEventListener("snapshot", (event) => {
    isTold.value = true;
    live.value = JSON.parse(event.data as string) as Live;
    sample();
  });
  opened.addEventListener("change", (event) => {
    const change = JSON.parse(event.data as string) as Change;
    if (live.value) {
      live.value = changed(live.value, change);
    }
  });
  opened.addEventListener("error", () => {
    isTold.value = false;
    // A browser that was refused does not try again by itself; whether the sign-in is over is found out elsewhere.
    opened.close();
    clearTimeout(again);
    again = setTimeout(() => {
      void look().then(() => {
        if (readers > 0) {
          open();
        }
      });
    }, AGAIN_MS);
  });
}

function close(): void {
  source?.close();
  source = undefined;
  clearTimeout(again);
}

function tick(): void {
  now.value = Date.now();
  if (now.value - sampled >= SAMPLE_MS) {
    sample();
  }
}

function sample(): void {
  const here = live.value;
  if (!here || !isTold.value) {
    return;
  }
  sampled = Date.now();
  const { waiting, conversations, online } = totals(here);
  const last: Standing = { at: sampled, waiting, conversations, online };
  standings.value = [...standings.value, last].slice(-MOST_SAMPLES);
}

/** What a change makes of what was. */
export function changed(before: Live, change: Change): Live {
  return {
    ...before,
    at: change.at,
    queues: merged(before.queues, change.queues ?? [], change.goneQueues ?? []),
    agents: merged(before.agents, change.agents ?? [], change.goneAgents ?? []),
  };
}

function merged<T extends { id: string }>(
  before: readonly T[],
  others: readonly T[],
  gone: readonly string[],
): T[] {
  const known = new Map(before.map((one) => [one.id, one]));
  for (const one of others) {
    known.set(one.id, one);
  }
  for (const id of gone) {
    known.delete(id);
  }
  return [...known.values()].sort((one, other) => one.id.localeCompare(other.id));
}

/** A metric of today; nothing if there is nothing to take it from. */
export function today(queue: LiveQueue, name: string): number | undefined {
  const value = (queue.today as Record<string, unknown>)[name];
  return typeof value === "number" ? value : undefined;
}

/** All queues and agents together. */
export function totals(here: Live): {
  waiting: number;
  conversations: number;
  online: number;
  there: number;
  longestSince: number | undefined;
  answered: number;
  abandoned: number;
  level: number | undefined;
} {
  const sum = (of: (queue: LiveQueue) => number): number =>
    here.queues.reduce((all, one) => all + of(one), 0);
  const longest = here.queues.flatMap((queue) => (queue.longestSince == null ? [] : [queue.longestSince]));
  const weight = (queue: LiveQueue): number =>
    today(queue, "serviceLevel") === undefined ? 0 : (today(queue, "waits") ?? 0);
  const weights = sum(weight);
  return {
    waiting: sum((queue) => queue.waiting),
    conversations: here.agents.reduce((all, one) => all + one.conversations, 0),
    online: here.agents.filter((agent) => agent.status === "online" && agent.reachable).length,
    there: here.agents.filter((agent) => agent.status !== "offline").length,
    longestSince: longest.length === 0 ? undefined : Math.min(...longest),
    answered: sum((queue) => today(queue, "waitsAnswered") ?? 0),
    abandoned: sum((queue) => today(queue, "waitsAbandoned") ?? 0),
    level:
      weights === 0
        ? undefined
        : sum((queue) => weight(queue) * (today(queue, "serviceLevel") ?? 0)) / weights,
  };
}
