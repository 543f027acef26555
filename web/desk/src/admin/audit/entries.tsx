/** Records of the audit log as a table. */

import { type VNode } from "preact";

import { type Schemas } from "../../api/index.js";
import { Badge, Table } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { moment, number } from "../../texts/when.js";
import { isItem } from "../config.js";

type Entry = Schemas["AuditRecord"];

/** The table. */
export function Entries({ entries }: { entries: readonly Entry[] }): VNode {
  return (
    <Table
      label={t("page-audit")}
      rows={entries}
      idOf={(entry) => String(entry.number)}
      columns={[
        { title: t("audit-number"), end: true, cell: (entry) => number(entry.number) },
        { title: t("when"), cell: (entry) => <span class="nowrap">{moment(entry.at)}</span> },
        {
          title: t("audit-actor"),
          cell: ({ actor, address }) => (
            <>
              {actor.id !== "" && <strong>{actor.id}</strong>}
              <span class="hint block nowrap">
                {[t(`actor-${actor.kind}`), address].filter(Boolean).join(" · ")}
              </span>
            </>
          ),
        },
        { title: t("audit-action"), cell: (entry) => <code>{entry.action}</code> },
        {
          title: t("audit-target"),
          cell: ({ target }) =>
            target === null ? (
              "–"
            ) : (
              <>
                <span class="wrapped">{target.id}</span>
                <span class="hint block">{target.kind}</span>
              </>
            ),
        },
        {
          title: t("audit-outcome"),
          cell: (entry) =>
            entry.outcome === "done" ? (
              <Badge tone="ok">{t("audit-done")}</Badge>
            ) : (
              <Badge tone="danger">{entry.code ?? t("audit-refused")}</Badge>
            ),
        },
        { title: t("audit-detail"), cell: (entry) => <Detail entry={entry} /> },
      ]}
    />
  );
}

/** What changed, if something did; all else as it was recorded, and the hash. */
function Detail({ entry }: { entry: Entry }): VNode {
  const { changed, ...rest } = entry.detail;
  const changes = isItem(changed) ? Object.entries(changed) : [];
  return (
    <details class="detail">
      <summary>
        {changes.length === 0 ? t("audit-show") : t("audit-changes", { count: changes.length })}
      </summary>
      {changes.length > 0 && (
        <dl class="changes">
          {changes.map(([name, change]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Change change={change} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {Object.keys(rest).length > 0 && <pre class="raw">{JSON.stringify(rest, null, 2)}</pre>}
      <div class="hint wrapped">{t("audit-hash", { hash: entry.hash })}</div>
    </details>
  );
}

/** What a value was and is; of secrets only that it is another. */
function Change({ change }: { change: unknown }): VNode {
  if (!isItem(change) || !("before" in change || "after" in change)) {
    return <code>{written(change)}</code>;
  }
  return (
    <>
      <code class="minus">{written(change["before"])}</code> →{" "}
      <code class="plus">{written(change["after"])}</code>
    </>
  );
}

function written(value: unknown): string {
  return value === undefined || value === null
    ? "–"
    : typeof value === "string"
      ? value
      : JSON.stringify(value);
}
