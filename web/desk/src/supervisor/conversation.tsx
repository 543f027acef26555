/** One conversation, as a supervisor sees it. */

import { type VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { heard } from "../agent/model/book.js";
import { get, post, Problem, remove, type Schemas, segment } from "../api/index.js";
import { go } from "../shell/route.js";
import { me, may } from "../shell/session.js";
import {
  Badge,
  Button,
  confirmed,
  Empty,
  Icon,
  IconButton,
  Link,
  Loading,
  Notice,
  say,
  sayProblem,
  TextArea,
} from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { dayLine, time } from "../texts/when.js";
import { agentName, ControlBadge, type Conversation, customerName } from "./watch-page.js";

type Message = Schemas["Message"];
type Act = "monitor" | "barge" | "take-over" | "leave";
/** The feed tells only of conversations in which somebody takes part. */
const ASK_AGAIN_MS = 3_000;

/** Shows a conversation and what can be done with it. */
export function ConversationView({ id, onChange }: { id: string; onChange: () => void }): VNode {
  const { one, messages, isGone, ask } = useConversation(id);
  const [doing, setDoing] = useState<Act>();
  if (isGone) {
    return <Empty icon="search" title={t("problem-not-found")} />;
  }
  if (!one) {
    return <Loading label={t("loading")} />;
  }
  const act = async (what: Act): Promise<void> => {
    const path = `/agent/conversations/${segment(id)}`;
    if (
      what === "take-over" &&
      !(await confirmed(
        t("watch-take-over"),
        t("watch-take-over-sure", { name: agentName(one) }),
        t("watch-take-over"),
      ))
    ) {
      return;
    }
    setDoing(what);
    try {
      if (what === "leave") {
        await (one.role === "monitor"
          ? remove(`${path}/monitor`)
          : remove(`${path}/participants/${segment(me.value?.agentId ?? "")}`));
      } else {
        await post(`${path}/${what}`);
      }
      say(t(`done-${what}`));
      await ask();
      onChange();
    } catch (error) {
      sayProblem(error);
    } finally {
      setDoing(undefined);
    }
  };
  return (
    <>
      <header class="talk-head">
        <IconButton
          class="narrow-only"
          icon="back"
          mirrored
          label={t("back")}
          onClick={() => {
            go("/watch");
          }}
        />
        <div class="grow">
          <h2>{customerName(one)}</h2>
          <div class="row tight">
            <ControlBadge one={one} />
            <span class="hint">
              {one.channel} · {one.queue ?? one.channelId} · {t("watch-since", { time: time(one.openedAt) })}
            </span>
          </div>
        </div>
        <Doings one={one} doing={doing} act={(what) => void act(what)} />
      </header>
      <Messages messages={messages} />
      <Foot one={one} onSent={() => void ask()} />
    </>
  );
}

function useConversation(id: string): {
  one: Conversation | undefined;
  messages: Message[];
  isGone: boolean;
  ask: () => Promise<void>;
} {
  const [one, setOne] = useState<Conversation>();
  const [messages, setMessages] = useState<Message[]>([]);
  const [isGone, setGone] = useState(false);
  const path = `/agent/conversations/${segment(id)}`;
  const ask = async (): Promise<void> => {
    try {
      const [conversation, said] = await Promise.all([
        get<Conversation>(path),
        get<Schemas["MessageList"]>(`${path}/messages`),
      ]);
      setOne(conversation);
      setMessages(said.messages);
    } catch (error) {
      if (error instanceof Problem && (error.status === 404 || error.status === 403)) {
        setGone(true);
      } else {
        throw error;
      }
    }
  };
  useEffect(() => {
    void ask().catch(sayProblem);
    const timer = setInterval(() => void ask().catch(() => undefined), ASK_AGAIN_MS);
    return () => {
      clearInterval(timer);
    };
  }, [id]);
  const told = heard.value;
  useEffect(() => {
    if (told?.id === id) {
      void ask().catch(() => undefined);
    }
  }, [told]);
  return { one, messages, isGone, ask };
}

/** What a supervisor can do with it as it stands. */
function Doings({
  one,
  doing,
  act,
}: {
  one: Conversation;
  doing: Act | undefined;
  act: (what: Act) => void;
}): VNode | null {
  if (!may("conversations.supervise") || one.control !== "agent") {
    return null;
  }
  const isOwn = one.agentId === me.value?.agentId;
  const role = one.role ?? undefined;
  const button = (what: Act, icon: "ear" | "chat" | "transfer" | "close", kind: "soft" | "plain"): VNode => (
    <Button
      small
      icon={icon}
      kind={kind}
      busy={doing === what}
      disabled={doing !== undefined}
      onClick={() => {
        act(what);
      }}
    >
      {t(`watch-${what}`)}
    </Button>
  );
  if (isOwn) {
    return (
      <Link to={`/inbox/mine/${encodeURIComponent(one.id)}`} class="btn small soft">
        <Icon name="inbox" />
        {t("watch-in-inbox")}
      </Link>
    );
  }
  return (
    <div class="row tight wrap">
      {role === undefined && button("monitor", "ear", "soft")}
      {role !== "conference" && button("barge", "chat", "plain")}
      {button("take-over", "transfer", "plain")}
      {role !== undefined && role !== "holder" && button("leave", "close", "plain")}
    </div>
  );
}

function Messages({ messages }: { messages: readonly Message[] }): VNode {
  const list = useRef<HTMLDivElement>(null);
  const count = messages.length;
  useEffect(() => {
    const box = list.current;
    if (box) {
      box.scrollTop = box.scrollHeight;
    }
  }, [count]);
  let day = "";
  return (
    <div class="talk" ref={list} role="log" aria-label={t("watch-conversation")} tabIndex={0}>
      {messages.map((message) => {
        const line = dayLine(message.at);
        const isNew = line !== day;
        day = line;
        return (
          <div key={message.id} class="talk-row">
            {isNew && <div class="talk-day">{line}</div>}
            <Said message={message} />
          </div>
        );
      })}
    </div>
  );
}

function Said({ message }: { message: Message }): VNode {
  const { author } = message;
  if (author.kind === "system") {
    return <p class="talk-note">{message.content}</p>;
  }
  const name = author.name ?? author.id ?? t(`author-${author.kind}`);
  return (
    <div class={`said ${author.kind}${message.whisper === true ? " whisper" : ""}`}>
      <div class="said-by">
        {name}
        {message.whisper === true && <Badge tone="warn">{t("whisper")}</Badge>}
        <time dateTime={new Date(message.at).toISOString()}>{time(message.at)}</time>
      </div>
      <div class="said-text" dir="auto">
        {message.mediaType === "TEXT" ? (
          message.content
        ) : (
          <span class="row tight">
            <Icon name="attach" />
            {message.fileName ?? t("watch-file")}
          </span>
        )}
      </div>
    </div>
  );
}

/** Where a supervisor says something: to the agent, or to the customer. */
function Foot({ one, onSent }: { one: Conversation; onSent: () => void }): VNode {
  const isHolder = one.agentId === me.value?.agentId;
  const speaks = isHolder || one.role === "conference";
  const whispers = !isHolder && (one.role === "monitor" || one.role === "conference");
  const [text, setText] = useState("");
  const [isBusy, setBusy] = useState(false);
  if (one.control !== "agent" || (!speaks && !whispers)) {
    return (
      <footer class="talk-foot">
        <Notice icon="info">
          {one.control === "agent" ? t("watch-monitor-first") : t(`watch-not-with-agent-${one.control}`)}
        </Notice>
      </footer>
    );
  }
  const send = async (isWhisper: boolean): Promise<void> => {
    if (text.trim() === "") {
      return;
    }
    setBusy(true);
    try {
      const path = `/agent/conversations/${segment(one.id)}`;
      await (isWhisper
        ? post(`${path}/whisper`, { text })
        : post(`${path}/messages`, { mediaType: "TEXT", content: text }));
      setText("");
      onSent();
    } catch (error) {
      sayProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const end = async (): Promise<void> => {
    try {
      await post(`/agent/conversations/${segment(one.id)}/end`);
      go("/watch");
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <footer class="talk-foot">
      <TextArea
        label={speaks ? t("watch-say") : t("watch-whisper")}
        rows={2}
        value={text}
        maxLength={4000}
        onValue={setText}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            void send(!speaks);
          }
        }}
      />
      <div class="row">
        {speaks && (
          <Button kind="primary" icon="send" busy={isBusy} onClick={() => void send(false)}>
            {t("watch-send")}
          </Button>
        )}
        {whispers && (
          <Button icon="ear" busy={isBusy} onClick={() => void send(true)} kind={speaks ? "soft" : "primary"}>
            {t("whisper-to", { name: agentName(one) })}
          </Button>
        )}
        <span class="grow" />
        {isHolder && (
          <Button kind="danger" onClick={() => void end()}>
            {t("watch-end")}
          </Button>
        )}
      </div>
    </footer>
  );
}
