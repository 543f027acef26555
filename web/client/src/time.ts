/** Pauses. */

/** The failure of a wait that was given up. */
export function abortError(): Error {
  const error = new Error("given up");
  error.name = "AbortError";
  return error;
}

/** Waits; rejects when given up. `wake` may end the pause early. */
export function pause(
  ms: number,
  signal: AbortSignal,
  wake?: (end: () => void) => () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortError());
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", gaveUp);
      forget?.();
    };
    const end = (): void => {
      done();
      resolve();
    };
    const gaveUp = (): void => {
      done();
      reject(abortError());
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", gaveUp);
    const forget = wake?.(end);
  });
}

/** A controller that is also aborted by another signal. `release` forgets that signal. */
export function linked(signal: AbortSignal | undefined): {
  controller: AbortController;
  release: () => void;
} {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  if (signal?.aborted) {
    abort();
  }
  signal?.addEventListener("abort", abort);
  return {
    controller,
    release: () => {
      signal?.removeEventListener("abort", abort);
    },
  };
}

/** Pauses that double with every failure in a row, each a random part of the whole (full jitter). */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly leastMs: number,
    private readonly mostMs: number,
    private readonly random: () => number,
  ) {}

  /** Begins again with the shortest pause. */
  reset(): void {
    this.failures = 0;
  }

  /** The pause after another failure, in milliseconds: never shorter than the server ordered, up to an hour. */
  next(orderedMs = 0): number {
    const whole = Math.min(this.mostMs, this.leastMs * 2 ** Math.min(this.failures, 30));
    this.failures += 1;
    const chance = this.random();
    // An ordered pause is stretched a little, so that not all clients come back at once.
    const ordered = Math.min(orderedMs, MAX_ORDERED_MS) * (1 + chance * STRETCH);
    return Math.max(whole * chance, ordered);
  }
}

const MAX_ORDERED_MS = 3_600_000;
const STRETCH = 0.25;
