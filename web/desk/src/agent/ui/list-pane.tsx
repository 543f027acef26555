/** Conversations: mine, waiting, all, over. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { segment } from "../../api/index.js";
import { go } from "../../shell/route.js";
import { may } from "../../shell/session.js";
import {
  Avatar,
  Badge,
  Button,
  Empty,
  Icon,
  Link,
  Loading,
  sayProblem,
  VirtualList,
} from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { brief, span } from "../../texts/when.js";
import {
  accept,
  conversations,
  declare,
  leftOver,
  lists,
  mentions,
  offers,
  own,
  refresh,
  reject,
  unread,
} from "../model/book.js";
import { now } from "../model/clock.js";
import { finishWrapUp } from "../model/doing.js";
import { threadOf } from "../model/book.js";
import { type Conversation, type Offer, type Scope, SCOPES } from "../model/types.js";
import { inShort } from "./words.js";

/** The pane. */
export function ListPane({ scope, chosenId }: { scope: Scope; chosenId: string | undefined }): VNode {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState(false);
  useEffect(() => {
    setProblem(false);
    refresh(scope).catch(() => {
      setProblem(true);
    });
  }, [scope]);
  const ids = lists.value[scope];
  const all = conversations.value;
  const wanted = typed.trim().toLowerCase();
  const shown = (ids ?? []).flatMap((id) => {
    const conversation = all.get(id);
    return conversation && holds(conversation, wanted) ? [conversation] : [];
  });
  return (
    <section class="list-pane" aria-label={t("conversations")}>
      <header class="list-head">
        <h1>{t("conversations")}</h1>
        <nav class="scopes" aria-label={t("lists")}>
          {SCOPES.map((name) => (
            <Link
              key={name}
              to={`/inbox/${name}`}
              class="scope"
              aria-current={name === scope ? "page" : undefined}
            >
              {t(`scope-${name}`)}
              {(name === "mine" || name === "waiting") && (lists.value[name]?.length ?? 0) > 0 && (
                <span class="count">{lists.value[name]?.length}</span>
              )}
            </Link>
          ))}
        </nav>
        <label class="filter">
          <Icon name="search" />
          <input
            type="search"
            placeholder={t("filter")}
            aria-label={t("filter")}
            value={typed}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
            }}
          />
        </label>
      </header>
      <Offers />
      <Mentions />
      {ids === undefined ? (
        problem ? (
          <Empty icon="alert" title={t("problem-network")} />
        ) : (
          <Loading label={t("loading")} />
        )
      ) : shown.length === 0 ? (
        <Empty
          icon={wanted === "" ? "inbox" : "search"}
          title={wanted === "" ? t(`empty-${scope}`) : t("nothing-found")}
        >
          {wanted === "" &&
            scope === "mine" &&
            may("conversations.answer") &&
            own.value?.status !== "online" && (
              <Button
                kind="primary"
                onClick={() => {
                  declare("online").catch(sayProblem);
                }}
              >
                {t("go-ready")}
              </Button>
            )}
        </Empty>
      ) : (
        <VirtualList
          label={t(`scope-${scope}`)}
          class="grow"
          items={shown}
          keyOf={({ id }) => id}
          estimate={72}
          shown={chosenId === undefined ? undefined : shown.findIndex(({ id }) => id === chosenId)}
          render={(conversation) => (
            <Row conversation={conversation} scope={scope} isChosen={conversation.id === chosenId} />
          )}
        />
      )}
    </section>
  );
}

function holds(conversation: Conversation, wanted: string): boolean {
  if (wanted === "") {
    return true;
  }
  const { customer, tags = [], lastMessage } = conversation;
  return [customer.name, customer.userId, ...tags, lastMessage?.content ?? ""].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}

function Row({
  conversation,
  scope,
  isChosen,
}: {
  conversation: Conversation;
  scope: Scope;
  isChosen: boolean;
}): VNode {
  const { id, customer, lastMessage, tags = [], priority } = conversation;
  const count = unread.value.get(id) ?? 0;
  const draft = threadOf(id).drafts.value.message;
  const isOver = conversation.state === "ended" || leftOver.value.has(id);
  return (
    <Link
      to={`/inbox/${scope}/${segment(id)}`}
      class={`row-link${count > 0 ? " unread" : ""}${isOver ? " over" : ""}`}
      aria-current={isChosen ? "true" : undefined}
    >
      <Avatar name={customer.name} />
      <span class="row-body">
        <span class="row-top">
          <bdi class="row-name">{customer.name}</bdi>
          {priority === "urgent" || priority === "high" ? (
            <span class={`flag ${priority}`} title={t(`priority-${priority}`)}>
              <Icon name="flag" />
            </span>
          ) : null}
          <span class="row-time">{brief(lastMessage?.at ?? conversation.openedAt)}</span>
        </span>
        <span class="row-bottom">
          <span class="row-text" dir="auto">
            {draft !== "" ? (
              <>
                <span class="draft-mark">{t("draft")}</span> {draft}
              </>
            ) : (
              inShort(lastMessage)
            )}
          </span>
          {count > 0 && (
            <span class="unread-count">
              {count}
              <span class="unseen"> {t("unread-messages")}</span>
            </span>
          )}
          {mentions.value.includes(id) && <Icon name="mention" />}
        </span>
        <Marks conversation={conversation} tags={tags} isOver={isOver} />
      </span>
    </Link>
  );
}

function Marks({
  conversation,
  tags,
  isOver,
}: {
  conversation: Conversation;
  tags: string[];
  isOver: boolean;
}): VNode | null {
  const { waitingSince, role, sla = [] } = conversation;
  const missed = sla.some(({ due }) => due != null && due <= now.value);
  const wrapUp = own.value?.afterCallWork.find(({ conversationId }) => conversationId === conversation.id);
  const isWaiting = conversation.control === "queue" && waitingSince != null;
  const isGuest = role !== undefined && role !== null && role !== "holder";
  if (!isWaiting && !isGuest && !missed && !isOver && tags.length === 0 && !wrapUp) {
    return null;
  }
  return (
    <span class="row-marks">
      {isWaiting && (
        <Badge tone="warn">
          <Icon name="clock" />
          {span(now.value - waitingSince)}
        </Badge>
      )}
      {missed && <Badge tone="danger">{t("sla-missed")}</Badge>}
      {isGuest && <Badge tone="accent">{t(`role-${role}`)}</Badge>}
      {wrapUp ? (
        <Badge tone="accent">{t("wrap-up-left", { time: span(wrapUp.until - now.value) })}</Badge>
      ) : (
        isOver && <Badge>{t("over")}</Badge>
      )}
      {tags.slice(0, 2).map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
      {tags.length > 2 && <Badge>+{tags.length - 2}</Badge>}
    </span>
  );
}

/** Conversations in which a note mentions the agent, wherever they are. */
function Mentions(): VNode | null {
  if (mentions.value.length === 0) {
    return null;
  }
  return (
    <ul class="mentions" aria-label={t("mentions")}>
      {mentions.value.map((id) => (
        <li key={id}>
          <Link to={`/inbox/all/${segment(id)}`} class="mention">
            <Icon name="mention" />
            <span class="grow">
              {t("mentioned-in", { name: conversations.value.get(id)?.customer.name ?? "" })}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Offers(): VNode | null {
  const open = [...offers.value.values()].filter(({ until }) => until > now.value);
  if (open.length === 0) {
    return null;
  }
  return (
    <ul class="offers" aria-label={t("offers")} aria-live="assertive">
      {open.map((offer) => (
        <li key={offer.conversation.id}>
          <OfferCard offer={offer} />
        </li>
      ))}
    </ul>
  );
}

function OfferCard({ offer }: { offer: Offer }): VNode {
  const { conversation, until } = offer;
  const [began] = useState(() => Date.now());
  const [isBusy, setBusy] = useState(false);
  const left = Math.max(0, until - now.value);
  const act = (what: (id: string) => Promise<void>): void => {
    setBusy(true);
    what(conversation.id)
      .catch(sayProblem)
      .finally(() => {
        setBusy(false);
      });
  };
  return (
    <div class="offer">
      <div class="row">
        <Avatar name={conversation.customer.name} small />
        <div class="grow">
          <bdi class="row-name">{conversation.customer.name}</bdi>
          <div class="row-text" dir="auto">
            {inShort(conversation.lastMessage)}
          </div>
        </div>
        <span class="offer-clock">{span(left)}</span>
      </div>
      <progress
        max={Math.max(1, until - began)}
        value={left}
        aria-label={t("offer-left", { time: span(left) })}
      />
      <div class="row">
        <Button
          kind="primary"
          small
          icon="check"
          busy={isBusy}
          onClick={() => {
            act(accept);
          }}
        >
          {t("accept")}
        </Button>
        <Button
          small
          disabled={isBusy}
          onClick={() => {
            act(reject);
          }}
        >
          {t("reject")}
        </Button>
      </div>
    </div>
  );
}

/** What remains to be done with a conversation that is over. */
export function WrapUp({ conversation }: { conversation: Conversation }): VNode | null {
  const work = own.value?.afterCallWork.find(({ conversationId }) => conversationId === conversation.id);
  if (!work || work.until <= now.value) {
    return null;
  }
  return (
    <div class="strip accent" role="status">
      <Icon name="clock" />
      <span class="grow">{t("wrap-up-left", { time: span(work.until - now.value) })}</span>
      <Button
        small
        kind="soft"
        onClick={() => {
          void finishWrapUp(conversation.id);
        }}
      >
        {t("wrap-up-finish")}
      </Button>
    </div>
  );
}

/** Goes to the next, or the one before, of the list that is shown. */
export function goAlong(step: 1 | -1, scope: Scope, id: string | undefined): void {
  const ids = lists.peek()[scope] ?? [];
  const index = id === undefined ? (step === 1 ? -1 : ids.length) : ids.indexOf(id);
  const next = ids[index + step];
  if (next !== undefined) {
    go(`/inbox/${scope}/${segment(next)}`);
  }
}
