/** People, roles and API keys. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, remove, type Schemas, segment } from "../api/index.js";
import { type PageProps } from "../shell/pages.js";
import { go } from "../shell/route.js";
import { programOf } from "../shell/program.js";
import { may } from "../shell/session.js";
import {
  Badge,
  Button,
  Card,
  confirmed,
  Empty,
  Loading,
  Page,
  say,
  sayProblem,
  Table,
  Tabs,
} from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { moment } from "../texts/when.js";
import { idOf, listOf, textOf, useChoices } from "./config.js";
import { BUILT_IN, useRoles } from "./roles.js";
import { ItemEditor } from "./editor.js";
import { ItemList } from "./item-list.js";
import { type Section } from "./fields.js";
import { Keys } from "./keys.js";
import { Providers } from "./providers.js";

const TABS = [
  { id: "people", needs: "people.manage" },
  { id: "roles", needs: "people.manage" },
  { id: "providers", needs: "people.manage" },
  { id: "keys", needs: "keys.manage" },
] as const;
const PERMISSIONS = [
  "conversations.read",
  "conversations.read_all",
  "conversations.answer",
  "conversations.supervise",
  "transcripts.export",
  "tickets.read",
  "tickets.handle",
  "tickets.manage",
  "agents.read",
  "agents.supervise",
  "customers.read",
  "customers.manage",
  "customers.erase",
  "customers.export",
  "search",
  "reports.read",
  "reports.export",
  "knowledge.read",
  "knowledge.manage",
  "knowledge.publish",
  "config.read",
  "config.write",
  "people.manage",
  "sessions.manage",
  "keys.manage",
  "push.manage",
  "audit.read",
];

export default function PeoplePage({ values }: PageProps): VNode {
  const seen = TABS.filter(({ needs }) => may(needs));
  const tab = seen.find(({ id }) => id === values["tab"])?.id ?? seen[0]?.id ?? "people";
  return (
    <Page title={t("page-people")}>
      <Tabs
        label={t("page-people")}
        value={tab}
        onValue={(to) => {
          go(`/people/${to}`);
        }}
        tabs={seen.map(({ id }) => ({ id, label: t(`people-${id}`) }))}
      >
        {tab === "people" && <People id={values["id"]} />}
        {tab === "roles" && <Roles id={values["id"]} />}
        {tab === "providers" && <Providers id={values["id"]} />}
        {tab === "keys" && <Keys />}
      </Tabs>
    </Page>
  );
}

function People({ id }: { id: string | undefined }): VNode {
  const queues = useChoices("queues", may("config.read"));
  const channels = useChoices("channels", may("config.read"));
  const roles = useRoles();
  const queueNamed = (queue: string): string => queues.find(({ value }) => value === queue)?.label ?? queue;
  const named = (value: unknown): string =>
    roles.find((role) => role.value === value)?.label ?? textOf(value);
  if (id === undefined) {
    return (
      <ItemList
        kind="agents"
        base="/people/people"
        icon="people"
        about={t("people-about")}
        mayChange
        made={(nickname) => ({ nickname, role: "agent" })}
        idHint={t("person-id-hint")}
        columns={[
          {
            title: t("f-person-role"),
            cell: (item) => (
              <span class="row tight wrap">
                <Badge>{named(item["role"])}</Badge>
                {item["deactivated"] === true && <Badge tone="danger">{t("f-person-deactivated")}</Badge>}
              </span>
            ),
          },
          {
            title: t("f-person-queues"),
            cell: (item) => listOf(item["queues"]).map(queueNamed).join(", ") || "–",
          },
          {
            title: t("f-person-languages"),
            cell: (item) => listOf(item["languages"]).join(", ") || t("every"),
          },
          { title: t("f-person-capacity"), end: true, cell: (item) => textOf(item["capacity"]) },
        ]}
      />
    );
  }
  const sections: Section[] = [
    {
      title: "section-basics",
      fields: [
        { path: "nickname", kind: "text", hint: true },
        { path: "role", kind: "select", options: roles },
        { path: "password", kind: "secret", hint: true },
        { path: "avatar", kind: "text", optional: true },
        { path: "deactivated", kind: "check", hint: true },
      ],
    },
    {
      title: "section-work",
      fields: [
        { path: "capacity", kind: "number", min: 1, hint: true },
        { path: "languages", kind: "list", hint: true },
        { path: "queues", kind: "choices", options: queues },
        { path: "skills", kind: "skills" },
      ],
    },
    {
      title: "section-scope",
      fields: [
        { path: "scope.queues", kind: "choices", options: queues, hint: true },
        { path: "scope.channels", kind: "choices", options: channels },
      ],
    },
  ];
  return (
    <ItemEditor
      key={id}
      kind="agents"
      id={id}
      base="/people/people"
      form="person"
      mayChange
      sections={sections}
      aside={(item) => (
        <>
          {may("sessions.manage") && <Sessions agent={idOf(item)} />}
          <SecondFactor agent={idOf(item)} />
        </>
      )}
    />
  );
}

/** Somebody's sign-ins. */
function Sessions({ agent }: { agent: string }): VNode {
  const [sessions, setSessions] = useState<Schemas["Session"][]>();
  const path = `/agents/${segment(agent)}/sessions`;
  const ask = (): Promise<void> =>
    get<Schemas["SessionList"]>(path).then((answer) => {
      setSessions(answer.sessions);
    }, sayProblem);
  useEffect(() => {
    void ask();
  }, [agent]);
  const end = async (which?: string): Promise<void> => {
    try {
      await remove(which === undefined ? path : `${path}/${segment(which)}`);
      say(t("session-ended"));
      await ask();
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <Card
      title={t("sessions")}
      actions={
        sessions !== undefined &&
        sessions.length > 0 && (
          <Button small kind="danger" onClick={() => void end()}>
            {t("session-end-all")}
          </Button>
        )
      }
    >
      {sessions === undefined ? (
        <Loading label={t("loading")} />
      ) : sessions.length === 0 ? (
        <p class="muted">{t("sessions-none")}</p>
      ) : (
        <ul class="session-list">
          {sessions.map((one) => (
            <li key={one.id} class="row">
              <div class="grow">
                <div class="clip">{programOf(one.userAgent) ?? t("session-unknown")}</div>
                <div class="hint">
                  {[one.address, t("session-seen", { at: moment(one.seenAt) })].filter(Boolean).join(" · ")}
                </div>
                <div class="row tight">
                  {one.current && <Badge tone="accent">{t("session-this")}</Badge>}
                  {one.secondFactor && <Badge tone="ok">{t("second-factor")}</Badge>}
                </div>
              </div>
              <Button small onClick={() => void end(one.id)}>
                {t("session-end")}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function SecondFactor({ agent }: { agent: string }): VNode {
  const reset = async (): Promise<void> => {
    if (
      !(await confirmed(
        t("second-factor"),
        t("second-factor-sure", { name: agent }),
        t("second-factor-reset"),
      ))
    ) {
      return;
    }
    try {
      await remove(`/agents/${segment(agent)}/totp`);
      say(t("second-factor-gone"));
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <Card title={t("second-factor")}>
      <div class="stack">
        <p class="muted">{t("second-factor-about")}</p>
        <Button onClick={() => void reset()} icon="shield">
          {t("second-factor-reset")}
        </Button>
      </div>
    </Card>
  );
}

function Roles({ id }: { id: string | undefined }): VNode {
  if (id === undefined) {
    return (
      <div class="stack wide">
        <ItemList
          kind="roles"
          base="/people/roles"
          icon="shield"
          about={t("roles-about")}
          mayChange
          made={(name) => ({ name, permissions: ["agents.read"] })}
          columns={[
            {
              title: t("f-role-permissions"),
              cell: (item) => t("permission-count", { count: listOf(item["permissions"]).length }),
            },
            {
              title: t("second-factor"),
              cell: (item) => (item["require_totp"] === true ? <Badge tone="ok">{t("yes")}</Badge> : "–"),
            },
          ]}
        />
        <Card title={t("roles-built-in")}>
          <Table
            label={t("roles-built-in")}
            rows={BUILT_IN}
            idOf={(role) => role}
            columns={[
              { title: t("name"), cell: (role) => <strong>{t(`role-${role}`)}</strong> },
              { title: t("about"), cell: (role) => t(`role-${role}-about`) },
            ]}
          />
        </Card>
      </div>
    );
  }
  if (BUILT_IN.includes(id)) {
    return <Empty icon="shield" title={t("role-fixed")} />;
  }
  const sections: Section[] = [
    {
      title: "section-basics",
      fields: [
        { path: "name", kind: "text" },
        { path: "require_totp", kind: "check" },
        {
          path: "permissions",
          kind: "choices",
          options: PERMISSIONS.map((value) => ({
            value,
            label: t(`permission-${value.replaceAll(".", "-")}`),
          })),
        },
      ],
    },
  ];
  return (
    <ItemEditor
      key={id}
      kind="roles"
      id={id}
      base="/people/roles"
      form="role"
      mayChange
      sections={sections}
    />
  );
}
