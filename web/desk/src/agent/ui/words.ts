/** What conversations and messages are in short. */

import { t } from "../../texts/index.js";
import { directory } from "../model/book.js";
import { type Conversation, type Message } from "../model/types.js";

/** A message in one line. */
export function inShort(message: Message | null | undefined): string {
  if (!message) {
    return t("no-messages");
  }
  return message.mediaType === "TEXT" ? message.content.replace(/\s+/g, " ") : contentName(message);
}

const CONTENT: Partial<Record<Message["mediaType"], string>> = {
  IMAGE: "content-image",
  FILE_IMAGE: "content-image",
  AUDIO: "content-audio",
  VIDEO: "content-video",
  FILE_VIDEO: "content-video",
  LOCATE: "content-place",
};

/** What kind of content it is, or what the file is called. */
export function contentName(message: Message): string {
  const known = CONTENT[message.mediaType];
  return known === undefined ? (message.fileName ?? t("content-file")) : t(known);
}

export const queueName = (id: string | null | undefined): string =>
  directory.value.queues.find((queue) => queue.id === id)?.name ?? id ?? "";
export const channelName = (id: string): string =>
  directory.value.channels.find((channel) => channel.id === id)?.name ?? id;
export const agentName = (id: string | null | undefined): string =>
  directory.value.colleagues.find((colleague) => colleague.id === id)?.nickname ?? id ?? "";

/** Who has it, in words. */
export function whereItIs(conversation: Conversation): string {
  switch (conversation.control) {
    case "robot":
      return t("with-robot");
    case "queue":
      return t("in-queue", { queue: queueName(conversation.queue) });
    case "agent":
      return conversation.role === "holder"
        ? t("with-you")
        : t("with-agent", { name: agentName(conversation.agentId) });
    case "closed":
      return t("over");
  }
}
