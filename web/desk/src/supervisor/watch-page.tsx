/** Conversations in progress, and taking part in them. */

import "./supervisor.css";

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { queueNews } from "../agent/model/book.js";
import { get, type Schemas } from "../api/index.js";
import { type PageProps } from "../shell/pages.js";
import {
  Avatar,
  Badge,
  Empty,
  Link,
  Loading,
  sayProblem,
  SelectField,
  TextField,
} from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { brief, span } from "../texts/when.js";
import { AlertBanner } from "./alert-parts.js";
import { ConversationView } from "./conversation.js";
import { type Live, live, useLive } from "./live.js";

/** A conversation as the API tells it. */
export type Conversation = Schemas["Conversation"];
/** In case nothing was told of a change. */
const ASK_AGAIN_MS = 15_000;
/** Many changes at once are asked for once. */
const GATHER_MS = 300;
const CONTROLS = ["queue", "agent", "robot"] as const;

export default function WatchPage({ values }: PageProps): VNode {
  useLive();
  const [all, setAll] = useState<Conversation[]>();
  const [text, setText] = useState("");
  const [control, setControl] = useState("");
  const ask = (): Promise<void> =>
    get<Schemas["ConversationList"]>("/agent/conversations", { scope: "all" }).then((answer) => {
      setAll(answer.conversations);
    });
  // What was told: by the feed who waits, by the live view who serves and how many.
  const news = `${queueNews.value} ${changeOf(live.value)}`;
  useEffect(() => {
    const timer = setTimeout(() => void ask().catch(() => undefined), GATHER_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [news]);
  useEffect(() => {
    void ask().catch(sayProblem);
    const timer = setInterval(() => void ask().catch(() => undefined), ASK_AGAIN_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  const wanted = text.trim().toLowerCase();
  const shown = (all ?? [])
    .filter((one) => control === "" || one.control === control)
    .filter(
      (one) =>
        wanted === "" ||
        `${one.customer.name} ${one.customer.userId} ${agentName(one)}`.toLowerCase().includes(wanted),
    )
    .sort(byNeed);
  const chosen = values["id"];
  return (
    <div class={`watch${chosen === undefined ? "" : " chosen"}`}>
      <section class="watch-list" aria-label={t("page-watch")}>
        <header class="watch-head">
          <h1>{t("page-watch")}</h1>
          <TextField label={t("watch-find")} type="search" value={text} onValue={setText} />
          <SelectField
            label={t("watch-with")}
            value={control}
            onValue={setControl}
            options={[
              { value: "", label: t("every") },
              ...CONTROLS.map((value) => ({ value, label: t(`control-${value}`) })),
            ]}
          />
        </header>
        {all === undefined ? (
          <Loading label={t("loading")} />
        ) : shown.length === 0 ? (
          <Empty icon="chats" title={t("watch-nothing")} />
        ) : (
          <ul class="watch-items">
            {shown.map((one) => (
              <li key={one.id}>
                <Item one={one} isChosen={one.id === chosen} />
              </li>
            ))}
          </ul>
        )}
      </section>
      <section class="watch-view" aria-label={t("watch-conversation")}>
        <AlertBanner />
        {chosen === undefined ? (
          <Empty icon="ear" title={t("watch-choose")} />
        ) : (
          <ConversationView key={chosen} id={chosen} onChange={() => void ask().catch(() => undefined)} />
        )}
      </section>
    </div>
  );
}

/** What of the live view says that conversations came or went. */
function changeOf(told: Live | undefined): string {
  const queues = told?.queues.map((queue) => `${queue.id} ${queue.waiting} ${queue.conversations}`) ?? [];
  const agents = told?.agents.map((agent) => `${agent.id} ${agent.conversations}`) ?? [];
  return [...queues, ...agents].join();
}

/** Who waits comes first, and of those who has waited longest. */
function byNeed(one: Conversation, other: Conversation): number {
  const [a, b] = [one.waitingSince ?? Infinity, other.waitingSince ?? Infinity];
  return a === b ? other.openedAt - one.openedAt : a - b;
}

function Item({ one, isChosen }: { one: Conversation; isChosen: boolean }): VNode {
  const name = customerName(one);
  const last = one.lastMessage;
  return (
    <Link
      to={`/watch/${encodeURIComponent(one.id)}`}
      class="watch-item"
      aria-current={isChosen ? "true" : undefined}
    >
      <Avatar name={name} />
      <span class="grow">
        <span class="row">
          <strong class="grow clip">{name}</strong>
          <span class="hint">{brief(last?.at ?? one.openedAt)}</span>
        </span>
        <span class="clip block muted">{last ? shortOf(last) : t("watch-silent")}</span>
        <span class="row tight">
          <ControlBadge one={one} />
          {one.role === "monitor" && <Badge tone="accent">{t("watch-monitored")}</Badge>}
        </span>
      </span>
    </Link>
  );
}

/** Who has a conversation. */
export function ControlBadge({ one }: { one: Conversation }): VNode {
  switch (one.control) {
    case "queue":
      return (
        <Badge tone="warn">
          {t("control-queue")}
          {one.waitingSince == null ? "" : ` ${span(Date.now() - one.waitingSince)}`}
        </Badge>
      );
    case "agent":
      return <Badge tone="ok">{agentName(one)}</Badge>;
    case "robot":
      return <Badge>{t("control-robot")}</Badge>;
    case "closed":
      return <Badge>{t("control-closed")}</Badge>;
  }
}

/** What the agent who has it is called. */
export function agentName(one: Conversation): string {
  const known = live.value?.agents.find((agent) => agent.id === one.agentId);
  return known?.nickname ?? one.agentId ?? "";
}

/** What the customer is called. */
export function customerName(one: Conversation): string {
  return one.customer.name === "" ? one.customer.userId : one.customer.name;
}

function shortOf(message: Schemas["Message"]): string {
  return message.mediaType === "TEXT" ? message.content : (message.fileName ?? t("watch-file"));
}
