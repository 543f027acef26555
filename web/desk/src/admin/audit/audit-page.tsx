/** The audit log: who did what, and whether somebody changed it. */

import "../admin.css";

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { address, get, type Schemas } from "../../api/index.js";
import {
  Button,
  Empty,
  Icon,
  Loading,
  Notice,
  Page,
  sayProblem,
  SelectField,
  TextField,
} from "../../shell/ui/index.js";
import { sentence } from "../../api/problem.js";
import { t } from "../../texts/index.js";
import { Entries } from "./entries.js";
import { Verify } from "./verify.js";

type Answer = Schemas["AuditList"];

const ACTORS = ["person", "key", "operator", "app", "system", "unknown"];
/** What actions begin with; the names of their texts are the same without the dot. */
const ACTIONS = [
  "agent.",
  "app.",
  "password.",
  "totp.",
  "session.",
  "key.",
  "config.",
  "tenant.",
  "knowledge.",
  "push.",
  "customer.",
  "transcript.",
  "file.",
  "search",
  "report.",
  "supervise.",
  "audit.",
  "admin.",
  "keys.",
  "store.",
];
const NOTHING = { actor: "", actorKind: "", action: "", target: "", from: "", to: "" };
/** Until somebody has stopped typing. */
const PAUSE_MS = 250;

export default function AuditPage(): VNode {
  const [asked, setAsked] = useState(NOTHING);
  const [found, setFound] = useState<Answer>();
  const [problem, setProblem] = useState<string>();
  const [isVerifying, setVerifying] = useState(false);
  const query = (cursor?: string): Record<string, string | number | undefined> => ({
    actor: asked.actor.trim(),
    actorKind: asked.actorKind,
    action: asked.action,
    target: asked.target.trim(),
    from: momentOf(asked.from),
    to: momentOf(asked.to),
    limit: 100,
    cursor,
  });
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      get<Answer>("/audit", query(), abort.signal).then(
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
  }, [asked]);
  const more = async (): Promise<void> => {
    try {
      const answer = await get<Answer>("/audit", query(found?.nextCursor ?? undefined));
      setFound({ ...answer, records: [...(found?.records ?? []), ...answer.records] });
    } catch (error) {
      sayProblem(error);
    }
  };
  const range = { from: momentOf(asked.from), to: momentOf(asked.to) };
  return (
    <Page
      title={t("page-audit")}
      about={t("audit-about")}
      actions={
        <>
          <Button
            icon="shield"
            onClick={() => {
              setVerifying(true);
            }}
          >
            {t("audit-verify")}
          </Button>
          <a class="btn" href={address("/audit/export", range)} download="audit.jsonl">
            <Icon name="download" />
            {t("export")}
          </a>
        </>
      }
    >
      <Filters asked={asked} onAsk={setAsked} />
      {problem !== undefined && (
        <Notice tone="danger" icon="alert">
          {problem}
        </Notice>
      )}
      {found === undefined ? (
        problem === undefined && <Loading label={t("loading")} />
      ) : found.records.length === 0 ? (
        <section class="card">
          <Empty icon="log" title={t("audit-nothing")}>
            <Button
              onClick={() => {
                setAsked(NOTHING);
              }}
            >
              {t("audit-all")}
            </Button>
          </Empty>
        </section>
      ) : (
        <section class="card flush">
          <Entries entries={found.records} />
          {found.nextCursor !== null && (
            <div class="more">
              <Button onClick={() => void more()}>{t("load-more")}</Button>
            </div>
          )}
        </section>
      )}
      {isVerifying && (
        <Verify
          onClose={() => {
            setVerifying(false);
          }}
        />
      )}
    </Page>
  );
}

function Filters({ asked, onAsk }: { asked: typeof NOTHING; onAsk: (asked: typeof NOTHING) => void }): VNode {
  const set = (name: keyof typeof asked) => (value: string) => {
    onAsk({ ...asked, [name]: value });
  };
  return (
    <div class="filters">
      <TextField label={t("audit-actor")} type="search" value={asked.actor} onValue={set("actor")} />
      <SelectField
        label={t("audit-actor-kind")}
        value={asked.actorKind}
        onValue={set("actorKind")}
        options={[
          { value: "", label: t("every") },
          ...ACTORS.map((value) => ({ value, label: t(`actor-${value}`) })),
        ]}
      />
      <SelectField
        label={t("audit-action")}
        value={asked.action}
        onValue={set("action")}
        options={[
          { value: "", label: t("every") },
          ...ACTIONS.map((value) => ({ value, label: t(`acts-${value.replace(".", "")}`) })),
        ]}
      />
      <TextField label={t("audit-target")} type="search" value={asked.target} onValue={set("target")} />
      <TextField label={t("reports-from")} type="datetime-local" value={asked.from} onValue={set("from")} />
      <TextField label={t("reports-to")} type="datetime-local" value={asked.to} onValue={set("to")} />
    </div>
  );
}

function momentOf(text: string): number | undefined {
  const at = new Date(text).getTime();
  return text === "" || Number.isNaN(at) ? undefined : at;
}
