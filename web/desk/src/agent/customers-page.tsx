/** Everybody who ever wrote: found, looked at, kept out, made one. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, patch, type Schemas, segment } from "../api/index.js";
import { sentence } from "../api/problem.js";
import { type PageProps } from "../shell/pages.js";
import { go } from "../shell/route.js";
import { may } from "../shell/session.js";
import {
  Avatar,
  Badge,
  Empty,
  Icon,
  IconButton,
  Link,
  Loading,
  Notice,
  sayProblem,
} from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { brief, moment } from "../texts/when.js";
import { type Customer } from "./model/types.js";
import { CustomerActions } from "./ui/customer-actions.js";
import { PagedList } from "./ui/paged-list.js";
import { Earlier, ProfilePart } from "./ui/profile.js";
import { channelName } from "./ui/words.js";
import "./css/index.css";
import "./css/tickets.css";

const PAGE = 50;
/** Until somebody has stopped typing. */
const PAUSE_MS = 250;

export default function CustomersPage({ values }: PageProps): VNode {
  const id = values["id"];
  const [typed, setTyped] = useState("");
  const [isBlocked, setBlocked] = useState(false);
  const [changes, setChanges] = useState(0);
  const { customers, next, problem, more } = useCustomers(typed.trim(), isBlocked, changes);
  return (
    <div class={`inbox tickets${id === undefined ? "" : " has-chosen"}`}>
      <section class="list-pane" aria-label={t("page-customers")}>
        <header class="list-head">
          <h1>{t("page-customers")}</h1>
          <label class="filter">
            <Icon name="search" />
            <input
              type="search"
              placeholder={t("customers-find")}
              aria-label={t("customers-find")}
              value={typed}
              onInput={(event) => {
                setTyped(event.currentTarget.value);
              }}
            />
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={isBlocked}
              onChange={(event) => {
                setBlocked(event.currentTarget.checked);
              }}
            />
            <span>{t("customers-blocked")}</span>
          </label>
        </header>
        <PagedList
          items={customers}
          problem={problem}
          hasMore={next !== undefined}
          icon="people"
          none={t("nothing-found")}
          onMore={more}
          row={(customer) => <Row customer={customer} isChosen={customer.id === id} />}
        />
      </section>
      {id === undefined ? (
        <div class="thread-pane">
          <Empty icon="people" title={t("customer-choose")} />
        </div>
      ) : (
        <Chosen
          key={id}
          id={id}
          onChange={() => {
            setChanges((count) => count + 1);
          }}
        />
      )}
    </div>
  );
}

/** Who fits, those seen last at the head. */
function useCustomers(
  q: string,
  isBlocked: boolean,
  changes: number,
): {
  customers: Customer[] | undefined;
  next: string | undefined;
  problem: string | undefined;
  more: () => void;
} {
  const [found, setFound] = useState<Schemas["CustomerList"]>();
  const [problem, setProblem] = useState<string>();
  const query = { q, limit: PAGE, ...(isBlocked ? { blocked: true } : {}) };
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      get<Schemas["CustomerList"]>("/customers", query, abort.signal).then(
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
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [q, isBlocked, changes]);
  const more = (): void => {
    get<Schemas["CustomerList"]>("/customers", { ...query, cursor: found?.next ?? undefined })
      .then((answer) => {
        setFound({ ...answer, customers: [...(found?.customers ?? []), ...answer.customers] });
      })
      .catch(sayProblem);
  };
  return { customers: found?.customers, next: found?.next ?? undefined, problem, more };
}

function Row({ customer, isChosen }: { customer: Customer; isChosen: boolean }): VNode {
  const channels = [...new Set(customer.identities.map(({ channelId }) => channelName(channelId)))];
  return (
    <Link
      to={`/customers/${segment(customer.id)}`}
      class="row-link"
      aria-current={isChosen ? "true" : undefined}
    >
      <Avatar name={customer.name} />
      <span class="row-body">
        <span class="row-top">
          <bdi class="row-name">{customer.name}</bdi>
          {customer.lastSeenAt != null && <span class="row-time">{brief(customer.lastSeenAt)}</span>}
        </span>
        <span class="row-bottom">
          <span class="row-text">{channels.join(", ")}</span>
        </span>
        {(customer.blocked != null || customer.tags.length > 0) && (
          <span class="row-marks">
            {customer.blocked != null && <Badge tone="danger">{t("customer-out")}</Badge>}
            {customer.tags.slice(0, 3).map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </span>
        )}
      </span>
    </Link>
  );
}

function Chosen({ id, onChange }: { id: string; onChange: () => void }): VNode {
  const [profile, setProfile] = useState<Customer>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    get<Customer>(`/customers/${segment(id)}`, undefined, abort.signal).then(setProfile, (error: unknown) => {
      if (!abort.signal.aborted) {
        setProblem(sentence(error));
      }
    });
    return () => {
      abort.abort();
    };
  }, [id]);
  if (!profile) {
    return (
      <div class="thread-pane">
        {problem === undefined ? <Loading label={t("loading")} /> : <Empty icon="alert" title={problem} />}
      </div>
    );
  }
  const changed = (now: Customer): void => {
    setProfile(now);
    onChange();
    if (now.id !== id) {
      go(`/customers/${segment(now.id)}`, { replace: true });
    }
  };
  return (
    <section class="thread-pane" aria-label={profile.name}>
      <header class="thread-head">
        <IconButton
          icon="back"
          mirrored
          class="narrow-only"
          label={t("back")}
          onClick={() => {
            go("/customers");
          }}
        />
        <Avatar name={profile.name} />
        <div class="grow">
          <h2 class="thread-name">
            <bdi>{profile.name}</bdi>
          </h2>
          <div class="thread-about">
            {profile.lastSeenAt != null && t("customer-seen", { at: moment(profile.lastSeenAt) })}
          </div>
        </div>
        {may("customers.manage") && <CustomerActions customer={profile} onChange={changed} />}
      </header>
      <div class="ticket-body customer-page">
        {profile.blocked && (
          <Notice tone="danger" icon="lock">
            {t("customer-blocked", { reason: profile.blocked.reason })}
          </Notice>
        )}
        <div class="card">
          <ProfilePart
            profile={profile}
            isFixed={!may("conversations.answer")}
            change={async (change) => {
              changed(await patch<Customer>(`/customers/${segment(profile.id)}`, change));
            }}
          />
        </div>
        <div class="card">
          <Earlier profile={profile} />
        </div>
      </div>
    </section>
  );
}
