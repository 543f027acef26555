/** Calls for attention: a sound, and a number in the page's title. */

const NOTES = [
  { hertz: 659, at: 0 },
  { hertz: 880, at: 0.12 },
] as const;
const LOUDNESS = 0.08;
const SECONDS = 0.28;
/** Several messages at once are one call. */
const LEAST_PAUSE_MS = 2_000;

/** Calls for attention. */
export class Attention {
  private context: AudioContext | undefined;
  private calledAt = 0;
  private shown = 0;

  constructor() {
    document.addEventListener("visibilitychange", this.draw);
  }

  /** A message has come that the customer does not see. */
  call(isMuted: boolean): void {
    const now = Date.now();
    if (!isMuted && now - this.calledAt > LEAST_PAUSE_MS) {
      this.calledAt = now;
      this.play();
    }
  }

  /** So many messages were not seen. */
  count(unread: number): void {
    this.shown = unread;
    this.draw();
  }

  close(): void {
    document.removeEventListener("visibilitychange", this.draw);
    this.count(0);
    void this.context?.close();
  }

  /** The page may change its title meanwhile: only the number in front of it is ours. */
  private readonly draw = (): void => {
    const title = document.title.replace(/^\(\d+\) /, "");
    const isWanted = this.shown > 0 && document.visibilityState === "hidden";
    const wanted = isWanted ? `(${this.shown}) ${title}` : title;
    if (document.title !== wanted) {
      document.title = wanted;
    }
  };

  /** Two soft notes. Browsers forbid it until the page was touched; then there is none. */
  private play(): void {
    try {
      if (!navigator.userActivation.hasBeenActive) {
        return;
      }
      this.context ??= new AudioContext();
      const { context } = this;
      if (context.state === "suspended") {
        void context.resume().catch(() => undefined);
      }
      for (const { hertz, at } of NOTES) {
        const begin = context.currentTime + at;
        const tone = context.createOscillator();
        const volume = context.createGain();
        tone.frequency.value = hertz;
        volume.gain.setValueAtTime(LOUDNESS, begin);
        volume.gain.exponentialRampToValueAtTime(0.0001, begin + SECONDS);
        tone.connect(volume).connect(context.destination);
        tone.start(begin);
        tone.stop(begin + SECONDS);
      }
    } catch {
      // There is no sound here.
    }
  }
}
