/** Calls for the agent's attention: a sound, a desktop notification, a number in the title. One tab of the browser does it. */

import { computed, effect, signal } from "@preact/signals";

import { Attention } from "@frontdesk/widget/chat/attention.js";

import { go } from "../../shell/route.js";
import { me } from "../../shell/session.js";
import { t } from "../../texts/index.js";
import { inShort } from "../ui/words.js";
import { chosen, conversations, offers, unread } from "./book.js";
import { leads } from "./feed.js";
import { type FeedEvent } from "./types.js";

const KEPT = "frontdesk.desk.quiet";
const KEPT_NOTIFICATIONS = "frontdesk.desk.notifications";

/** Whether there are no sounds. */
export const isQuiet = signal(localStorage.getItem(KEPT) === "yes");
/** Whether there are desktop notifications. */
export const notifies = signal(
  typeof Notification !== "undefined" &&
    Notification.permission === "granted" &&
    localStorage.getItem(KEPT_NOTIFICATIONS) === "yes",
);

let attention: Attention | undefined;
const waiting = computed(
  () => offers.value.size + [...unread.value.values()].reduce((sum, count) => sum + count, 0),
);

/** Begins to show in the title how much waits. */
export function beginAttention(): void {
  if (attention) {
    return;
  }
  attention = new Attention();
  effect(() => attention?.count(waiting.value));
}

export function setQuiet(quiet: boolean): void {
  isQuiet.value = quiet;
  localStorage.setItem(KEPT, quiet ? "yes" : "no");
}

/** Turns notifications on or off; the browser may ask. */
export async function setNotifies(wanted: boolean): Promise<void> {
  const allowed = wanted && (await Notification.requestPermission()) === "granted";
  notifies.value = allowed;
  localStorage.setItem(KEPT_NOTIFICATIONS, allowed ? "yes" : "no");
}

/** Calls for attention if something wants it. */
export function attend(event: FeedEvent): void {
  const notice = leads.peek() ? noticeOf(event) : undefined;
  if (notice && "conversationId" in event) {
    call(event.conversationId, notice.title, notice.body ?? "");
  }
}

/** What is told of it; nothing of most things. */
function noticeOf(event: FeedEvent): { title: string; body?: string } | undefined {
  const id = "conversationId" in event ? event.conversationId : "";
  const name = conversations.peek().get(id)?.customer.name ?? "";
  if (event.type === "offered" || event.type === "assigned" || event.type === "reminder") {
    return { title: t(`notify-${event.type}`, { name }) };
  }
  if (event.type === "mentioned") {
    return { title: t("notify-mentioned", { name: event.note.author.name ?? "" }), body: event.note.text };
  }
  if (event.type === "message" && event.message.author.kind === "customer") {
    return { title: name, body: inShort(event.message) };
  }
  if (event.type === "whisper" && event.message.author.id !== me.peek()?.agentId) {
    return {
      title: t("notify-whisper", { name: event.message.author.name ?? "" }),
      body: event.message.content,
    };
  }
  return undefined;
}

function call(id: string, title: string, body: string): void {
  const isLookedAt = document.visibilityState === "visible" && document.hasFocus();
  if (isLookedAt && chosen.peek().id === id) {
    return;
  }
  attention?.call(isQuiet.peek());
  if (!notifies.peek() || isLookedAt) {
    return;
  }
  const notification = new Notification(title, { body: body.slice(0, 140), tag: id });
  notification.onclick = () => {
    window.focus();
    go(`/inbox/mine/${encodeURIComponent(id)}`);
    notification.close();
  };
}
