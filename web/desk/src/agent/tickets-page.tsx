/** Messages that customers left: who sees to them, and what they are answered. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, post, type Schemas, segment } from "../api/index.js";
import { sentence } from "../api/problem.js";
import { type PageProps } from "../shell/pages.js";
import { go, location } from "../shell/route.js";
import { me, may } from "../shell/session.js";
import {
  Avatar,
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
  type Tone,
} from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { brief, moment } from "../texts/when.js";
import { ticketNews } from "./model/book.js";
import { PagedList } from "./ui/paged-list.js";
import { agentName, channelName, queueName } from "./ui/words.js";
import "./css/index.css";
import "./css/tickets.css";

type Ticket = Schemas["Ticket"];
const STATES = ["open", "claimed", "answered", "closed"] as const;
const TONES: Record<Ticket["state"], Tone> = {
  open: "warn",
  claimed: "accent",
  answered: "ok",
  closed: "neutral",
};
const PAGE = 100;

export default function TicketsPage({ values }: PageProps): VNode {
  const state = STATES.find((name) => name === location.value.query.get("state")) ?? "open";
  const { tickets, next, problem, more } = useTickets(state);
  const id = values["id"];
  return (
    <div class={`inbox tickets${id === undefined ? "" : " has-chosen"}`}>
      <section class="list-pane" aria-label={t("page-tickets")}>
        <header class="list-head">
          <h1>{t("page-tickets")}</h1>
          <nav class="scopes" aria-label={t("status")}>
            {STATES.map((name) => (
              <Link
                key={name}
                to={`/tickets?state=${name}`}
                class="scope"
                aria-current={name === state ? "page" : undefined}
              >
                {t(`ticket-${name}`)}
              </Link>
            ))}
          </nav>
        </header>
        <PagedList
          items={tickets}
          problem={problem}
          hasMore={next !== undefined}
          icon="ticket"
          none={t(state === "open" ? "tickets-none-open" : "tickets-none")}
          onMore={more}
          row={(ticket) => <Row ticket={ticket} state={state} isChosen={ticket.id === id} />}
        />
      </section>
      {id === undefined ? (
        <div class="thread-pane">
          <Empty icon="ticket" title={t("ticket-choose")} />
        </div>
      ) : (
        <Chosen key={id} id={id} state={state} />
      )}
    </div>
  );
}

/** The tickets of a state, kept up to date by the feed. */
function useTickets(state: Ticket["state"]): {
  tickets: Ticket[] | undefined;
  next: string | undefined;
  problem: string | undefined;
  more: () => void;
} {
  const [found, setFound] = useState<Schemas["TicketList"]>();
  const [problem, setProblem] = useState<string>();
  const news = ticketNews.value;
  useEffect(() => {
    setFound(undefined);
  }, [state]);
  useEffect(() => {
    const abort = new AbortController();
    get<Schemas["TicketList"]>("/agent/tickets", { state, limit: PAGE }, abort.signal).then(
      (answer) => {
        setProblem(undefined);
        setFound(answer);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) {
          setProblem(sentence(error));
        }
      },
    );
    return () => {
      abort.abort();
    };
  }, [state, news]);
  const more = (): void => {
    get<Schemas["TicketList"]>("/agent/tickets", { state, limit: PAGE, after: found?.next ?? undefined })
      .then((answer) => {
        setFound({ ...answer, tickets: [...(found?.tickets ?? []), ...answer.tickets] });
      })
      .catch(sayProblem);
  };
  return { tickets: found?.tickets, next: found?.next ?? undefined, problem, more };
}

function Row({ ticket, state, isChosen }: { ticket: Ticket; state: string; isChosen: boolean }): VNode {
  return (
    <Link
      to={`/tickets/${segment(ticket.id)}?state=${state}`}
      class="row-link"
      aria-current={isChosen ? "true" : undefined}
    >
      <Avatar name={ticket.customer.name} />
      <span class="row-body">
        <span class="row-top">
          <bdi class="row-name">{ticket.customer.name}</bdi>
          <span class="row-time">{brief(ticket.openedAt)}</span>
        </span>
        <span class="row-bottom">
          <span class="row-text">{placeOf(ticket)}</span>
        </span>
        {ticket.agentId != null && (
          <span class="row-marks">
            <Badge tone={TONES[ticket.state]}>{agentName(ticket.agentId)}</Badge>
          </span>
        )}
      </span>
    </Link>
  );
}

/** Where it was left, and whose it is. */
function placeOf(ticket: Ticket): string {
  const place = channelName(ticket.channelId);
  return ticket.queue == null ? place : `${place} · ${queueName(ticket.queue)}`;
}

function Chosen({ id, state }: { id: string; state: string }): VNode {
  const [ticket, setTicket] = useState<Ticket>();
  const [problem, setProblem] = useState<string>();
  const news = ticketNews.value;
  useEffect(() => {
    const abort = new AbortController();
    get<Ticket>(`/agent/tickets/${segment(id)}`, undefined, abort.signal).then(
      setTicket,
      (error: unknown) => {
        if (!abort.signal.aborted) {
          setProblem(sentence(error));
        }
      },
    );
    return () => {
      abort.abort();
    };
  }, [id, news]);
  if (!ticket) {
    return (
      <div class="thread-pane">
        {problem === undefined ? <Loading label={t("loading")} /> : <Empty icon="alert" title={problem} />}
      </div>
    );
  }
  return (
    <section class="thread-pane" aria-label={t("ticket-of", { name: ticket.customer.name })}>
      <header class="thread-head">
        <IconButton
          icon="back"
          mirrored
          class="narrow-only"
          label={t("back")}
          onClick={() => {
            go(`/tickets?state=${state}`);
          }}
        />
        <Avatar name={ticket.customer.name} />
        <div class="grow">
          <h2 class="thread-name">
            <bdi>{ticket.customer.name}</bdi>
          </h2>
          <div class="thread-about">
            {placeOf(ticket)} · {t("ticket-left", { at: moment(ticket.openedAt) })}
          </div>
        </div>
        <Badge tone={TONES[ticket.state]}>{t(`ticket-${ticket.state}`)}</Badge>
        <Steps ticket={ticket} onChange={setTicket} />
      </header>
      <div class="ticket-body">
        <dl class="ticket-facts">
          <div>
            <dt>{t("ticket-caller")}</dt>
            <dd>
              <bdi>{ticket.caller === "" ? "–" : ticket.caller}</bdi>
            </dd>
          </div>
          {ticket.agentId != null && (
            <div>
              <dt>{t("ticket-agent")}</dt>
              <dd>
                <bdi>{agentName(ticket.agentId)}</bdi>
              </dd>
            </div>
          )}
        </dl>
        <blockquote class="ticket-text" dir="auto">
          {ticket.text}
        </blockquote>
        {ticket.answer != null && (
          <blockquote class="ticket-text answered" dir="auto">
            {ticket.answer}
          </blockquote>
        )}
      </div>
      <Answer ticket={ticket} onChange={setTicket} />
    </section>
  );
}

/** Taking it, giving it back, closing it. */
function Steps({ ticket, onChange }: { ticket: Ticket; onChange: (ticket: Ticket) => void }): VNode | null {
  if (!may("tickets.handle") || ticket.state === "closed") {
    return null;
  }
  const isOwn = ticket.agentId === me.value?.agentId;
  // Whoever supervises takes a ticket from an agent so.
  const mayEnd = isOwn || ticket.state !== "claimed" || may("tickets.manage");
  const step = async (what: "claim" | "release" | "close"): Promise<void> => {
    if (
      what === "close" &&
      ticket.state !== "answered" &&
      !(await confirmed(t("ticket-close"), t("ticket-close-sure"), t("ticket-close")))
    ) {
      return;
    }
    try {
      onChange(await post<Ticket>(`/agent/tickets/${segment(ticket.id)}/${what}`));
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <div class="row">
      {ticket.state === "open" && (
        <Button kind="primary" small icon="check" onClick={() => void step("claim")}>
          {t("ticket-claim")}
        </Button>
      )}
      {ticket.state === "claimed" && mayEnd && (
        <Button small icon="undo" onClick={() => void step("release")}>
          {t("ticket-release")}
        </Button>
      )}
      {mayEnd && (
        <Button small icon="archive" onClick={() => void step("close")}>
          {t("ticket-close")}
        </Button>
      )}
    </div>
  );
}

/** What the customer is answered: once, and by whoever sees to it. */
function Answer({ ticket, onChange }: { ticket: Ticket; onChange: (ticket: Ticket) => void }): VNode | null {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  if (ticket.state !== "claimed" || !may("tickets.handle")) {
    return null;
  }
  if (ticket.agentId !== me.value?.agentId) {
    return (
      <div class="strip">
        <Icon name="user" />
        {t("ticket-with", { name: agentName(ticket.agentId) })}
      </div>
    );
  }
  const send = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      onChange(await post<Ticket>(`/agent/tickets/${segment(ticket.id)}/answer`, { text: text.trim() }));
      say(t("ticket-answer-sent"));
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="ticket-answer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {problem !== undefined && (
        <Notice tone="danger" icon="alert">
          {problem}
        </Notice>
      )}
      <textarea
        class="input"
        rows={4}
        dir={text === "" ? undefined : "auto"}
        aria-label={t("ticket-answer")}
        placeholder={t("ticket-answer-hint")}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
        }}
      />
      <div class="row">
        <span class="grow hint">{t("ticket-answer-once")}</span>
        <Button type="submit" kind="primary" icon="send" busy={isBusy} disabled={text.trim() === ""}>
          {t("ticket-send")}
        </Button>
      </div>
    </form>
  );
}
