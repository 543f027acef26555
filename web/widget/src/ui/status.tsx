/** What is going on: the connection, the queue, and what happened to what the customer did. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { ChatState } from "../model/state.js";
import { useLasting, useSurroundings } from "./context.js";
import { Icon } from "./icons.js";

/** A connection that is away for a moment is no news. */
const PATIENCE_MS = 1_500;
const BACK_SHOWN_MS = 2_500;
const NOTICE_SHOWN_MS = 8_000;

/** What is wrong with the connection, if anything is. */
export function StatusLine({ state }: { state: ChatState }) {
  const { words } = useSurroundings();
  const { connection, lostAt } = state;
  const hasNetwork = useNetwork();
  const isLost = useLasting(lostAt, PATIENCE_MS);
  const [wasLost, setWasLost] = useState(false);
  const isOnline = connection.status === "online" && hasNetwork;
  const isProblem = !hasNetwork || (isLost && connection.status === "offline");
  useEffect(() => {
    if (isProblem) {
      setWasLost(true);
    }
    if (isOnline && wasLost) {
      const timer = setTimeout(() => {
        setWasLost(false);
      }, BACK_SHOWN_MS);
      return () => {
        clearTimeout(timer);
      };
    }
    return undefined;
  }, [isOnline, isProblem, wasLost]);
  const id = !hasNetwork
    ? "status-offline"
    : isProblem
      ? problemId(connection.reason)
      : isLost
        ? "status-connecting"
        : wasLost && isOnline
          ? "status-back"
          : "";
  const kind = isProblem ? "problem" : id === "status-back" ? "good" : "";
  return (
    <div class={`status ${kind}`} role="status">
      {id !== "" && (
        <p>
          <Icon name={isProblem ? "offline" : id === "status-back" ? "check" : "clock"} />
          <span>{words.text(id)}</span>
        </p>
      )}
    </div>
  );
}

/** Whether the device has a network at all: the browser knows sooner than a connection that falls silent. */
function useNetwork(): boolean {
  const [hasNetwork, setNetwork] = useState(navigator.onLine);
  useEffect(() => {
    const changed = (): void => {
      setNetwork(navigator.onLine);
    };
    window.addEventListener("online", changed);
    window.addEventListener("offline", changed);
    return () => {
      window.removeEventListener("online", changed);
      window.removeEventListener("offline", changed);
    };
  }, []);
  return hasNetwork;
}

function problemId(reason: string | undefined): string {
  switch (reason) {
    case "FORBIDDEN":
    case "NOT_FOUND":
      return "status-forbidden";
    case "UNAUTHORIZED":
    case "CUSTOMER_CHANGED":
      return "status-unauthorized";
    case "SUPERSEDED":
      return "status-superseded";
    case undefined:
    default:
      return "status-server";
  }
}

/** The customer's place in the queue. */
export function QueueCard({ state }: { state: ChatState }) {
  const { words, chat } = useSurroundings();
  const { queue } = state;
  return (
    <section class="queue" aria-live="polite">
      <span class="pulse" aria-hidden="true">
        <Icon name="people" />
      </span>
      <div>
        <strong>{words.text("queue-title")}</strong>
        {queue && (
          <p>
            {words.text("queue-position", { position: queue.position })} ·{" "}
            {words.text("queue-estimate", { minutes: Math.floor((queue.estimateSeconds + 30) / 60) })}
          </p>
        )}
        <button
          type="button"
          class="link"
          onClick={() => {
            chat.setForm({ kind: "leave" });
          }}
        >
          {words.text("queue-leave")}
        </button>
      </div>
    </section>
  );
}

/** What happened to what the customer did. */
export function Notice({ notice }: { notice: ChatState["notice"] }) {
  const { words, chat } = useSurroundings();
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!notice) {
      return;
    }
    const timer = setTimeout(() => {
      // Whoever has moved to it is still reading.
      if ((close.current?.getRootNode() as ShadowRoot | undefined)?.activeElement !== close.current) {
        chat.setNotice(undefined);
      }
    }, NOTICE_SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [notice]);
  return (
    <div role="status">
      {notice && (
        <div class={`notice ${notice.isProblem ? "problem" : "good"}`}>
          <Icon name={notice.isProblem ? "alert" : "check"} />
          <span dir="auto">{words.text(notice.id, notice.args)}</span>
          <button
            ref={close}
            type="button"
            class="plain small"
            aria-label={words.text("close")}
            onClick={() => {
              chat.setNotice(undefined);
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
