/** The customer beside the conversation: who they are, what is known, what was before. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, patch, type Schemas, segment } from "../../api/index.js";
import { may } from "../../shell/session.js";
import { Avatar, Badge, Icon, IconButton, Loading, Notice, sayProblem } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { moment } from "../../texts/when.js";
import { directory, label } from "../model/book.js";
import { togglePanel } from "../model/open.js";
import { type Conversation, type Customer } from "../model/types.js";
import { Pairs, Tags } from "./labels.js";
import { Earlier, type Fact, Facts, Part, ProfilePart } from "./profile.js";
import { channelName, queueName } from "./words.js";

const PRIORITIES = ["low", "normal", "high", "urgent"] as const;

/** The panel. */
export function CustomerPanel({ conversation }: { conversation: Conversation }): VNode {
  const { customer } = conversation;
  const [profile, setProfile] = useState<Customer>();
  const reads = may("customers.read");
  useEffect(() => {
    setProfile(undefined);
    if (reads) {
      get<Schemas["CustomerList"]>("/customers", { conversation: conversation.id })
        .then((answer) => {
          setProfile(answer.customers[0]);
        })
        .catch(() => undefined);
    }
  }, [conversation.id, reads]);
  const change = async (changes: Schemas["CustomerPatch"]): Promise<void> => {
    if (profile) {
      setProfile(await patch<Customer>(`/customers/${segment(profile.id)}`, changes));
    }
  };
  const name = profile?.name ?? customer.name;
  return (
    <aside class="customer-panel" aria-label={t("customer-panel")}>
      <header class="panel-head">
        <Avatar name={name} />
        <div class="grow">
          <h2>
            <bdi>{name}</bdi>
          </h2>
          <p class="muted">
            <bdi>{customer.userId}</bdi>
          </p>
        </div>
        <IconButton icon="close" small label={t("close")} onClick={togglePanel} />
      </header>
      {profile?.blocked && (
        <Notice tone="danger" icon="lock">
          {t("customer-blocked", { reason: profile.blocked.reason })}
        </Notice>
      )}
      <Part title={t("conversation")}>
        <ConversationFacts conversation={conversation} />
      </Part>
      {reads &&
        (profile ? (
          <>
            <ProfilePart profile={profile} change={change} />
            <Earlier profile={profile} except={conversation.id} />
          </>
        ) : (
          <Loading label={t("loading")} />
        ))}
    </aside>
  );
}

function ConversationFacts({ conversation }: { conversation: Conversation }): VNode {
  const { id, tags = [], attributes = {}, queue, sla = [] } = conversation;
  const mayChange = may("conversations.answer");
  const change = (changes: Schemas["ConversationPatch"]): Promise<void> => label(id, changes);
  return (
    <>
      <Facts
        facts={[
          [t("channel"), channelName(conversation.channelId)],
          ...(queue == null ? [] : [[t("queue"), queueName(queue)] as Fact]),
          [t("began"), moment(conversation.openedAt)],
          [t("number"), conversation.callId],
          ...sla.flatMap((clock): Fact[] =>
            clock.due == null ? [] : [[t(`sla-${clock.target}`), moment(clock.due)]],
          ),
        ]}
      />
      <div class="two">
        <label class="small-field">
          <span>{t("priority")}</span>
          <select
            class="input small"
            disabled={!mayChange}
            value={conversation.priority ?? "normal"}
            onChange={(event) => {
              const priority = event.currentTarget.value as (typeof PRIORITIES)[number];
              change({ priority: priority === "normal" ? null : priority }).catch(sayProblem);
            }}
          >
            {PRIORITIES.map((name) => (
              <option key={name} value={name}>
                {t(`priority-${name}`)}
              </option>
            ))}
          </select>
        </label>
        <label class="small-field">
          <span>{t("disposition")}</span>
          <select
            class="input small"
            disabled={!mayChange}
            value={conversation.disposition ?? ""}
            onChange={(event) => {
              const disposition = event.currentTarget.value;
              change({ disposition: disposition === "" ? null : disposition }).catch(sayProblem);
            }}
          >
            <option value="">{t("none")}</option>
            {directory.value.dispositions.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {conversation.state === "ended" && <Ratings id={id} />}
      <Tags
        label={t("tags")}
        tags={tags}
        change={(wanted) => change({ tags: wanted })}
        isFixed={!mayChange}
      />
      <Pairs
        label={t("attributes")}
        pairs={attributes}
        change={(key, value) => change({ attributes: { [key]: value } })}
        isFixed={!mayChange}
      />
    </>
  );
}

/** How the customer found it. */
function Ratings({ id }: { id: string }): VNode | null {
  const [found, setFound] = useState<Schemas["Rating"][]>([]);
  useEffect(() => {
    get<Schemas["RatingList"]>(`/agent/conversations/${segment(id)}/ratings`)
      .then((answer) => {
        setFound(answer.ratings);
      })
      .catch(() => undefined);
  }, [id]);
  if (found.length === 0) {
    return null;
  }
  return (
    <div class="small-field">
      <span>{t("ratings")}</span>
      {found.map((rating) => (
        <div key={rating.episode} class="rating">
          {rating.csat != null && (
            <Badge tone={rating.csat >= 4 ? "ok" : rating.csat <= 2 ? "danger" : "warn"}>
              <Icon name="star" />
              {t("rating-of", { value: rating.csat })}
            </Badge>
          )}
          {rating.comment !== "" && <bdi dir="auto">{rating.comment}</bdi>}
        </div>
      ))}
    </div>
  );
}
