/** What stands in a conversation. */

import { type VNode } from "preact";

import { linkify, LINK } from "@frontdesk/widget/text/links.js";

import { me } from "../../shell/session.js";
import { Avatar, Button, Icon, IconButton, say } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { dayLine, moment, time } from "../../texts/when.js";
import { agentName } from "./words.js";
import { threadOf } from "../model/book.js";
import { recall } from "../model/doing.js";
import { type Conversation, type Item, type Message, type Note, type Outgoing } from "../model/types.js";
import { Attachment } from "./attachment.js";

/** Messages of one author within so long stand together. */
const TOGETHER_MS = 180_000;

/** One item; `before` is the one above it. */
export function ItemView({
  item,
  before,
  conversation,
}: {
  item: Item;
  before: Item | undefined;
  conversation: Conversation;
}): VNode {
  switch (item.kind) {
    case "day":
      return (
        <div class="day-line">
          <span>{dayLine(item.at)}</span>
        </div>
      );
    case "event":
      return <p class="event-line">{t(item.text, { name: item.name })}</p>;
    case "note":
      return <NoteView note={item.note} />;
    case "outgoing":
      return <OutgoingView outgoing={item.outgoing} conversation={conversation} />;
    case "message":
      return item.message.author.kind === "system" ? (
        <p class="event-line" dir="auto" title={moment(item.at)}>
          {item.message.content}
        </p>
      ) : (
        <MessageView message={item.message} conversation={conversation} isNext={isTogether(item, before)} />
      );
  }
}

function isTogether(item: Item, before: Item | undefined): boolean {
  return (
    item.kind === "message" &&
    before?.kind === "message" &&
    item.message.author.kind === before.message.author.kind &&
    item.message.author.id === before.message.author.id &&
    item.message.whisper === before.message.whisper &&
    item.at - before.at < TOGETHER_MS
  );
}

function MessageView({
  message,
  conversation,
  isNext,
}: {
  message: Message;
  conversation: Conversation;
  isNext: boolean;
}): VNode {
  const { author, whisper } = message;
  const isCustomer = author.kind === "customer";
  const isOwn = author.kind === "agent" && author.id === me.value?.agentId;
  const name = author.name ?? (author.kind === "robot" ? t("robot") : agentName(author.id));
  const isRead = threadOf(conversation.id).readIds.value.has(message.id);
  const side = isCustomer ? "theirs" : "ours";
  return (
    <article
      class={`message ${side} ${author.kind}${whisper === true ? " whispered" : ""}${isNext ? " next" : ""}`}
      aria-label={t("says", { name, time: time(message.at) })}
    >
      {!isNext && (
        <Avatar name={name} small {...(author.kind === "robot" ? { icon: "robot" as const } : {})} />
      )}
      <div class="message-body">
        {!isNext && (
          <div class="message-head">
            <bdi class="message-name">{name}</bdi>
            {whisper === true && (
              <span class="whisper-mark">
                <Icon name="ear" /> {t("whisper-mark")}
              </span>
            )}
            <time title={moment(message.at)}>{time(message.at)}</time>
          </div>
        )}
        <div class="bubble" dir="auto">
          <Content message={message} />
        </div>
        {isOwn && whisper !== true && (
          <div class="message-foot">
            {isRead && (
              <span class="state">
                <Icon name="checks" /> {t("read")}
              </span>
            )}
            {conversation.state === "open" && message.mediaType === "TEXT" && (
              <IconButton
                icon="undo"
                small
                class="on-hover"
                label={t("recall")}
                onClick={() => {
                  void recall(conversation.id, message.id).then((done) => {
                    if (done) {
                      say(t("recalled"));
                      void threadOf(conversation.id).load(true);
                    }
                  });
                }}
              />
            )}
          </div>
        )}
      </div>
    </article>
  );
}

function Content({ message }: { message: Message }): VNode {
  if (message.mediaType !== "TEXT") {
    return <Attachment message={message} />;
  }
  return (
    <>
      <Text text={message.content} />
      {(message.similarQuestions?.length ?? 0) > 0 && (
        <ul class="similar">
          {message.similarQuestions?.map((question) => (
            <li key={question}>{question}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** A text with its links; nothing of it becomes anything else. */
export function Text({ text }: { text: string }): VNode {
  return (
    <p class="text">
      {linkify(text).map((piece, index) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a key={index} href={piece.href} {...LINK}>
            {piece.text}
          </a>
        ),
      )}
    </p>
  );
}

function NoteView({ note }: { note: Note }): VNode {
  const name = note.author.name ?? agentName(note.author.id);
  return (
    <article class="message ours noted" aria-label={t("noted-by", { name, time: time(note.at) })}>
      <Avatar name={name} small />
      <div class="message-body">
        <div class="message-head">
          <bdi class="message-name">{name}</bdi>
          <span class="whisper-mark">
            <Icon name="note" /> {t("note-mark")}
          </span>
          <time title={moment(note.at)}>{time(note.at)}</time>
        </div>
        <div class="bubble" dir="auto">
          <Text text={note.text} />
          {(note.mentions?.length ?? 0) > 0 && (
            <p class="note-mentions">{note.mentions?.map((id) => `@${agentName(id)}`).join(" ")}</p>
          )}
        </div>
      </div>
    </article>
  );
}

function OutgoingView({ outgoing, conversation }: { outgoing: Outgoing; conversation: Conversation }): VNode {
  const thread = threadOf(conversation.id);
  const { state, kind, why } = outgoing;
  const again = (): void => {
    thread.again(outgoing.id);
  };
  const discard = (): void => {
    thread.discard(outgoing.id);
  };
  const style = kind === "note" ? "noted" : kind === "whisper" ? "whispered" : "";
  return (
    <article class={`message ours agent next outgoing ${style}`} data-state={state}>
      <div class="message-body">
        <div class="bubble" dir="auto">
          {outgoing.mediaType === "TEXT" ? (
            <Text text={outgoing.content} />
          ) : (
            <p class="text">{outgoing.fileName ?? t("content-file")}</p>
          )}
        </div>
        <div class="message-foot" role="status">
          {state === "sending" && <span class="state">{t("state-sending")}</span>}
          {state === "waiting" && (
            <span class="state warn">
              <Icon name="clock" /> {t("state-waiting")}
            </span>
          )}
          {(state === "failed" || state === "asked") && (
            <>
              <span class="state danger">
                <Icon name="alert" />{" "}
                {state === "asked" ? t("state-asked") : t("state-failed", { why: why ?? "" })}
              </span>
              <Button small onClick={again}>
                {state === "asked" ? t("send-anyway") : t("try-again")}
              </Button>
              <Button small kind="plain" onClick={discard}>
                {t("discard")}
              </Button>
            </>
          )}
        </div>
      </div>
    </article>
  );
}
