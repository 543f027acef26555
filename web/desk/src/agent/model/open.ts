/** What is open above the inbox. */

import { signal } from "@preact/signals";

export const commandBar = signal(false);
export const shortcutList = signal(false);
/** What is being done with the chosen conversation. */
export const dialog = signal<"transfer" | "invite" | "disposition" | undefined>(undefined);
/** Whether the customer is shown beside the conversation. */
export const panel = signal(
  localStorage.getItem("frontdesk.desk.panel") !== "no" && window.matchMedia("(width >= 1100px)").matches,
);
/** What the composer writes. */
export const mode = signal<"message" | "note" | "whisper">("message");
/** Raised when the composer is to have the keyboard. */
export const composerWanted = signal(0);

export function togglePanel(): void {
  panel.value = !panel.value;
  localStorage.setItem("frontdesk.desk.panel", panel.value ? "yes" : "no");
}

/** Gives the composer the keyboard, to write such a thing. */
export function write(what: "message" | "note" | "whisper"): void {
  mode.value = what;
  composerWanted.value += 1;
}
