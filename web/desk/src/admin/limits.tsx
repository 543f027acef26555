/** What the tenant may have and do, and how long its data are kept. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, type Schemas } from "../api/index.js";
import { may, me } from "../shell/session.js";
import { Badge, Card, Loading, Notice, sayProblem, Table } from "../shell/ui/index.js";
import { Meter } from "../supervisor/parts.js";
import { t } from "../texts/index.js";
import { number } from "../texts/when.js";
import { ItemEditor } from "./editor.js";

const BYTES = ["B", "kB", "MB", "GB", "TB"];

function amount(name: string, value: number): string {
  if (!name.endsWith("_bytes")) {
    return number(value);
  }
  const power = value === 0 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log10(value) / 3));
  return `${number(value / 1000 ** power)} ${BYTES[power] ?? ""}`;
}

/** What the operator grants, and how long data are kept. */
export function Limits(): VNode {
  const [answer, setAnswer] = useState<Schemas["LimitsAnswer"]>();
  useEffect(() => {
    void get<Schemas["LimitsAnswer"]>("/limits").then(setAnswer, sayProblem);
  }, []);
  if (!answer) {
    return <Loading label={t("loading")} />;
  }
  const callers = [
    { who: t("limits-customer"), of: answer.customer },
    { who: t("limits-app"), of: answer.app },
  ];
  return (
    <div class="stack wide">
      <p class="muted">{t("limits-about")}</p>
      {!answer.enabled && <Notice icon="info">{t("limits-off")}</Notice>}
      <Card title={t("limits-tenant")}>
        <Table
          label={t("limits-tenant")}
          rows={answer.tenant}
          idOf={({ name }) => name}
          columns={[
            { title: t("name"), cell: ({ name }) => t(`limit-${name}`) },
            { title: t("limits-used"), end: true, cell: ({ name, used }) => amount(name, used) },
            {
              title: t("limits-most"),
              end: true,
              cell: ({ name, most }) => (most === null ? t("limits-none") : amount(name, most)),
            },
            {
              title: t("limits-share"),
              cell: ({ name, most, used }) =>
                most === null ? (
                  "–"
                ) : (
                  <Meter used={used} most={most} label={`${amount(name, used)} / ${amount(name, most)}`} />
                ),
            },
            {
              title: t("limits-source"),
              cell: ({ source }) => (
                <Badge tone={source === "tenant" ? "accent" : "neutral"}>
                  {t(`limits-source-${source}`)}
                </Badge>
              ),
            },
          ]}
        />
      </Card>
      <Card title={t("limits-callers")}>
        <Table
          label={t("limits-callers")}
          rows={callers}
          idOf={({ who }) => who}
          columns={[
            { title: t("name"), cell: ({ who }) => who },
            ...(["pollsPerSecond", "sendsPerSecond", "tokensPerSecond", "connections"] as const).map(
              (name) => ({
                title: t(`limit-${name}`),
                end: true,
                cell: ({ of }: (typeof callers)[number]) => number(of[name]),
              }),
            ),
          ]}
        />
      </Card>
      <Retention />
    </div>
  );
}

/** Classes of data that can be kept for a number of days, and the fewest. */
const KEPT = { conversations: 1, files: 1, audit_log: 30, report_rows: 1, deliveries: 1 };
const MOST_DAYS = 36_500;

/** How long data are kept. */
function Retention(): VNode {
  return (
    <ItemEditor
      kind="tenants"
      id={me.value?.tenant ?? ""}
      form="company"
      mayChange={may("config.write")}
      mayRemove={false}
      sections={[
        {
          title: "section-retention",
          fields: Object.entries(KEPT).map(([name, min]) => ({
            path: `retention.${name}`,
            kind: "number",
            min,
            max: MOST_DAYS,
            hint: true,
          })),
        },
      ]}
    />
  );
}
