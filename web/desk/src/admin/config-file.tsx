/** Everything configured as one file: shown, compared, applied. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Problem, raw, type Schemas } from "../api/index.js";
import { sentence } from "../api/problem.js";
import { may, me } from "../shell/session.js";
import {
  Badge,
  Button,
  Card,
  Check,
  confirmed,
  Loading,
  Notice,
  say,
  sayProblem,
  TextArea,
} from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { isItem, type Item, textOf } from "./config.js";

type Answer = Schemas["ConfigFileAnswer"];

/** The file. */
export function ConfigFile(): VNode {
  const [now, setNow] = useState<string>();
  const [text, setText] = useState("");
  const [prune, setPrune] = useState(false);
  const [answer, setAnswer] = useState<Answer>();
  const [problems, setProblems] = useState<Item[]>([]);
  const [isBusy, setBusy] = useState(false);
  const load = async (): Promise<void> => {
    const file = await (await raw("GET", "/config-file")).text();
    setNow(file);
    setText(file);
  };
  useEffect(() => {
    void load().catch(sayProblem);
  }, []);
  const send = async (dryRun: boolean): Promise<void> => {
    setBusy(true);
    setProblems([]);
    try {
      const body = new Blob([text], { type: "application/toml" });
      const response = await raw("POST", "/config-file", { body, query: { dryRun, prune } });
      const told = (await response.json()) as Answer;
      setAnswer(told);
      if (told.applied) {
        say(t("file-applied", { count: told.changes.length }));
        await load();
      }
    } catch (error) {
      setAnswer(undefined);
      const found = error instanceof Problem ? error.body["problems"] : undefined;
      if (Array.isArray(found)) {
        setProblems(found.filter(isItem));
      } else {
        setProblems([{ why: sentence(error) }]);
      }
    } finally {
      setBusy(false);
    }
  };
  const apply = async (): Promise<void> => {
    if (await confirmed(t("file-apply"), t("file-apply-sure"), t("file-apply"))) {
      await send(false);
    }
  };
  if (now === undefined) {
    return <Loading label={t("loading")} />;
  }
  const mayWrite = may("config.write");
  return (
    <div class="stack wide">
      <p class="muted">{t("file-about")}</p>
      <Card
        title={t("settings-file")}
        actions={
          <>
            <Button
              icon="download"
              onClick={() => {
                download(now);
              }}
            >
              {t("file-download")}
            </Button>
            {mayWrite && (
              <label class="btn upload">
                {t("file-upload")}
                <input
                  type="file"
                  accept=".toml,text/plain"
                  class="unseen"
                  onChange={(event) => {
                    const [file] = event.currentTarget.files ?? [];
                    void file?.text().then((read) => {
                      setText(read);
                      setAnswer(undefined);
                    });
                  }}
                />
              </label>
            )}
          </>
        }
      >
        <div class="stack">
          <div class="code">
            <TextArea
              label={t("file-text")}
              rows={22}
              spellcheck={false}
              readOnly={!mayWrite}
              value={text}
              onValue={(typed) => {
                setText(typed);
                setAnswer(undefined);
              }}
            />
          </div>
          {mayWrite && (
            <div class="row wrap">
              <Check label={t("file-prune")} checked={prune} onValue={setPrune} />
              <span class="grow" />
              <Button busy={isBusy} onClick={() => void send(true)}>
                {t("file-compare")}
              </Button>
              <Button
                kind="primary"
                disabled={answer === undefined || answer.changes.length === 0 || answer.applied}
                onClick={() => void apply()}
              >
                {t("file-apply")}
              </Button>
            </div>
          )}
          {problems.length > 0 && (
            <Notice tone="danger" icon="alert">
              <ul>
                {problems.map((problem, index) => (
                  <li key={index}>{toldProblem(problem)}</li>
                ))}
              </ul>
            </Notice>
          )}
        </div>
      </Card>
      {answer && <Differences answer={answer} />}
    </div>
  );
}

function toldProblem(problem: Item): string {
  const place = [textOf(problem["kind"]), textOf(problem["id"]), textOf(problem["field"])]
    .filter(Boolean)
    .join(".");
  const line = textOf(problem["line"]);
  return [line === "" ? "" : t("file-line", { line }), place, textOf(problem["why"])]
    .filter(Boolean)
    .join(": ");
}

function Differences({ answer }: { answer: Answer }): VNode {
  const tones = { add: "ok", change: "accent", remove: "danger" } as const;
  return (
    <Card title={answer.applied ? t("file-was-applied") : t("file-differences")}>
      <div class="stack">
        {answer.changes.length === 0 && <p class="muted">{t("file-same")}</p>}
        {answer.changes.map((change) => (
          <div key={`${change.kind} ${change.id}`} class="diff">
            <div class="row tight">
              <Badge tone={tones[change.change]}>{t(`file-${change.change}`)}</Badge>
              <strong>
                {change.kind} {change.id}
              </strong>
            </div>
            <pre class="diff-lines">
              {change.diff.split("\n").map((line, index) => (
                <span key={index} class={line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : ""}>
                  {`${line}\n`}
                </span>
              ))}
            </pre>
          </div>
        ))}
        {answer.kept.length > 0 && (
          <Notice icon="info">
            {t("file-kept")} {answer.kept.map(({ kind, id }) => `${kind} ${id}`).join(", ")}
          </Notice>
        )}
        {answer.secretsToSet.length > 0 && (
          <Notice tone="warn" icon="key">
            {t("file-secrets")}{" "}
            {answer.secretsToSet.map(({ kind, id, field }) => `${kind} ${id}: ${field}`).join(", ")}
          </Notice>
        )}
      </div>
    </Card>
  );
}

function download(text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/toml" }));
  link.download = `${me.value?.tenant ?? "frontdesk"}.toml`;
  link.click();
  URL.revokeObjectURL(link.href);
}
