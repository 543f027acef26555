/** Channels: through which customers come, with the chat as they see it. */

import { type VNode } from "preact";
import { useState } from "preact/hooks";

import { type PageProps } from "../shell/pages.js";
import { may, me } from "../shell/session.js";
import { Badge, Card, Link, Page, SelectField, TextField } from "../shell/ui/index.js";
import { LANGUAGE_NAMES, LANGUAGES, t, words } from "../texts/index.js";
import { idOf, type Item, listOf, textOf, useChoices } from "./config.js";
import { ItemEditor } from "./editor.js";
import { ItemList } from "./item-list.js";
import { type Choice, type Section } from "./fields.js";
import { OpenAt } from "./open-at.js";
import { Copied } from "./secret.js";

export default function ChannelsPage({ values }: PageProps): VNode {
  const id = values["id"];
  const queues = useChoices("queues");
  const robots = useChoices("robots");
  const mayChange = may("config.write");
  const named = (choices: readonly Choice[], value: unknown): string =>
    choices.find((choice) => choice.value === value)?.label ?? (textOf(value) || "–");
  if (id === undefined) {
    return (
      <Page title={t("page-channels")}>
        <ItemList
          kind="channels"
          base="/channels"
          icon="globe"
          about={t("channels-about")}
          mayChange={mayChange}
          made={(name) => ({ name, origins: [] })}
          idHint={t("channel-id-hint")}
          columns={[
            { title: t("f-channel-robot"), cell: (item) => named(robots, item["robot"]) },
            { title: t("f-channel-queue"), cell: (item) => named(queues, item["queue"]) },
            { title: t("hours"), cell: (item) => (item["hours"] == null ? t("always") : t("hours-limited")) },
            {
              title: t("f-channel-origins"),
              cell: (item) =>
                listOf(item["origins"])
                  .filter((origin) => origin !== "*")
                  .join(", ") || <Badge tone="warn">{t("origins-any")}</Badge>,
            },
            {
              title: t("page-hooks"),
              cell: (item) => (item["push"] == null ? "–" : <Badge tone="accent">{t("yes")}</Badge>),
            },
          ]}
        />
      </Page>
    );
  }
  return (
    <Page title={t("a-channel")} about={id}>
      <ItemEditor
        key={id}
        kind="channels"
        id={id}
        base="/channels"
        form="channel"
        mayChange={mayChange}
        sections={channelSections(queues, robots)}
        aside={(item) => (
          <>
            <Embed channel={idOf(item)} />
            <OpenAt channel={idOf(item)} />
          </>
        )}
      />
    </Page>
  );
}

function channelSections(queues: readonly Choice[], robots: readonly Choice[]): Section[] {
  const none = { value: "", label: t("no-choice") };
  return [
    {
      title: "section-basics",
      fields: [
        { path: "name", kind: "text" },
        { path: "robot", kind: "select", options: [none, ...robots], hint: true },
        { path: "queue", kind: "select", options: [none, ...queues], hint: true },
        { path: "weight", kind: "number", min: 1, max: 100, hint: true },
        { path: "text_chars", kind: "number", min: 1, max: 4000 },
        { path: "disposition_required", kind: "check" },
        { path: "async_replies", kind: "check" },
      ],
    },
    {
      title: "section-pages",
      fields: [
        { path: "origins", kind: "list", hint: true },
        { path: "requires_identity", kind: "check", hint: true },
        { path: "identity_key", kind: "secret", hint: true },
      ],
    },
    { title: "hours", fields: [{ path: "hours", kind: "hours" }] },
    {
      title: "section-patience",
      fields: [
        { path: "patience.queue_wait", kind: "number" },
        { path: "patience.customer_inactivity", kind: "number" },
        { path: "patience.robot_inactivity", kind: "number", optional: true },
        { path: "patience.agent_inactivity", kind: "number", hint: true },
        {
          path: "patience.agent_silence",
          kind: "select",
          options: ["remind", "requeue"].map((value) => ({ value, label: t(`silence-${value}`) })),
        },
        { path: "patience.warn_before", kind: "number", hint: true },
        { path: "patience.session_silence", kind: "number", hint: true },
      ],
    },
    {
      title: "section-survey",
      fields: [
        { path: "survey.enabled", kind: "check" },
        {
          path: "survey.questions",
          kind: "choices",
          options: ["FCR", "NPS", "CSAT"].map((value) => ({ value, label: t(`survey-${value}`) })),
        },
        { path: "survey.only_answered", kind: "check" },
      ],
    },
  ];
}

/** The line that puts the chat on a page, and the chat as it will be there. */
function Embed({ channel }: { channel: string }): VNode {
  const [look, setLook] = useState({
    locale: words.value.language,
    theme: "light",
    position: "",
    heading: "",
    accent: "#3b5bdb",
  });
  const set = (name: keyof typeof look) => (value: string) => {
    setLook((before) => ({ ...before, [name]: value }));
  };
  return (
    <>
      <Card title={t("preview")}>
        <div class="stack">
          <iframe
            class="preview"
            title={t("preview")}
            key={JSON.stringify(look)}
            src={`/desk/preview?${previewQuery(channel, look)}`}
          />
          <p class="hint">{t("preview-about")}</p>
          <div class="form narrow">
            <SelectField
              label={t("language")}
              value={look.locale}
              onValue={set("locale")}
              options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
            />
            <SelectField
              label={t("look-theme")}
              value={look.theme}
              onValue={set("theme")}
              options={["light", "dark"].map((value) => ({ value, label: t(`theme-${value}`) }))}
            />
            <SelectField
              label={t("look-position")}
              value={look.position}
              onValue={set("position")}
              options={[
                { value: "", label: t("look-end") },
                { value: "start", label: t("look-start") },
              ]}
            />
            <TextField label={t("look-accent")} type="color" value={look.accent} onValue={set("accent")} />
            <TextField label={t("look-heading")} value={look.heading} onValue={set("heading")} />
          </div>
        </div>
      </Card>
      <Card title={t("embed")}>
        <div class="stack">
          <p class="muted">{t("embed-about")}</p>
          <Copied area label={t("embed")} value={lineOf(channel, look)} />
          <p class="hint">{t("embed-color", { accent: look.accent })}</p>
          {may("push.manage") && (
            <Link to={`/hooks/${encodeURIComponent(channel)}`}>{t("channel-hooks")}</Link>
          )}
        </div>
      </Card>
    </>
  );
}

function previewQuery(channel: string, look: Record<string, string>): string {
  return new URLSearchParams({ channel, tenant: me.value?.tenant ?? "", ...look }).toString();
}

/** The line to embed. What could end an attribute is written so that it does not. */
function lineOf(channel: string, look: Record<string, string>): string {
  const attributes: Item = {
    src: `${window.location.origin}/widget.js`,
    "data-channel": channel,
    "data-tenant": me.value?.tenant ?? "",
    "data-position": look["position"],
    "data-heading": look["heading"],
    "data-theme": look["theme"] === "dark" ? "dark" : "",
  };
  const written = Object.entries(attributes)
    .filter(([, value]) => textOf(value) !== "")
    .map(([name, value]) => `${name}="${escaped(textOf(value))}"`);
  return `<script ${written.join(" ")}></script>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
