/** What is known of a customer. */

import { type ComponentChildren, type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, type Schemas, segment } from "../../api/index.js";
import { Badge, Link, say, sayProblem } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { brief, moment } from "../../texts/when.js";
import { type Customer } from "../model/types.js";
import { Pairs, Tags } from "./labels.js";
import { agentName, channelName } from "./words.js";

/** Facts of a kind, under a heading. */
export function Part({ title, children }: { title: string; children: ComponentChildren }): VNode {
  return (
    <section class="panel-part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** What something is called, and what it is. */
export type Fact = [string, ComponentChildren];

/** Some of them. */
export function Facts({ facts }: { facts: readonly Fact[] }): VNode {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The profile, with what agents keep of it. */
export function ProfilePart({
  profile,
  change,
  isFixed = false,
}: {
  profile: Customer;
  change: (changes: Schemas["CustomerPatch"]) => Promise<void>;
  isFixed?: boolean;
}): VNode {
  return (
    <Part title={t("customer")}>
      <Facts
        facts={[
          [
            t("trust"),
            <Badge tone={profile.trust === "anonymous" ? "neutral" : "ok"}>
              {t(`trust-${profile.trust}`)}
            </Badge>,
          ],
          [t("language"), profile.locale],
          ...(profile.firstSeenAt == null ? [] : [[t("first-seen"), moment(profile.firstSeenAt)] as Fact]),
          ...(profile.identities.length > 1
            ? [
                [
                  t("identities"),
                  profile.identities.map((one) => `${channelName(one.channelId)}: ${one.userId}`).join(", "),
                ] as Fact,
              ]
            : []),
        ]}
      />
      <ProfileNote key={profile.id} profile={profile} change={change} />
      <Tags
        label={t("customer-tags")}
        tags={profile.tags}
        change={(tags) => change({ tags })}
        isFixed={isFixed}
      />
      <Pairs
        label={t("customer-attributes")}
        pairs={Object.fromEntries(
          Object.entries(profile.attributes).map(([key, value]) => [key, String(value)]),
        )}
        change={(key, value) => change({ attributes: { [key]: value } as Record<string, never> })}
        isFixed={isFixed}
      />
    </Part>
  );
}

/** What agents should know of the customer; kept when the field is left. */
function ProfileNote({
  profile,
  change,
}: {
  profile: Customer;
  change: (changes: Schemas["CustomerPatch"]) => Promise<void>;
}): VNode {
  const [text, setText] = useState(profile.note ?? "");
  return (
    <label class="small-field">
      <span>{t("customer-note")}</span>
      <textarea
        class="input small"
        rows={2}
        dir={text === "" ? undefined : "auto"}
        maxLength={4000}
        placeholder={t("customer-note-hint")}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
        }}
        onBlur={() => {
          if (text !== (profile.note ?? "")) {
            change({ note: text === "" ? null : text })
              .then(() => {
                say(t("saved"));
              })
              .catch(sayProblem);
          }
        }}
      />
    </label>
  );
}

/** Their other conversations. */
export function Earlier({ profile, except }: { profile: Customer; except?: string }): VNode {
  const [found, setFound] = useState<Schemas["CustomerConversation"][]>();
  useEffect(() => {
    get<Schemas["CustomerConversationList"]>(`/customers/${segment(profile.id)}/conversations`, { limit: 20 })
      .then((answer) => {
        setFound(answer.conversations);
      })
      .catch(() => {
        setFound([]);
      });
  }, [profile.id]);
  const earlier = (found ?? []).filter(({ id }) => id !== except);
  return (
    <Part title={t(except === undefined ? "conversations" : "earlier-conversations")}>
      {earlier.length === 0 ? (
        <p class="muted">{t("no-earlier")}</p>
      ) : (
        <ul class="earlier">
          {earlier.map((one) => (
            <li key={one.id}>
              <Link to={`/inbox/ended/${segment(one.id)}`} class="earlier-link">
                <span class="grow">
                  {channelName(one.channelId)}
                  {one.agentId != null && <span class="muted"> · {agentName(one.agentId)}</span>}
                </span>
                <span class="muted">{brief(one.openedAt)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}
