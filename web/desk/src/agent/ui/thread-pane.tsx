/** A conversation: who it is, what was said, and what is said next. */

import { type VNode } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { sentence } from "../../api/problem.js";
import { go } from "../../shell/route.js";
import { may, me } from "../../shell/session.js";
import {
  Avatar,
  Badge,
  Button,
  Empty,
  Icon,
  IconButton,
  Loading,
  Menu,
  type MenuEntry,
  VirtualList,
} from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { span } from "../../texts/when.js";
import { chosen, isSpeaker, leftOver, putAway, threadOf } from "../model/book.js";
import { now } from "../model/clock.js";
import { dismiss, end, stopMonitoring, supervise, survey } from "../model/doing.js";
import { dialog, panel, togglePanel } from "../model/open.js";
import { type Conversation, type Item } from "../model/types.js";
import { Composer } from "./composer.js";
import { WrapUp } from "./list-pane.js";
import { ItemView } from "./message.js";
import { HandOver } from "./hand-over.js";
import { agentName, channelName, whereItIs } from "./words.js";

/** The pane. */
export function ThreadPane({ conversation }: { conversation: Conversation }): VNode {
  const thread = threadOf(conversation.id);
  useEffect(() => {
    void thread.load();
  }, [thread]);
  const items = thread.items.value;
  const [isAway, setAway] = useState(false);
  const toTheEnd = useRef<() => void>(undefined);
  const keepScroller = useCallback((scroll: () => void) => {
    toTheEnd.current = scroll;
  }, []);
  const problem = thread.problem.value;
  return (
    <section class="thread-pane" aria-label={t("conversation-with", { name: conversation.customer.name })}>
      <Head conversation={conversation} />
      <Participants conversation={conversation} />
      {thread.isLoaded.value && <HandOver conversation={conversation} items={items} />}
      <div class="thread-scroll">
        {thread.isLoaded.value ? (
          <VirtualList
            label={t("messages")}
            role="log"
            class="messages"
            items={items}
            keyOf={(item: Item) => item.key}
            estimate={64}
            toEnd
            onAway={setAway}
            onScroller={keepScroller}
            render={(item, index) => (
              <ItemView item={item} before={items[index - 1]} conversation={conversation} />
            )}
          />
        ) : problem === undefined ? (
          <Loading label={t("loading")} />
        ) : (
          <Empty icon="alert" title={sentence(problem)}>
            <Button onClick={() => void thread.load(true)}>{t("try-again")}</Button>
          </Empty>
        )}
        {isAway && (
          <button type="button" class="to-end" onClick={() => toTheEnd.current?.()}>
            <Icon name="down" />
            {t("to-newest")}
          </button>
        )}
      </div>
      <Typing conversation={conversation} />
      <WrapUp conversation={conversation} />
      {conversation.state === "ended" || leftOver.value.has(conversation.id) ? (
        <Over conversation={conversation} />
      ) : (
        <Composer conversation={conversation} />
      )}
    </section>
  );
}

function Head({ conversation }: { conversation: Conversation }): VNode {
  const { customer, role, state, waitingSince } = conversation;
  const isOpen = state === "open";
  const holds = role === "holder" && isOpen;
  return (
    <header class="thread-head">
      <IconButton
        class="narrow-only"
        icon="back"
        mirrored
        label={t("back")}
        onClick={() => {
          go(`/inbox/${chosen.peek().scope}`);
        }}
      />
      <Avatar name={customer.name} />
      <div class="grow">
        <h2 class="thread-name">
          <bdi>{customer.name}</bdi>
        </h2>
        <p class="thread-about">
          {channelName(conversation.channelId)} · {whereItIs(conversation)}
          {waitingSince != null && isOpen && ` · ${span(now.value - waitingSince)}`}
        </p>
      </div>
      {holds && (
        <>
          <Button
            small
            icon="transfer"
            aria-label={t("transfer")}
            title={t("transfer")}
            onClick={() => (dialog.value = "transfer")}
          >
            <span class="wide-only">{t("transfer")}</span>
          </Button>
          <Button
            small
            icon="invite"
            aria-label={t("invite")}
            title={t("invite")}
            onClick={() => (dialog.value = "invite")}
          >
            <span class="wide-only">{t("invite")}</span>
          </Button>
          <Button
            small
            kind="danger"
            icon="done"
            aria-label={t("end")}
            title={t("end")}
            onClick={() => void end(conversation)}
          >
            <span class="not-narrow">{t("end")}</span>
          </Button>
        </>
      )}
      <More conversation={conversation} />
      <IconButton
        icon="person"
        label={t("customer-panel")}
        aria-pressed={panel.value}
        onClick={togglePanel}
      />
    </header>
  );
}

function More({ conversation }: { conversation: Conversation }): VNode | null {
  const { id, role, control, state } = conversation;
  const entries: MenuEntry[] = [];
  const isOpen = state === "open";
  if (may("conversations.supervise") && isOpen && control === "agent" && role !== "holder") {
    if (role == null) {
      entries.push({
        id: "monitor",
        label: t("monitor"),
        icon: "eye",
        act: () => void supervise(id, "monitor"),
      });
    }
    if (role === "monitor") {
      entries.push({
        id: "stop",
        label: t("stop-monitoring"),
        icon: "close",
        act: () => void stopMonitoring(id),
      });
    }
    if (role !== "conference") {
      entries.push({
        id: "barge",
        label: t("barge"),
        icon: "headset",
        act: () => void supervise(id, "barge"),
      });
    }
    entries.push({
      id: "take",
      label: t("take-over"),
      icon: "flag",
      act: () => void supervise(id, "take-over"),
    });
  }
  if (isSpeaker(conversation) || may("conversations.supervise")) {
    entries.push({ id: "survey", label: t("survey"), icon: "star", act: () => void survey(id) });
  }
  if (role === "consult" || role === "conference") {
    const own = me.value?.agentId ?? "";
    entries.push({ id: "leave", label: t("leave"), icon: "sign-out", act: () => void dismiss(id, own) });
  }
  if (entries.length === 0) {
    return null;
  }
  return (
    <Menu label={t("more")} class="icon-btn" entries={entries}>
      <Icon name="more" />
    </Menu>
  );
}

/** Who else is there. */
function Participants({ conversation }: { conversation: Conversation }): VNode | null {
  const { participants = [], role, id, agentId } = conversation;
  if (participants.length === 0 || conversation.state !== "open") {
    return null;
  }
  const own = me.value?.agentId;
  return (
    <div class="strip">
      <Icon name="people" />
      <ul class="participants" aria-label={t("participants")}>
        {role !== "holder" && agentId != null && (
          <li>
            <Badge>{agentName(agentId)}</Badge>
          </li>
        )}
        {participants.map((participant) => (
          <li key={participant.agentId}>
            <Badge tone={participant.mode === "conference" ? "ok" : "accent"}>
              {participant.name ?? participant.agentId} · {t(`role-${participant.mode}`)}
            </Badge>
            {role === "holder" && participant.agentId !== own && participant.mode !== "monitor" && (
              <IconButton
                icon="close"
                small
                label={t("send-away", { name: participant.name ?? participant.agentId })}
                onClick={() => void dismiss(id, participant.agentId)}
              />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Typing({ conversation }: { conversation: Conversation }): VNode {
  const isTyping = threadOf(conversation.id).typingUntil.value > now.value;
  return (
    <div class="typing" role="status">
      {isTyping && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t("typing", { name: conversation.customer.name })}
        </>
      )}
    </div>
  );
}

/** In place of the composer when nothing more can be said to the customer. */
function Over({ conversation }: { conversation: Conversation }): VNode {
  const mayAnswer = may("conversations.answer");
  return (
    <footer class="over-bar">
      <div class="strip">
        <Icon name="archive" />
        <span class="grow">
          {conversation.state === "ended" ? t("over-text") : `${t("gone-text")} ${whereItIs(conversation)}.`}
        </span>
        {mayAnswer && conversation.state === "ended" && (
          <Button small icon="tag" onClick={() => (dialog.value = "disposition")}>
            {t("disposition")}
          </Button>
        )}
        {leftOver.value.has(conversation.id) && (
          <Button
            small
            kind="soft"
            onClick={() => {
              putAway(conversation.id);
            }}
          >
            {t("put-away")}
          </Button>
        )}
      </div>
      {mayAnswer && <Composer conversation={conversation} notesOnly />}
    </footer>
  );
}
