/** Which transport to try: the best that was not found to be blocked lately. */

import type { TransportName } from "./item.js";

/** A transport that pushes. */
export type StreamName = Exclude<TransportName, "poll">;

interface Rung {
  name: StreamName;
  failures: number;
  brief: number;
  blockedAt: number;
  blockedUntil: number;
}

/** How long a transport that does not work is left alone, in milliseconds; doubles each time. */
const BLOCK_MS = 300_000;
const MOST_BLOCK_MS = 3_600_000;
/** A stream that ends sooner than this has not really worked. */
const BRIEF_MS = 10_000;
/** So many of those in a row count as blocked. */
const MOST_BRIEF = 3;

/** The streams that may be used, best first. Below them is always the poll. */
export class Ladder {
  private readonly rungs: Rung[];

  constructor(
    names: readonly StreamName[],
    private readonly now: () => number,
  ) {
    this.rungs = names.map((name) => ({ name, failures: 0, brief: 0, blockedAt: 0, blockedUntil: 0 }));
  }

  /** The best stream to try; none: poll. */
  best(): StreamName | undefined {
    const now = this.now();
    return this.rungs.find((rung) => rung.blockedUntil <= now)?.name;
  }

  /** A stream never began to work. */
  failed(name: StreamName): void {
    const rung = this.rung(name);
    const now = this.now();
    rung.blockedAt = now;
    rung.blockedUntil = now + Math.min(BLOCK_MS * 2 ** rung.failures, MOST_BLOCK_MS);
    rung.failures += 1;
    rung.brief = 0;
  }

  /** A stream worked for this long. Whether that was long enough. */
  worked(name: StreamName, ms: number): boolean {
    const rung = this.rung(name);
    if (ms >= BRIEF_MS) {
      rung.failures = 0;
      rung.brief = 0;
      return true;
    }
    rung.brief += 1;
    if (rung.brief >= MOST_BRIEF) {
      this.failed(name);
    }
    return false;
  }

  /** The server cannot be reached at all: what failed since then was not the transport's fault. */
  pardonSince(moment: number): void {
    for (const rung of this.rungs) {
      if (rung.blockedAt >= moment) {
        this.clear(rung);
      }
    }
  }

  /** Another network, perhaps: everything may work again. */
  pardonAll(): void {
    for (const rung of this.rungs) {
      this.clear(rung);
    }
  }

  private clear(rung: Rung): void {
    rung.failures = 0;
    rung.brief = 0;
    rung.blockedUntil = 0;
  }

  private rung(name: StreamName): Rung {
    const found = this.rungs.find((rung) => rung.name === name);
    if (!found) {
      throw new Error(`${name} is not in use`);
    }
    return found;
  }
}
