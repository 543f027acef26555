/** What the widget remembers of a customer on this device. No credentials and no texts of messages. */

import type { Item } from "./transcript.js";

/** What is remembered. */
export interface Memory {
  /** Everything up to this time was seen. */
  seenAt?: number;
  /** An agent has read everything up to this time. */
  readAt?: number;
  /** What the history does not know of the robot's last messages. */
  robot: Record<string, Pick<Item, "similar" | "turn"> & { isRated?: boolean }>;
}

/** How many of the robot's messages are remembered. */
const MOST_ROBOT = 20;

/** Keeps a customer's memory in the browser, as well as it can, and hears what other tabs keep. */
export class MemoryKeeper {
  private value: Memory;

  constructor(
    private readonly key: string,
    private readonly changed: () => void,
  ) {
    this.value = this.read();
    window.addEventListener("storage", this.heard);
  }

  get(): Memory {
    return this.value;
  }

  set(change: Partial<Memory>): void {
    this.value = { ...this.value, ...change };
    const robot = Object.fromEntries(Object.entries(this.value.robot).slice(-MOST_ROBOT));
    write(this.key, JSON.stringify({ ...this.value, robot }));
  }

  close(): void {
    window.removeEventListener("storage", this.heard);
  }

  private readonly heard = ({ key }: StorageEvent): void => {
    if (key === this.key) {
      this.value = this.read();
      this.changed();
    }
  };

  private read(): Memory {
    try {
      const json: unknown = JSON.parse(read(this.key) ?? "{}");
      return { robot: {}, ...(typeof json === "object" ? json : {}) };
    } catch {
      return { robot: {} };
    }
  }
}

/** Reads what a page has stored; nothing if the browser forbids it. */
export function read(key: string, from: "localStorage" | "sessionStorage" = "localStorage"): string | null {
  try {
    return window[from].getItem(key);
  } catch {
    return null;
  }
}

/** Stores, or with `null` forgets. A storage that is full or forbidden must not stop a conversation. */
export function write(
  key: string,
  value: string | null,
  into: "localStorage" | "sessionStorage" = "localStorage",
): void {
  try {
    if (value === null) {
      window[into].removeItem(key);
    } else {
      window[into].setItem(key, value);
    }
  } catch {
    // For comfort only.
  }
}
