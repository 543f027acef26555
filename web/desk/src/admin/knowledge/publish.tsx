/** From the draft to what robots say, and back. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, post, type Schemas, segment } from "../../api/index.js";
import { may } from "../../shell/session.js";
import {
  Badge,
  Button,
  Card,
  confirmed,
  Empty,
  Loading,
  say,
  sayProblem,
  Table,
  TextField,
} from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { moment, number } from "../../texts/when.js";
import { type Base } from "./knowledge-page.js";

/** What the draft changes, and the versions that were published. */
export function Publish({ base, onChange }: { base: Base; onChange: () => void }): VNode {
  const [differences, setDifferences] = useState<Schemas["Difference"][]>();
  const [versions, setVersions] = useState<Schemas["Version"][]>([]);
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const path = `/knowledge/${segment(base.id)}`;
  const { draftVersion, liveVersion } = base;
  useEffect(() => {
    void Promise.all([
      get<Schemas["DifferenceList"]>(`${path}/diff`),
      get<Schemas["VersionList"]>(`${path}/versions`),
    ]).then(([found, published]) => {
      setDifferences(found.differences);
      setVersions(published.versions);
    }, sayProblem);
  }, [path, draftVersion, liveVersion]);
  const act = async (what: () => Promise<unknown>, done: string): Promise<void> => {
    setBusy(true);
    try {
      await what();
      say(done);
      setNote("");
      onChange();
    } catch (error) {
      sayProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const publish = (): Promise<void> =>
    act(() => post(`${path}/publish`, { draftVersion, note: note.trim() }), t("published"));
  const discard = async (): Promise<void> => {
    if (await confirmed(t("discard-draft"), t("discard-sure"), t("discard-draft"))) {
      await act(() => post(`${path}/discard`), t("discarded"));
    }
  };
  const back = async (version: number): Promise<void> => {
    if (await confirmed(t("rollback"), t("rollback-sure", { version }), t("rollback"))) {
      await act(() => post(`${path}/rollback`, { version }), t("rolled-back"));
    }
  };
  const isManager = may("knowledge.manage");
  const mayPublish = may("knowledge.publish");
  return (
    <div class="stack wide">
      <Card title={t("draft-changes")}>
        {differences === undefined ? (
          <Loading label={t("loading")} />
        ) : differences.length === 0 ? (
          <Empty icon="done" title={t("draft-same")} />
        ) : (
          <div class="stack">
            <ul class="differences">
              {differences.map((one) => (
                <li key={one.id}>
                  <Changed one={one} />
                </li>
              ))}
            </ul>
            <div class="filters">
              {mayPublish && (
                <>
                  <TextField label={t("publish-note")} value={note} maxLength={200} onValue={setNote} />
                  <Button kind="primary" icon="upload" busy={isBusy} onClick={() => void publish()}>
                    {t("publish")}
                  </Button>
                </>
              )}
              {isManager && (
                <Button kind="danger" disabled={isBusy} onClick={() => void discard()}>
                  {t("discard-draft")}
                </Button>
              )}
            </div>
          </div>
        )}
      </Card>
      <Card title={t("versions")}>
        {versions.length === 0 ? (
          <p class="muted">{t("versions-none")}</p>
        ) : (
          <Table
            label={t("versions")}
            rows={versions}
            idOf={({ version }) => String(version)}
            columns={[
              {
                title: t("version"),
                cell: ({ version }) => (
                  <span class="row tight">
                    <strong>{number(version)}</strong>
                    {version === liveVersion && <Badge tone="ok">{t("live")}</Badge>}
                  </span>
                ),
              },
              { title: t("when"), nowrap: true, cell: ({ at }) => moment(at) },
              { title: t("who"), cell: ({ by }) => by ?? "–" },
              { title: t("publish-note"), cell: ({ note }) => note || "–" },
              { title: t("base-groups"), end: true, cell: ({ groups }) => number(groups) },
              {
                title: t("actions"),
                end: true,
                cell: ({ version }) =>
                  mayPublish && version !== liveVersion ? (
                    <Button small icon="undo" onClick={() => void back(version)}>
                      {t("rollback")}
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </Card>
    </div>
  );
}

function Changed({ one }: { one: Schemas["Difference"] }): VNode {
  const tones = { added: "ok", changed: "accent", removed: "danger" } as const;
  const text = (group: Schemas["KnowledgeGroup"] | null | undefined): string =>
    (group?.texts ?? [])
      .map(({ language, questions, answer }) => `[${language}] ${questions.join(" · ")}\n${answer}`)
      .join("\n\n");
  const [before, after] = [text(one.before), text(one.after)];
  return (
    <details class="difference">
      <summary>
        <Badge tone={tones[one.kind]}>{t(`group-${one.kind}`)}</Badge>{" "}
        <strong>{(one.after ?? one.before)?.texts[0]?.questions[0] ?? one.id}</strong>{" "}
        <span class="hint">{one.id}</span>
      </summary>
      <div class="sides">
        {before !== "" && <pre class="side minus">{before}</pre>}
        {after !== "" && <pre class="side plus">{after}</pre>}
      </div>
    </details>
  );
}
