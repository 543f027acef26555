import { beforeEach, describe, expect, it } from "vitest";

import { outboxStorage } from "../src/model/outbox.js";

/** Web Locks of one browser: the locks of a tab that is gone are free. */
class Browser {
  private readonly held = new Set<string>();

  tab(): { locks: LockManager; close(): void } {
    const own: string[] = [];
    const locks = {
      request: (name: string, run: () => Promise<unknown>) => {
        this.held.add(name);
        own.push(name);
        return run();
      },
      query: () => Promise.resolve({ held: [...this.held].map((name) => ({ name })) }),
    };
    return {
      locks: locks as unknown as LockManager,
      close: () => {
        for (const name of own) {
          this.held.delete(name);
        }
      },
    };
  }
}

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

describe("what waits to be sent", () => {
  it("is each tab's own", async () => {
    const browser = new Browser();
    const one = outboxStorage(browser.tab().locks);
    const other = outboxStorage(browser.tab().locks);
    await one.getItem("out");
    await other.getItem("out");
    one.setItem("out", '["one"]');
    other.setItem("out", '["other"]');
    expect(await one.getItem("out")).toBe('["one"]');
    one.removeItem("out");
    expect(await other.getItem("out")).toBe('["other"]');
  });

  it("is taken over from a tab that is gone, once", async () => {
    const browser = new Browser();
    const gone = browser.tab();
    const storage = outboxStorage(gone.locks);
    await storage.getItem("out");
    storage.setItem("out", '["late"]');
    gone.close();
    const heir = outboxStorage(browser.tab().locks);
    expect(await heir.getItem("out")).toBe('["late"]');
    expect(await outboxStorage(browser.tab().locks).getItem("out")).toBeNull();
    expect(await heir.getItem("out")).toBe('["late"]');
    expect(await heir.getItem("of somebody else")).toBeNull();
  });

  it("is kept for the tab alone without Web Locks", async () => {
    const storage = outboxStorage(undefined);
    storage.setItem("out", '["x"]');
    expect(await storage.getItem("out")).toBe('["x"]');
    expect(sessionStorage.getItem("out")).toBe('["x"]');
  });
});
