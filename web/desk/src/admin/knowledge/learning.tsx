/** What was asked in vain, what agents answered instead, and what did not help. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, post, type Schemas, segment } from "../../api/index.js";
import { sentence } from "../../api/problem.js";
import {
  Badge,
  Button,
  Card,
  Dialog,
  Empty,
  Loading,
  Notice,
  say,
  sayProblem,
  SelectField,
  Table,
  TextArea,
  TextField,
} from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { moment, number } from "../../texts/when.js";

type Question = Schemas["UnansweredQuestion"];
type Suggestion = Schemas["KnowledgeSuggestion"];

/** The questions without an answer. */
export function Unanswered({ base, onChange }: { base: string; onChange: () => void }): VNode {
  const [state, setState] = useState("open");
  const [questions, setQuestions] = useState<Question[]>();
  const [rated, setRated] = useState<Schemas["BadlyRatedAnswer"][]>([]);
  const [taking, setTaking] = useState<Question>();
  const path = `/knowledge/${segment(base)}/unanswered`;
  const ask = (): Promise<void> =>
    get<Schemas["UnansweredList"]>(path, { state, limit: 200 }).then((answer) => {
      setQuestions(answer.questions);
    }, sayProblem);
  useEffect(() => {
    void ask();
    void get<Schemas["BadlyRatedList"]>(`/knowledge/${segment(base)}/badly-rated`, { limit: 100 }).then(
      (answer) => {
        setRated(answer.answers);
      },
      sayProblem,
    );
  }, [base, state]);
  const decide = async (question: Question, what: "dismiss" | "reopen"): Promise<void> => {
    try {
      await post(`${path}/${segment(question.id)}/${what}`);
      await ask();
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <div class="stack wide">
      <p class="muted">{t("unanswered-about")}</p>
      <div class="filters">
        <SelectField
          label={t("status")}
          value={state}
          onValue={setState}
          options={["open", "taken", "dismissed"].map((value) => ({ value, label: t(`question-${value}`) }))}
        />
      </div>
      {questions === undefined ? (
        <Loading label={t("loading")} />
      ) : questions.length === 0 ? (
        <Empty icon="done" title={t("unanswered-none")} />
      ) : (
        <section class="card flush">
          <Table
            label={t("base-tab-unanswered")}
            rows={questions}
            idOf={({ id }) => id}
            columns={[
              { title: t("group-question"), cell: (one) => <strong dir="auto">{one.text}</strong> },
              { title: t("language"), cell: (one) => <Badge>{one.language}</Badge> },
              { title: t("unanswered-count"), end: true, cell: (one) => number(one.count) },
              { title: t("unanswered-wanted"), end: true, cell: (one) => number(one.wantedAgent) },
              { title: t("unanswered-last"), nowrap: true, cell: (one) => moment(one.lastAt) },
              {
                title: t("unanswered-nearest"),
                cell: (one) => one.candidates[0]?.group ?? "–",
              },
              {
                title: t("actions"),
                end: true,
                cell: (one) =>
                  one.state === "open" ? (
                    <span class="row tight end">
                      <Button
                        small
                        kind="soft"
                        onClick={() => {
                          setTaking(one);
                        }}
                      >
                        {t("take")}
                      </Button>
                      <Button small onClick={() => void decide(one, "dismiss")}>
                        {t("dismiss")}
                      </Button>
                    </span>
                  ) : one.state === "dismissed" ? (
                    <Button small onClick={() => void decide(one, "reopen")}>
                      {t("reopen")}
                    </Button>
                  ) : (
                    (one.group ?? "–")
                  ),
              },
            ]}
          />
        </section>
      )}
      {rated.length > 0 && (
        <Card title={t("badly-rated")}>
          <Table
            label={t("badly-rated")}
            rows={rated}
            idOf={(one) => `${one.conversationId} ${one.at}`}
            columns={[
              { title: t("group-question"), cell: (one) => <span dir="auto">{one.question}</span> },
              { title: t("group"), cell: (one) => one.group ?? "–" },
              { title: t("comment"), cell: (one) => one.comment ?? "–" },
              { title: t("when"), nowrap: true, cell: (one) => moment(one.at) },
            ]}
          />
        </Card>
      )}
      {taking && (
        <Adopt
          title={t("take")}
          question={taking.text}
          answer=""
          language={taking.language}
          group={taking.candidates[0]?.group ?? ""}
          send={(body) => post(`${path}/${segment(taking.id)}/take`, body)}
          onClose={() => {
            setTaking(undefined);
          }}
          onDone={() => {
            setTaking(undefined);
            onChange();
            void ask();
          }}
        />
      )}
    </div>
  );
}

/** What agents answered when the robot could not. */
export function Suggestions({ base, onChange }: { base: string; onChange: () => void }): VNode {
  const [state, setState] = useState("open");
  const [list, setList] = useState<Suggestion[]>();
  const [taking, setTaking] = useState<Suggestion>();
  const path = `/knowledge/${segment(base)}/suggestions`;
  const ask = (): Promise<void> =>
    get<Schemas["SuggestionList"]>(path, { state, limit: 200 }).then((answer) => {
      setList(answer.suggestions);
    }, sayProblem);
  useEffect(() => {
    void ask();
  }, [base, state]);
  const reject = async (one: Suggestion): Promise<void> => {
    try {
      await post(`${path}/${segment(one.id)}/reject`);
      await ask();
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <div class="stack wide">
      <p class="muted">{t("suggestions-about")}</p>
      <div class="filters">
        <SelectField
          label={t("status")}
          value={state}
          onValue={setState}
          options={["open", "approved", "rejected"].map((value) => ({
            value,
            label: t(`suggestion-${value}`),
          }))}
        />
      </div>
      {list === undefined ? (
        <Loading label={t("loading")} />
      ) : list.length === 0 ? (
        <Empty icon="zap" title={t("suggestions-none")} />
      ) : (
        <ul class="cards">
          {list.map((one) => (
            <li key={one.id} class="card">
              <div class="stack">
                <strong dir="auto">{one.question}</strong>
                <p dir="auto" class="quoted">
                  {one.answer}
                </p>
                <div class="row wrap">
                  <Badge>{one.language}</Badge>
                  <span class="hint grow">
                    {t("suggestion-by", { agent: one.agentId, count: one.count, at: moment(one.lastAt) })}
                  </span>
                  {one.state === "open" && (
                    <>
                      <Button
                        small
                        kind="primary"
                        icon="check"
                        onClick={() => {
                          setTaking(one);
                        }}
                      >
                        {t("approve")}
                      </Button>
                      <Button small onClick={() => void reject(one)}>
                        {t("reject-it")}
                      </Button>
                    </>
                  )}
                </div>
              </div>
            </li>
          ))}
        </ul>
      )}
      {taking && (
        <Adopt
          title={t("approve")}
          question={taking.question}
          answer={taking.answer}
          language={taking.language}
          group={taking.group ?? ""}
          send={(body) => post(`${path}/${segment(taking.id)}/approve`, body)}
          onClose={() => {
            setTaking(undefined);
          }}
          onDone={() => {
            setTaking(undefined);
            onChange();
            void ask();
          }}
        />
      )}
    </div>
  );
}

/** Takes a question into the draft, in words that can be changed before. */
function Adopt({
  title,
  question,
  answer,
  language,
  group,
  send,
  onClose,
  onDone,
}: {
  title: string;
  question: string;
  answer: string;
  language: string;
  group: string;
  send: (body: Schemas["AdoptRequest"]) => Promise<unknown>;
  onClose: () => void;
  onDone: () => void;
}): VNode {
  const [given, setGiven] = useState({ question, answer, language, group });
  const [problem, setProblem] = useState<string>();
  const set = (name: keyof typeof given) => (value: string) => {
    setGiven((before) => ({ ...before, [name]: value }));
  };
  const take = async (): Promise<void> => {
    setProblem(undefined);
    try {
      await send({
        question: given.question.trim(),
        answer: given.answer.trim() || null,
        language: given.language.trim(),
        group: given.group.trim() || null,
      });
      say(t("taken-into-draft"));
      onDone();
    } catch (error) {
      setProblem(sentence(error));
    }
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      wide
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button kind="primary" onClick={() => void take()}>
            {t("take-into-draft")}
          </Button>
        </>
      }
    >
      {problem !== undefined && <Notice tone="danger">{problem}</Notice>}
      <TextField label={t("group-question")} value={given.question} onValue={set("question")} />
      <TextArea
        label={t("group-answer")}
        hint={t("take-answer-hint")}
        value={given.answer}
        onValue={set("answer")}
      />
      <TextField label={t("group")} hint={t("take-group-hint")} value={given.group} onValue={set("group")} />
      <TextField label={t("language")} value={given.language} onValue={set("language")} />
    </Dialog>
  );
}
