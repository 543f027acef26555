/** Where things are kept across reloads. */

/** A store of texts. `localStorage` is one; others may answer later. */
export interface KeyValueStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

/** Keeps things as long as the process lives. */
export class MemoryStorage implements KeyValueStorage {
  private readonly items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}

/** The browser's storage of this name where there is one that works, else memory. */
export function browserStorage(name: "localStorage" | "sessionStorage"): KeyValueStorage {
  // Node has these too in newer versions, where they are a file for all processes.
  if (typeof window === "undefined") {
    return new MemoryStorage();
  }
  try {
    const storage = window[name];
    const probe = "frontdesk:probe";
    storage.setItem(probe, "");
    storage.removeItem(probe);
    return storage;
  } catch {
    // Blocked, or full.
    return new MemoryStorage();
  }
}

/** Reads; what cannot be read is not there. */
export async function readItem(storage: KeyValueStorage, key: string): Promise<string | null> {
  try {
    return await storage.getItem(key);
  } catch {
    return null;
  }
}

/** Writes, as well as the storage can. */
export async function writeItem(storage: KeyValueStorage, key: string, value: string | null): Promise<void> {
  try {
    await (value === null ? storage.removeItem(key) : storage.setItem(key, value));
  } catch {
    // A storage that is full or blocked must not stop a conversation: what was to be kept is only for comfort.
  }
}
