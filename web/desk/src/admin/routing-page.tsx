/** Queues, skills and promises: who gets which customer, and how soon. */

import { type VNode } from "preact";

import { type PageProps } from "../shell/pages.js";
import { go } from "../shell/route.js";
import { may } from "../shell/session.js";
import { Badge, Card, Empty, Loading, Page, Table, Tabs } from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { number, span } from "../texts/when.js";
import { idOf, isItem, type Item, nameOf, textOf, useChoices, useItems } from "./config.js";
import { ItemEditor } from "./editor.js";
import { ItemList } from "./item-list.js";
import { type Choice, type Section } from "./fields.js";
import { OpenAt } from "./open-at.js";

const TABS = ["queues", "skills", "promises", "replies"] as const;

export default function RoutingPage({ values }: PageProps): VNode {
  const tab = TABS.find((name) => name === values["tab"]) ?? "queues";
  return (
    <Page title={t("page-routing")}>
      <Tabs
        label={t("page-routing")}
        value={tab}
        onValue={(to) => {
          go(`/routing/${to}`);
        }}
        tabs={TABS.filter((id) => id !== "skills" || may("people.manage")).map((id) => ({
          id,
          label: t(`routing-${id}`),
        }))}
      >
        {tab === "queues" && <Queues id={values["id"]} />}
        {tab === "skills" && <Skills />}
        {tab === "promises" && <Promises id={values["id"]} />}
        {tab === "replies" && <Replies id={values["id"]} />}
      </Tabs>
    </Page>
  );
}

function Queues({ id }: { id: string | undefined }): VNode {
  const mayChange = may("config.write");
  const queues = useChoices("queues");
  if (id === undefined) {
    return (
      <ItemList
        kind="queues"
        base="/routing/queues"
        icon="list"
        about={t("queues-about")}
        mayChange={mayChange}
        columns={[
          { title: t("f-queue-strategy"), cell: (item) => t(`strategy-${textOf(item["strategy"])}`) },
          { title: t("f-queue-priority"), end: true, cell: (item) => number(Number(item["priority"] ?? 0)) },
          {
            title: t("hours"),
            cell: (item) => (item["hours"] == null ? t("as-channel") : t("hours-limited")),
          },
          { title: t("f-queue-needs"), cell: (item) => skillsOf(item["needs"]) },
          {
            title: t("f-queue-wrap_up"),
            end: true,
            cell: (item) => (item["wrap_up"] === 0 ? "–" : span(Number(item["wrap_up"]) * 1000)),
          },
        ]}
      />
    );
  }
  return (
    <ItemEditor
      key={id}
      kind="queues"
      id={id}
      base="/routing/queues"
      form="queue"
      mayChange={mayChange}
      sections={queueSections(queues.filter(({ value }) => value !== id))}
      aside={(item) => <OpenAt queue={idOf(item)} />}
    />
  );
}

function queueSections(others: readonly Choice[]): Section[] {
  return [
    {
      title: "section-basics",
      fields: [
        { path: "name", kind: "text" },
        {
          path: "strategy",
          kind: "select",
          options: ["least_busy", "longest_idle", "round_robin"].map((value) => ({
            value,
            label: t(`strategy-${value}`),
          })),
        },
        { path: "priority", kind: "number", max: 255, hint: true },
        { path: "accept_within", kind: "number", optional: true, hint: true },
        { path: "wrap_up", kind: "number" },
        { path: "tell_every", kind: "number", hint: true },
        { path: "match_language", kind: "check" },
        { path: "needs", kind: "skills", hint: true },
      ],
    },
    { title: "hours", fields: [{ path: "hours", kind: "hours" }] },
    {
      title: "section-overflow",
      fields: [
        { path: "outside_hours", kind: "overflow", options: others },
        { path: "no_agents", kind: "overflow", options: others },
        { path: "max_waiting", kind: "number", optional: true, hint: true },
        { path: "when_full", kind: "overflow", options: others },
        { path: "escalation", kind: "escalation", options: others },
      ],
    },
  ];
}

function skillsOf(value: unknown): VNode | string {
  const skills = Array.isArray(value) ? value.filter(isItem) : [];
  return skills.length === 0 ? (
    "–"
  ) : (
    <span class="row tight wrap">
      {skills.map((one) => (
        <Badge key={textOf(one["skill"])}>
          {textOf(one["skill"])} {textOf(one["level"])}
        </Badge>
      ))}
    </span>
  );
}

/** Which skills there are, who has them and which queues need them. */
function Skills(): VNode {
  const { items: agents } = useItems("agents");
  const { items: queues } = useItems("queues");
  if (!agents || !queues) {
    return <Loading label={t("loading")} />;
  }
  const rows = skillRows(agents, queues);
  return (
    <div class="stack wide">
      <p class="muted">{t("skills-about")}</p>
      <Card>
        {rows.length === 0 ? (
          <Empty icon="star" title={t("skills-none")} />
        ) : (
          <Table
            label={t("routing-skills")}
            rows={rows}
            idOf={({ skill }) => skill}
            columns={[
              { title: t("skill"), cell: ({ skill }) => <strong>{skill}</strong> },
              { title: t("skills-who"), cell: ({ who }) => who.join(", ") || "–" },
              { title: t("skills-queues"), cell: ({ where }) => where.join(", ") || "–" },
              {
                title: t("skills-gap"),
                cell: ({ who, where }) =>
                  who.length === 0 && where.length > 0 ? (
                    <Badge tone="danger">{t("skills-nobody")}</Badge>
                  ) : (
                    <Badge tone="ok">{t("skills-fine")}</Badge>
                  ),
              },
            ]}
          />
        )}
      </Card>
    </div>
  );
}

function skillRows(
  agents: readonly Item[],
  queues: readonly Item[],
): { skill: string; who: string[]; where: string[] }[] {
  const rows = new Map<string, { skill: string; who: string[]; where: string[] }>();
  const note = (list: unknown, side: "who" | "where", name: string): void => {
    for (const one of Array.isArray(list) ? list.filter(isItem) : []) {
      const skill = textOf(one["skill"]);
      const row = rows.get(skill) ?? { skill, who: [], where: [] };
      row[side].push(`${name} (${textOf(one["level"] ?? 1)})`);
      rows.set(skill, row);
    }
  };
  for (const agent of agents) {
    note(agent["skills"], "who", nameOf(agent));
  }
  for (const queue of queues) {
    note(queue["needs"], "where", nameOf(queue));
  }
  return [...rows.values()].sort((one, other) => one.skill.localeCompare(other.skill));
}

function Promises({ id }: { id: string | undefined }): VNode {
  const mayChange = may("config.write");
  const queues = useChoices("queues");
  const seconds = (value: unknown): string => (typeof value === "number" ? span(value * 1000) : "–");
  if (id === undefined) {
    return (
      <ItemList
        kind="sla-policies"
        base="/routing/promises"
        icon="clock"
        about={t("promises-about")}
        mayChange={mayChange}
        made={(name) => ({ name, first_reply: 60 })}
        columns={[
          { title: t("f-promise-first_reply"), end: true, cell: (item) => seconds(item["first_reply"]) },
          { title: t("f-promise-next_reply"), end: true, cell: (item) => seconds(item["next_reply"]) },
          { title: t("f-promise-resolution"), end: true, cell: (item) => seconds(item["resolution"]) },
        ]}
      />
    );
  }
  const sections: Section[] = [
    {
      title: "section-basics",
      fields: [
        { path: "name", kind: "text" },
        { path: "queues", kind: "choices", options: queues },
        { path: "priority", kind: "number", hint: true },
        { path: "first_reply", kind: "number", optional: true },
        { path: "next_reply", kind: "number", optional: true },
        { path: "resolution", kind: "number", optional: true },
        {
          path: "pause",
          kind: "choices",
          options: ["outside_hours", "waiting_for_customer"].map((value) => ({
            value,
            label: t(`pause-${value}`),
          })),
        },
      ],
    },
  ];
  return (
    <ItemEditor
      key={id}
      kind="sla-policies"
      id={id}
      base="/routing/promises"
      form="promise"
      mayChange={mayChange}
      sections={sections}
    />
  );
}

function Replies({ id }: { id: string | undefined }): VNode {
  const mayChange = may("config.write");
  const queues = useChoices("queues");
  if (id === undefined) {
    return (
      <ItemList
        kind="canned-replies"
        base="/routing/replies"
        icon="zap"
        about={t("replies-about")}
        mayChange={mayChange}
        made={(title, id) => ({ title, shortcut: id.slice(0, 32), text: title })}
        columns={[
          { title: t("f-reply-shortcut"), cell: (item) => <code>/{textOf(item["shortcut"])}</code> },
          { title: t("f-reply-language"), cell: (item) => textOf(item["language"]) || t("every") },
          { title: t("f-reply-text"), cell: (item) => <span class="clamped">{textOf(item["text"])}</span> },
        ]}
      />
    );
  }
  const sections: Section[] = [
    {
      title: "section-basics",
      fields: [
        { path: "title", kind: "text" },
        { path: "shortcut", kind: "text", hint: true },
        { path: "text", kind: "area", hint: true },
        { path: "language", kind: "text", optional: true, hint: true },
        { path: "queues", kind: "choices", options: queues },
      ],
    },
  ];
  return (
    <ItemEditor
      key={id}
      kind="canned-replies"
      id={id}
      base="/routing/replies"
      form="reply"
      mayChange={mayChange}
      sections={sections}
    />
  );
}
