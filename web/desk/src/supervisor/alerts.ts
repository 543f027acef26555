/** Alerts: thresholds that whoever looks has set in this browser, and what is beyond them now. */

import { computed, effect, signal } from "@preact/signals";

import { live, now, today } from "./live.js";

/** What may not be exceeded; nothing where nothing is asked for. */
export interface Thresholds {
  /** Seconds that the one may wait who waits longest. */
  wait: number | undefined;
  /** How many may wait in one queue. */
  waiting: number | undefined;
  /** Least share of customers served in time today, in hundredths. */
  level: number | undefined;
  sound: boolean;
}

/** Something that is beyond its threshold. */
export interface Alert {
  kind: "wait" | "waiting" | "level";
  queue: string;
  name: string;
  value: number;
}

const KEPT = "frontdesk.desk.alerts";
const UNSET: Thresholds = { wait: undefined, waiting: undefined, level: undefined, sound: true };

/** What is set in this browser. */
export const thresholds = signal<Thresholds>(read());

/** Sets and keeps it. */
export function setThresholds(set: Thresholds): void {
  thresholds.value = set;
  localStorage.setItem(KEPT, JSON.stringify(set));
}

/** What is beyond its threshold now. */
export const alerts = computed<Alert[]>(() => {
  const { wait, waiting, level } = thresholds.value;
  return (live.value?.queues ?? []).flatMap((queue) => {
    const found: Alert[] = [];
    const about = { queue: queue.id, name: queue.name };
    const waited = queue.longestSince == null ? 0 : (now.value - queue.longestSince) / 1000;
    if (wait !== undefined && waited > wait) {
      found.push({ ...about, kind: "wait", value: waited });
    }
    if (waiting !== undefined && queue.waiting > waiting) {
      found.push({ ...about, kind: "waiting", value: queue.waiting });
    }
    const share = today(queue, "serviceLevel");
    if (level !== undefined && share !== undefined && share * 100 < level) {
      found.push({ ...about, kind: "level", value: share });
    }
    return found;
  });
});

/** Which there are, whatever their values. */
const names = computed(() => alerts.value.map(({ kind, queue }) => `${kind} ${queue}`).join("|"));

let before = new Set<string>();
effect(() => {
  const here = new Set(names.value.split("|").filter(Boolean));
  const isNew = [...here].some((name) => !before.has(name));
  before = here;
  if (isNew && thresholds.peek().sound) {
    ring();
  }
});

/** Two tones. Browsers that want a click first stay silent. */
export function ring(): void {
  if (!navigator.userActivation.hasBeenActive) {
    return;
  }
  try {
    const context = new AudioContext();
    for (const [index, pitch] of [880, 660].entries()) {
      const [tone, loudness] = [context.createOscillator(), context.createGain()];
      const begin = context.currentTime + index * 0.18;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, begin);
      loudness.gain.exponentialRampToValueAtTime(0.2, begin + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0001, begin + 0.16);
      tone.connect(loudness).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + 0.17);
    }
    setTimeout(() => void context.close(), 1_000);
  } catch {
    // There is no sound here; the banner says it as well.
  }
}

function read(): Thresholds {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Thresholds>;
    const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
    return {
      wait: number(kept.wait),
      waiting: number(kept.waiting),
      level: number(kept.level),
      sound: kept.sound !== false,
    };
  } catch {
    return UNSET;
  }
}
