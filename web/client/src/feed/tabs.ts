/** One tab of a browser receives and passes on; when it goes, another takes over. */

import { randomName } from "../bytes.js";
import type { KeyValueStorage } from "../storage.js";
import { linked, pause } from "../time.js";
import type { Batch, FeedState, Gap } from "./item.js";

/** What tabs tell each other. */
export type TabMessage =
  | { type: "hello" }
  | { type: "batch"; batch: Batch }
  | { type: "gap"; gap: Gap; cursor: string }
  | { type: "state"; state: FeedState };

/** The part of a BroadcastChannel that is used here. */
export interface ChannelLike {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
}

/** The part of the Web Locks that is used here. */
export interface LocksLike {
  request(name: string, options: { signal: AbortSignal }, held: () => Promise<void>): Promise<unknown>;
}

/** What a browser has for tabs. */
export interface TabsEnvironment {
  channel(name: string): ChannelLike;
  /** Missing on pages without TLS and in old browsers: then a lease in the storage decides. */
  locks?: LocksLike | undefined;
  /** Shared by all tabs, and quick. */
  storage: KeyValueStorage;
  random: () => number;
}

/** A lease that is older than this is free. A hidden tab's timers may be slower: then another tab takes over. */
const LEASE_MS = 6_000;

interface Lease {
  holder: string;
  until: number;
}

/** The tabs of one device, seen from one of them. */
export class Tabs {
  private readonly channel: ChannelLike;
  private readonly me = randomName();
  private isClosed = false;

  constructor(
    private readonly name: string,
    private readonly environment: TabsEnvironment,
    heard: (message: TabMessage) => void,
  ) {
    this.channel = environment.channel(name);
    this.channel.onmessage = (event) => {
      heard(event.data as TabMessage);
    };
  }

  /** Tells the other tabs. */
  post(message: TabMessage): void {
    if (!this.isClosed) {
      this.channel.postMessage(message);
    }
  }

  /** Stands for election until the signal; runs `lead` whenever and as long as this tab is elected. */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      const { locks } = this.environment;
      await (locks ? this.runWithLocks(locks, signal, lead) : this.runWithLease(signal, lead));
    } catch (error) {
      if (!signal.aborted) {
        throw error;
      }
    } finally {
      this.isClosed = true;
      this.channel.close();
    }
  }

  private async runWithLocks(
    locks: LocksLike,
    signal: AbortSignal,
    lead: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    await locks.request(this.name, { signal }, () => lead(signal));
  }

  /**
   * For a moment two tabs may both think that they lead. The server lets the newest poll win and every tab drops
   * duplicates, so this costs a request and no message.
   */
  private async runWithLease(
    signal: AbortSignal,
    lead: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    while (!signal.aborted) {
      if (await this.claim(signal)) {
        await this.leadWhileHeld(signal, lead);
      } else {
        await pause((LEASE_MS / 6) * (1 + this.environment.random()), signal);
      }
    }
  }

  private async claim(signal: AbortSignal): Promise<boolean> {
    if (!(await this.isFree())) {
      return false;
    }
    await this.write();
    // Whoever wrote last has it, once all who saw it free have written.
    await pause(100 * (1 + this.environment.random()), signal);
    return this.isMine();
  }

  private async leadWhileHeld(
    signal: AbortSignal,
    lead: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { controller, release } = linked(signal);
    const keep = async (): Promise<void> => {
      // Whoever was asleep for too long may have been replaced.
      if (await this.isMine()) {
        await this.write();
      } else {
        controller.abort();
      }
    };
    const timer = setInterval(() => {
      keep().catch(() => {
        controller.abort();
      });
    }, LEASE_MS / 3);
    try {
      await lead(controller.signal);
    } finally {
      clearInterval(timer);
      release();
      if (await this.isMine()) {
        await this.environment.storage.removeItem(this.key);
      }
    }
  }

  private get key(): string {
    return `${this.name}:leader`;
  }

  private async lease(): Promise<Lease | undefined> {
    try {
      const lease = JSON.parse((await this.environment.storage.getItem(this.key)) ?? "null") as Lease | null;
      return lease ?? undefined;
    } catch {
      return undefined;
    }
  }

  private async isFree(): Promise<boolean> {
    const lease = await this.lease();
    // A lease from the far future was written before the clock was set back.
    return !lease || lease.until < Date.now() || lease.until > Date.now() + 2 * LEASE_MS;
  }

  private async isMine(): Promise<boolean> {
    return (await this.lease())?.holder === this.me;
  }

  private async write(): Promise<void> {
    const lease: Lease = { holder: this.me, until: Date.now() + LEASE_MS };
    await this.environment.storage.setItem(this.key, JSON.stringify(lease));
  }
}

/** What this browser has; nothing outside browsers, or where tabs share no storage. */
export function browserTabs(storage: KeyValueStorage, random: () => number): TabsEnvironment | undefined {
  if (typeof window === "undefined" || typeof BroadcastChannel === "undefined" || !isShared(storage)) {
    return undefined;
  }
  const locks = (navigator as { locks?: LocksLike }).locks;
  return { channel: (name) => new BroadcastChannel(name), locks, storage, random };
}

function isShared(storage: KeyValueStorage): boolean {
  try {
    return storage === window.localStorage;
  } catch {
    return false;
  }
}
