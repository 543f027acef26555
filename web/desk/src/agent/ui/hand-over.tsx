/** What happened before the agent came, in one glance. */

import { type VNode } from "preact";

import { Icon } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { span } from "../../texts/when.js";
import { type Conversation, type Item } from "../model/types.js";

interface Summary {
  questions: string[];
  answers: number;
  waited: number;
}

/** The summary; nothing if there was no robot before. */
export function HandOver({
  conversation,
  items,
}: {
  conversation: Conversation;
  items: readonly Item[];
}): VNode | null {
  const { questions, answers, waited } = summaryOf(conversation, items);
  const last = questions.at(-1);
  if (answers === 0 || last === undefined) {
    return null;
  }
  return (
    <div class="hand-over" role="note" aria-label={t("hand-over")}>
      <Icon name="robot" />
      <div class="grow">
        <strong>{t("hand-over")}</strong>{" "}
        <span class="muted">
          {t("hand-over-questions", { count: questions.length })}
          {waited >= 1000 && ` · ${t("hand-over-waited", { time: span(waited) })}`}
        </span>
        <p class="hand-over-last" dir="auto" title={last}>
          “{last}”
        </p>
      </div>
    </div>
  );
}

/** What the customer asked the robot, how often it answered, and how long they then waited for a person. */
export function summaryOf(conversation: Conversation, items: readonly Item[]): Summary {
  const asked: { at: number; text: string }[] = [];
  let answers = 0;
  let handedOver = conversation.openedAt;
  let connected = 0;
  for (const item of items) {
    if (item.kind !== "message") {
      continue;
    }
    const { author, content, mediaType, whisper } = item.message;
    if (author.kind === "agent" && whisper !== true) {
      break;
    }
    if (author.kind === "robot") {
      answers += 1;
      handedOver = item.at;
    } else if (author.kind === "system") {
      // The last thing that customers are told is that somebody is there.
      connected = item.at;
    } else if (mediaType === "TEXT") {
      asked.push({ at: item.at, text: content });
    }
  }
  const questions = asked.filter(({ at }) => at <= handedOver).map(({ text }) => text);
  const waited = conversation.control === "queue" ? 0 : Math.max(0, connected - handedOver);
  return { questions, answers, waited };
}
