/**
 * Where messages wait that could not be sent yet. Each tab keeps its own, so that tabs do not write over each other; what
 * a tab left behind when it was closed, the next one takes over. If two take it, its `messageId` lets it be said once.
 */

import type { KeyValueStorage } from "@frontdesk/client";

import { read, write } from "./memory.js";

const PREFIX = "frontdesk:tab:";

/** Where a tab finds itself again after a reload. */
const SELF = "frontdesk:tab";
/** A page that is being left may hold its lock for a moment longer. */
const LEAVING_MS = 300;

/** A storage of this tab. Without Web Locks (pages without TLS), what a closed tab has left is gone with it. */
export function outboxStorage(locks = (navigator as { locks?: LockManager }).locks): KeyValueStorage {
  if (!locks) {
    return {
      getItem: (key) => read(key, "sessionStorage"),
      setItem: (key, value) => {
        write(key, value, "sessionStorage");
      },
      removeItem: (key) => {
        write(key, null, "sessionStorage");
      },
    };
  }
  const before = read(SELF, "sessionStorage");
  const tab = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(36)).join("");
  write(SELF, tab, "sessionStorage");
  const held = hold(locks, PREFIX + tab);
  const mine = (key: string): string => `${PREFIX}${tab}:${key}`;
  return {
    getItem: async (key) => {
      await held;
      const left = await leftBehind(locks, key, before);
      const whole = merged([...left.map((name) => read(name)), read(mine(key))]);
      // First into this tab's own, then out of the others': a crash in between leaves it twice, which says it once.
      write(mine(key), whole);
      for (const name of left) {
        write(name, null);
      }
      return whole;
    },
    setItem: (key, value) => {
      write(mine(key), value);
    },
    removeItem: (key) => {
      write(mine(key), null);
    },
  };
}

/** Held as long as the tab lives, however it ends. */
function hold(locks: LockManager, name: string): Promise<void> {
  return new Promise((granted) => {
    locks
      .request(name, () => {
        granted();
        return new Promise(() => undefined);
      })
      .catch(() => {
        granted();
      });
  });
}

/** The names of what tabs that are gone have left. */
async function leftBehind(locks: LockManager, key: string, before: string | null): Promise<string[]> {
  let alive = await living(locks);
  if (before !== null && alive.has(PREFIX + before)) {
    await new Promise((resolve) => setTimeout(resolve, LEAVING_MS));
    alive = await living(locks);
  }
  return names().filter((name) => {
    const [tab] = name.slice(PREFIX.length).split(":");
    return name.startsWith(PREFIX) && name.endsWith(`:${key}`) && !alive.has(`${PREFIX}${tab ?? ""}`);
  });
}

async function living(locks: LockManager): Promise<ReadonlySet<string | undefined>> {
  return new Set(((await locks.query()).held ?? []).map(({ name }) => name));
}

function names(): string[] {
  try {
    return Object.keys(window.localStorage);
  } catch {
    return [];
  }
}

function merged(texts: readonly (string | null)[]): string | null {
  const lists = texts.flatMap((text): unknown[] => {
    try {
      const list: unknown = JSON.parse(text ?? "[]");
      return Array.isArray(list) ? list : [];
    } catch {
      return [];
    }
  });
  return lists.length === 0 ? null : JSON.stringify(lists);
}
