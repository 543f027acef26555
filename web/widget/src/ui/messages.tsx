/** The list of messages. */

import { Fragment, type JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { ChatState } from "../model/state.js";
import type { Item } from "../model/transcript.js";
import type { Words } from "../text/words.js";
import { Avatar } from "./avatar.js";
import { Bubble } from "./bubble.js";
import { useLasting, useSurroundings } from "./context.js";
import { Icon } from "./icons.js";
import { nameOf } from "./names.js";

/** Messages of one author within this time stand together. */
const TOGETHER_MS = 180_000;
/** So near to the end, whoever reads wants to see what comes. */
const NEAR_PX = 80;

/** The list of messages. */
export function Messages({ state }: { state: ChatState }) {
  const { words, chat } = useSurroundings();
  const { items, hasEarlier, earlier, phase, isAgentTyping, agentName } = state;
  const list = useRef<HTMLDivElement>(null);
  const isFar = useScroll(list, state);
  const toEnd = (): void => {
    list.current?.scrollTo({ top: list.current.scrollHeight, behavior: smooth() });
  };
  const scrolled = (): void => {
    if (hasEarlier && earlier === "idle" && (list.current?.scrollTop ?? 0) < NEAR_PX) {
      void chat.loadEarlier();
    }
  };
  return (
    <div class="middle">
      <div
        ref={list}
        class="messages"
        part="messages"
        role="log"
        aria-live="off"
        aria-label={words.text("messages")}
        tabIndex={0}
        onScroll={scrolled}
      >
        {hasEarlier ? (
          <Earlier state={state} />
        ) : (
          <div class="welcome">
            <slot name="welcome">{phase === "unknown" ? null : <p>{words.text("welcome")}</p>}</slot>
          </div>
        )}
        {items.length === 0 && phase === "unknown" && <Skeleton />}
        <Items state={state} />
        {isAgentTyping && (
          <div class="row agent first last">
            <Avatar author="agent" name={agentName} />
            <div class="bubble typing" role="status">
              <span class="unseen">{words.text("typing", { name: agentName ?? words.text("agent") })}</span>
              <i />
              <i />
              <i />
            </div>
          </div>
        )}
      </div>
      {isFar && (
        <button type="button" class="to-end" aria-label={words.text("new-messages")} onClick={toEnd}>
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function Earlier({ state: { earlier } }: { state: ChatState }) {
  const { words, chat } = useSurroundings();
  return (
    <div class="earlier">
      {earlier === "loading" ? (
        <span role="status">{words.text("earlier-loading")}</span>
      ) : (
        <>
          {earlier === "failed" && <span role="alert">{words.text("history-failed")} </span>}
          <button type="button" class="link" onClick={() => void chat.loadEarlier()}>
            {words.text("earlier")}
          </button>
        </>
      )}
    </div>
  );
}

function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  );
}

function Items({ state }: { state: ChatState }) {
  const { words } = useSurroundings();
  const { items, unreadFrom, readAt, rated } = state;
  const row = useDrawnRows();
  const firstUnread =
    unreadFrom === undefined
      ? undefined
      : items.find(({ author, at }) => author !== "customer" && at > unreadFrom)?.key;
  const own = items.filter(({ author, code }) => author === "customer" && code !== undefined);
  const lastOwn = own.at(-1)?.key;
  const lastRead = own.findLast(({ at }) => at <= readAt)?.key;
  const lastRobot = items.at(-1)?.author === "robot" ? items.at(-1)?.key : undefined;
  return (
    <>
      {items.map((item, index) => {
        const before = items[index - 1];
        const after = items[index + 1];
        return (
          <Fragment key={item.key}>
            {(!before || !isSameDay(before.at, item.at)) && (
              <div class="day">
                <span>{dayText(item.at, words)}</span>
              </div>
            )}
            {item.key === firstUnread && (
              <div class="day unread">
                <span>{words.text("new-messages")}</span>
              </div>
            )}
            {row({
              item,
              isFirst: !before || !areTogether(before, item),
              isLast: !after || !areTogether(item, after),
              isLastOwn: item.key === lastOwn,
              isRead: item.key === lastRead,
              isCurrent: item.key === lastRobot,
              isRated: rated.has(item.code ?? ""),
            })}
          </Fragment>
        );
      })}
    </>
  );
}

/** Draws a row, unless it is the same as before: a conversation may have hundreds. */
function useDrawnRows(): (props: RowProps) => JSX.Element {
  const drawn = useRef(new Map<string, { props: RowProps; row: JSX.Element }>());
  return (props) => {
    const known = drawn.current.get(props.item.key);
    const names = Object.keys(props) as (keyof RowProps)[];
    if (known && names.every((name) => known.props[name] === props[name])) {
      return known.row;
    }
    const row = <Row {...props} />;
    drawn.current.set(props.item.key, { props, row });
    return row;
  };
}

interface RowProps {
  item: Item;
  isFirst: boolean;
  isLast: boolean;
  isLastOwn: boolean;
  isRead: boolean;
  isCurrent: boolean;
  isRated: boolean;
}

function Row({ item, isFirst, isLast, isLastOwn, isRead, isCurrent, isRated }: RowProps) {
  const { words } = useSurroundings();
  const { author } = item;
  const time = words.time(item.at);
  const name = nameOf(item, words);
  if (author === "system") {
    return (
      <div class="system">
        <Bubble item={item} isCurrent={false} isRated={false} />
      </div>
    );
  }
  return (
    <div
      class={`row ${author}${isFirst ? " first" : ""}${isLast ? " last" : ""}`}
      role="group"
      aria-label={`${name}, ${time}`}
    >
      {author !== "customer" &&
        (isFirst ? <Avatar author={author} name={item.name} /> : <span class="avatar none" />)}
      <div class="said">
        <Bubble item={item} isCurrent={isCurrent} isRated={isRated} />
        {(isLast || item.progress !== undefined) && (
          <Meta item={item} name={name} time={time} isLast={isLast} isLastOwn={isLastOwn} isRead={isRead} />
        )}
      </div>
    </div>
  );
}

type MetaProps = Omit<RowProps, "isFirst" | "isCurrent" | "isRated"> & { name: string; time: string };

function Meta({ item, name, time, isLast, isLastOwn, isRead }: MetaProps) {
  const { words, chat } = useSurroundings();
  const isSlow = useLasting(item.progress === "sending" ? item.at : undefined, 4_000);
  if (item.author !== "customer") {
    return (
      <div class="meta">
        <bdi>{name}</bdi> · <time dateTime={new Date(item.at).toISOString()}>{time}</time>
      </div>
    );
  }
  if (item.progress === "failed") {
    return (
      <div class="meta failed" role="alert">
        <Icon name="alert" />
        {words.text("message-failed")}
        <button
          type="button"
          class="link"
          onClick={() => {
            chat.retry(item);
          }}
        >
          {words.text("message-retry")}
        </button>
        <button
          type="button"
          class="link"
          onClick={() => {
            chat.discard(item);
          }}
        >
          {words.text("message-discard")}
        </button>
      </div>
    );
  }
  if (item.progress === "uploading") {
    return <div class="meta">{words.text("uploading", { percent: Math.round((item.part ?? 0) * 100) })}</div>;
  }
  if (item.progress === "sending") {
    return (
      <div class="meta">
        <Icon name="clock" />
        {words.text(isSlow ? "message-waiting" : "message-sending")}
      </div>
    );
  }
  if (!isLast && !isLastOwn && !isRead) {
    return null;
  }
  return (
    <div class="meta">
      <time dateTime={new Date(item.at).toISOString()}>{time}</time>
      {(isLastOwn || isRead) && (
        <>
          {" · "}
          <Icon name={isRead ? "checks" : "check"} />
          {words.text(isRead ? "message-read" : "message-sent")}
        </>
      )}
    </div>
  );
}

/** Stays at the end while new messages come, and at its place while earlier ones do. Whether the end is far. */
function useScroll(list: { current: HTMLDivElement | null }, state: ChatState): boolean {
  const { items, isOpen, isAgentTyping, form } = state;
  const [isFar, setFar] = useState(false);
  const was = useRef({ height: 0, top: 0, firstKey: "", lastKey: "", isNear: true });

  useEffect(() => {
    const element = list.current;
    if (!element) {
      return;
    }
    const look = (): void => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      // A list that became shorter under a form is still at its end: only who scrolls up leaves it.
      const hasLeft = scrollTop < was.current.top - 2;
      const isNear = scrollHeight - scrollTop - clientHeight < NEAR_PX || (was.current.isNear && !hasLeft);
      was.current.isNear = isNear;
      was.current.top = scrollTop;
      setFar(!isNear);
    };
    // Pictures grow when they are there, and the window when a keyboard goes.
    const observer = new ResizeObserver(() => {
      if (was.current.isNear) {
        element.scrollTop = element.scrollHeight;
      }
    });
    observer.observe(element);
    const grown = new MutationObserver(() => {
      for (const child of element.children) {
        observer.observe(child);
      }
    });
    grown.observe(element, { childList: true });
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      grown.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);

  useLayoutEffect(() => {
    const element = list.current;
    if (!element) {
      return;
    }
    const { height, firstKey, lastKey, isNear } = was.current;
    const [first, last] = [items[0], items.at(-1)];
    const isPrepended = first && firstKey !== "" && first.key !== firstKey && last?.key === lastKey;
    if (isPrepended && !isNear) {
      element.scrollTop += element.scrollHeight - height;
    } else if (isNear || (last?.key !== lastKey && last?.author === "customer")) {
      element.scrollTop = element.scrollHeight;
    }
    was.current = {
      ...was.current,
      height: element.scrollHeight,
      firstKey: first?.key ?? "",
      lastKey: last?.key ?? "",
    };
  }, [items, isOpen, isAgentTyping, form]);
  return isFar;
}

function smooth(): ScrollBehavior {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}

function areTogether(a: Item, b: Item): boolean {
  return a.author === b.author && a.name === b.name && b.at - a.at < TOGETHER_MS && isSameDay(a.at, b.at);
}

function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

function dayText(at: number, words: Words): string {
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (isSameDay(at, today.getTime())) {
    return words.text("today");
  }
  return isSameDay(at, yesterday.getTime()) ? words.text("yesterday") : words.date(at);
}
