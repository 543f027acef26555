/** The test bench: what the robot would say, and why. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, post, put, type Schemas, segment } from "../../api/index.js";
import { may } from "../../shell/session.js";
import {
  Badge,
  Button,
  Card,
  IconButton,
  Notice,
  say,
  sayProblem,
  SelectField,
  Table,
  TextField,
} from "../../shell/ui/index.js";
import { t, words } from "../../texts/index.js";
import { percent } from "../../texts/when.js";

const TONES = { clear: "ok", near: "warn", miss: "danger" } as const;

/** Questions asked by hand, and those that are kept. */
export function Bench({ base }: { base: string }): VNode {
  return (
    <div class="stack wide">
      <Card title={t("bench-ask")}>
        <Ask base={base} />
      </Card>
      <Card title={t("bench-tests")}>
        <Tests base={base} />
      </Card>
    </div>
  );
}

/** Asks what the robot would say. */
export function Ask({ base, version }: { base: string; version?: "live" | "draft" }): VNode {
  const [given, setGiven] = useState<{ text: string; language: string; version: string }>({
    text: "",
    language: words.value.language,
    version: version ?? "draft",
  });
  const [answer, setAnswer] = useState<Schemas["AskAnswer"]>();
  const [isBusy, setBusy] = useState(false);
  const ask = async (): Promise<void> => {
    setBusy(true);
    try {
      const body: Schemas["AskRequest"] = {
        text: given.text,
        language: given.language.trim() || null,
        version: given.version,
      };
      setAnswer(await post<Schemas["AskAnswer"]>(`/knowledge/${segment(base)}/ask`, body));
    } catch (error) {
      sayProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <TextField
        label={t("bench-question")}
        value={given.text}
        required
        onValue={(text) => {
          setGiven({ ...given, text });
        }}
      />
      <div class="filters">
        <TextField
          label={t("language")}
          value={given.language}
          onValue={(language) => {
            setGiven({ ...given, language });
          }}
        />
        {version === undefined && (
          <SelectField
            label={t("version")}
            value={given.version}
            options={["draft", "live"].map((value) => ({ value, label: t(`version-${value}`) }))}
            onValue={(chosen) => {
              setGiven({ ...given, version: chosen === "live" ? "live" : "draft" });
            }}
          />
        )}
        <Button type="submit" kind="primary" icon="robot" busy={isBusy} disabled={given.text.trim() === ""}>
          {t("bench-do")}
        </Button>
      </div>
      {answer && <Answer answer={answer} />}
    </form>
  );
}

function Answer({ answer }: { answer: Schemas["AskAnswer"] }): VNode {
  return (
    <div class="stack" aria-live="polite">
      <div class="row">
        <Badge tone={TONES[answer.hit]}>{t(`hit-${answer.hit}`)}</Badge>
        <span class="hint">{t(`hit-${answer.hit}-about`)}</span>
      </div>
      {answer.answer != null && (
        <div class="said robot">
          <div class="said-text" dir="auto">
            {answer.answer}
          </div>
        </div>
      )}
      {answer.similar.length > 0 && (
        <Notice icon="info">
          {t("bench-similar")} {answer.similar.join(" · ")}
        </Notice>
      )}
      {answer.candidates.length > 0 && (
        <Table
          label={t("bench-candidates")}
          rows={answer.candidates}
          idOf={(one) => `${one.group} ${one.language}`}
          columns={[
            {
              title: t("group"),
              cell: (one) => (
                <>
                  <strong>{one.question}</strong>
                  <span class="hint block">
                    {one.group} · {one.language}
                  </span>
                </>
              ),
            },
            {
              title: t("bench-score"),
              end: true,
              cell: (one) => (
                <Badge tone={one.score >= one.clearFrom ? "ok" : "neutral"}>{percent(one.score)}</Badge>
              ),
            },
            { title: t("bench-clear-from"), end: true, cell: (one) => percent(one.clearFrom) },
            {
              title: t("bench-terms"),
              cell: (one) => (
                <span class="row tight wrap">
                  {one.matched.slice(0, 8).map((term) => (
                    <Badge key={`${term.term} ${term.asked}`}>
                      {term.asked === term.term ? term.term : `${term.asked} → ${term.term}`}
                    </Badge>
                  ))}
                </span>
              ),
            },
          ]}
        />
      )}
    </div>
  );
}

/** The questions that are kept, with the groups that are to answer. */
function Tests({ base }: { base: string }): VNode {
  const [tests, setTests] = useState<Schemas["TestQuestion"][]>([]);
  const [isChanged, setChanged] = useState(false);
  const [outcome, setOutcome] = useState<Schemas["RunTestsAnswer"]>();
  const [isBusy, setBusy] = useState(false);
  const path = `/knowledge/${segment(base)}/tests`;
  const mayChange = may("knowledge.manage");
  useEffect(() => {
    void get<Schemas["TestList"]>(path).then((answer) => {
      setTests(answer.tests);
    }, sayProblem);
  }, [path]);
  const change = (to: Schemas["TestQuestion"][]): void => {
    setTests(to);
    setChanged(true);
    setOutcome(undefined);
  };
  const set = (index: number, what: Partial<Schemas["TestQuestion"]>): void => {
    change(tests.map((one, place) => (place === index ? { ...one, ...what } : one)));
  };
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      if (isChanged) {
        const kept = tests.filter(({ question }) => question.trim() !== "");
        const answer = await put<Schemas["TestList"]>(path, { tests: kept });
        setTests(answer.tests);
        setChanged(false);
      }
      const found = await post<Schemas["RunTestsAnswer"]>(`${path}/run`);
      setOutcome(found);
      say(
        t("bench-ran", { passed: found.passed, failed: found.failed }),
        found.failed > 0 ? "error" : "success",
      );
    } catch (error) {
      sayProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="stack">
      <p class="muted">{t("bench-tests-about")}</p>
      {outcome && outcome.broken > 0 && (
        <Notice tone="danger" icon="warning">
          {t("bench-broken", { count: outcome.broken })}
        </Notice>
      )}
      {tests.map((test, index) => {
        const result = outcome?.results[index];
        return (
          <div class="group-row" key={index}>
            <TextField
              label={t("bench-question")}
              value={test.question}
              disabled={!mayChange}
              onValue={(question) => {
                set(index, { question });
              }}
            />
            <TextField
              label={t("bench-expected")}
              placeholder={t("bench-expected-none")}
              value={test.expected ?? ""}
              disabled={!mayChange}
              onValue={(expected) => {
                set(index, { expected: expected.trim() === "" ? null : expected.trim() });
              }}
            />
            <TextField
              label={t("language")}
              value={test.language ?? ""}
              disabled={!mayChange}
              onValue={(language) => {
                set(index, { language: language.trim() === "" ? null : language.trim() });
              }}
            />
            {result && (
              <Badge tone={result.draft.passed ? "ok" : "danger"}>
                {t(result.draft.passed ? "test-passed" : "test-failed")}
              </Badge>
            )}
            {mayChange && (
              <IconButton
                icon="remove"
                label={t("remove")}
                onClick={() => {
                  change(tests.filter((_, place) => place !== index));
                }}
              />
            )}
          </div>
        );
      })}
      <div class="row">
        {mayChange && (
          <Button
            icon="plus"
            onClick={() => {
              change([...tests, { question: "", language: words.value.language }]);
            }}
          >
            {t("bench-add")}
          </Button>
        )}
        <Button
          kind="primary"
          icon="play"
          busy={isBusy}
          disabled={tests.length === 0}
          onClick={() => void run()}
        >
          {t(isChanged ? "bench-save-run" : "bench-run")}
        </Button>
      </div>
    </div>
  );
}
