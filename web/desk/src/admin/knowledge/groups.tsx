/** The groups of a draft: matters with the ways to ask for them and their answers. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, put, remove, Problem, type Schemas, segment } from "../../api/index.js";
import { sentence } from "../../api/problem.js";
import { go } from "../../shell/route.js";
import { may } from "../../shell/session.js";
import {
  Badge,
  Button,
  Card,
  Check,
  confirmed,
  Empty,
  Icon,
  IconButton,
  Link,
  Loading,
  Notice,
  say,
  sayProblem,
  Table,
  TextArea,
  TextField,
} from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";

type Group = Schemas["KnowledgeGroup"];
type Text = Schemas["KnowledgeText"];
/** What stands in the address for a group that is not there yet. */
const NEW = "+";

/** The list, or one of them. */
export function Groups({
  base,
  group,
  onChange,
}: {
  base: string;
  group: string | undefined;
  onChange: () => void;
}): VNode {
  return group === undefined ? (
    <List base={base} />
  ) : (
    <Editor key={group} base={base} id={group} onChange={onChange} />
  );
}

const placeOf = (base: string): string => `/knowledge/${encodeURIComponent(base)}/groups`;

function List({ base }: { base: string }): VNode {
  const [text, setText] = useState("");
  const [language, setLanguage] = useState("");
  const [groups, setGroups] = useState<Group[]>();
  const [next, setNext] = useState<string>();
  const ask = (after?: string, abort?: AbortSignal): Promise<Schemas["KnowledgeGroupList"]> =>
    get(
      `/knowledge/${segment(base)}/groups`,
      { text: text.trim(), language: language.trim(), limit: 100, after },
      abort,
    );
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      ask(undefined, abort.signal).then(
        (answer) => {
          setGroups(answer.groups);
          setNext(answer.next ?? undefined);
        },
        (error: unknown) => {
          if (!abort.signal.aborted) {
            sayProblem(error);
          }
        },
      );
    }, 200);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [base, text, language]);
  const more = async (): Promise<void> => {
    const answer = await ask(next);
    setGroups([...(groups ?? []), ...answer.groups]);
    setNext(answer.next ?? undefined);
  };
  return (
    <div class="stack wide">
      <div class="filters">
        <TextField label={t("group-find")} type="search" value={text} onValue={setText} />
        <TextField label={t("language")} placeholder="en" value={language} onValue={setLanguage} />
        <span class="grow" />
        {may("knowledge.manage") && (
          <Link to={`${placeOf(base)}/${NEW}`} class="btn primary">
            <Icon name="plus" />
            {t("new-group")}
          </Link>
        )}
      </div>
      {groups === undefined ? (
        <Loading label={t("loading")} />
      ) : groups.length === 0 ? (
        <Empty icon="book" title={t("groups-none")} />
      ) : (
        <section class="card flush">
          <Table
            label={t("base-tab-groups")}
            rows={groups}
            idOf={({ id }) => id}
            columns={[
              {
                title: t("group-question"),
                cell: (group) => (
                  <Link to={`${placeOf(base)}/${encodeURIComponent(group.id)}`} class="item-link">
                    <strong>{group.texts[0]?.questions[0] ?? group.id}</strong>
                    <span class="hint block">{group.id}</span>
                  </Link>
                ),
              },
              {
                title: t("group-answer"),
                cell: (group) => <span class="clamped">{group.texts[0]?.answer}</span>,
              },
              {
                title: t("languages"),
                cell: (group) => (
                  <span class="row tight">
                    {group.texts.map((one) => (
                      <Badge key={one.language}>{one.language}</Badge>
                    ))}
                  </span>
                ),
              },
              { title: t("group-category"), cell: (group) => group.category ?? "–" },
              {
                title: t("status"),
                cell: (group) =>
                  group.enabled ? <Badge tone="ok">{t("group-on")}</Badge> : <Badge>{t("group-off")}</Badge>,
              },
            ]}
          />
          {next !== undefined && (
            <div class="more">
              <Button onClick={() => void more().catch(sayProblem)}>{t("load-more")}</Button>
            </div>
          )}
        </section>
      )}
    </div>
  );
}

interface Draft {
  id: string;
  version: number | undefined;
  enabled: boolean;
  category: string;
  tags: string;
  texts: Text[];
}

const EMPTY: Draft = {
  id: "",
  version: undefined,
  enabled: true,
  category: "",
  tags: "",
  texts: [{ language: "en", questions: [""], answer: "" }],
};

function draftOf(group: Group): Draft {
  return {
    id: group.id,
    version: group.version ?? undefined,
    enabled: group.enabled,
    category: group.category ?? "",
    tags: group.tags.join(", "),
    texts: group.texts,
  };
}

function Editor({ base, id, onChange }: { base: string; id: string; onChange: () => void }): VNode {
  const isNew = id === NEW;
  const mayChange = may("knowledge.manage");
  const [draft, setDraft] = useState<Draft | undefined>(isNew ? EMPTY : undefined);
  const [seen, setSeen] = useState<Group>();
  const [problem, setProblem] = useState<string>();
  const [duplicates, setDuplicates] = useState<Schemas["Duplicate"][]>([]);
  const [isBusy, setBusy] = useState(false);
  const path = `/knowledge/${segment(base)}/groups`;
  const load = async (): Promise<void> => {
    const group = await get<Group>(`${path}/${segment(id)}`);
    setSeen(group);
    setDraft(draftOf(group));
  };
  useEffect(() => {
    if (!isNew) {
      void load().catch(sayProblem);
    }
  }, [base, id]);
  if (!draft) {
    return <Loading label={t("loading")} />;
  }
  const set = (change: Partial<Draft>): void => {
    setDraft({ ...draft, ...change });
  };
  const name = isNew ? draft.id.trim() || idFrom(draft.texts[0]?.questions[0] ?? "") : id;
  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const body: Schemas["PutGroupRequest"] = {
        texts: draft.texts.map((one) => ({
          ...one,
          questions: one.questions.map((question) => question.trim()).filter(Boolean),
        })),
        enabled: draft.enabled,
        category: draft.category.trim() || null,
        tags: draft.tags
          .split(",")
          .map((tag) => tag.trim())
          .filter(Boolean),
        from: seen?.from ?? null,
        until: seen?.until ?? null,
        ...(draft.version !== undefined && { version: draft.version }),
      };
      const answer = await put<Schemas["PutGroupAnswer"]>(`${path}/${segment(name)}`, body);
      say(t("group-saved"));
      setDuplicates(answer.duplicates);
      setSeen(answer.group);
      setDraft(draftOf(answer.group));
      onChange();
      if (isNew) {
        go(`${placeOf(base)}/${encodeURIComponent(name)}`, { replace: true });
      }
    } catch (error) {
      setProblem(
        error instanceof Problem && error.code === "GROUP_CHANGED" ? t("changed-meanwhile") : sentence(error),
      );
    } finally {
      setBusy(false);
    }
  };
  const takeAway = async (): Promise<void> => {
    if (!(await confirmed(t("remove"), t("remove-sure", { name: id }), t("remove")))) {
      return;
    }
    try {
      await remove(`${path}/${segment(id)}`);
      onChange();
      go(placeOf(base));
    } catch (error) {
      sayProblem(error);
    }
  };
  const setText = (index: number, change: Partial<Text>): void => {
    set({ texts: draft.texts.map((one, place) => (place === index ? { ...one, ...change } : one)) });
  };
  return (
    <form
      class="editor-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="row">
        <Link to={placeOf(base)} class="btn plain small">
          <Icon name="back" mirrored />
          {t("go-back")}
        </Link>
        <span class="grow" />
        {!isNew && mayChange && (
          <Button small kind="danger" icon="remove" onClick={() => void takeAway()}>
            {t("remove")}
          </Button>
        )}
      </div>
      {problem !== undefined && (
        <Notice tone="danger" icon="alert">
          {problem}
        </Notice>
      )}
      {duplicates.length > 0 && (
        <Notice tone="warn" icon="warning">
          {t("group-duplicates")}{" "}
          {duplicates.map(({ question, group }) => `${question} (${group})`).join(", ")}
        </Notice>
      )}
      {draft.texts.map((one, index) => (
        <Card
          key={index}
          title={one.language === "" ? t("language") : one.language}
          actions={
            draft.texts.length > 1 &&
            mayChange && (
              <IconButton
                icon="remove"
                label={t("remove")}
                onClick={() => {
                  set({ texts: draft.texts.filter((_, place) => place !== index) });
                }}
              />
            )
          }
        >
          <div class="form">
            <TextField
              label={t("language")}
              value={one.language}
              disabled={!mayChange}
              onValue={(language) => {
                setText(index, { language });
              }}
            />
            <div class="form-cell area">
              <TextArea
                label={t("group-questions")}
                hint={t("group-questions-hint")}
                rows={4}
                value={one.questions.join("\n")}
                disabled={!mayChange}
                onValue={(text) => {
                  setText(index, { questions: text.split("\n") });
                }}
              />
            </div>
            <div class="form-cell area">
              <TextArea
                label={t("group-answer")}
                rows={5}
                maxLength={8000}
                value={one.answer}
                disabled={!mayChange}
                onValue={(answer) => {
                  setText(index, { answer });
                }}
              />
            </div>
          </div>
        </Card>
      ))}
      {mayChange && (
        <div>
          <Button
            icon="languages"
            onClick={() => {
              set({ texts: [...draft.texts, { language: "", questions: [""], answer: "" }] });
            }}
          >
            {t("group-add-language")}
          </Button>
        </div>
      )}
      <Card title={t("group-for-editors")}>
        <div class="form">
          {isNew && (
            <TextField
              label={t("id")}
              hint={t("id-hint")}
              value={name}
              spellcheck={false}
              onValue={(value) => {
                set({ id: value });
              }}
            />
          )}
          <TextField
            label={t("group-category")}
            value={draft.category}
            disabled={!mayChange}
            onValue={(category) => {
              set({ category });
            }}
          />
          <TextField
            label={t("group-tags")}
            hint={t("group-tags-hint")}
            value={draft.tags}
            disabled={!mayChange}
            onValue={(tags) => {
              set({ tags });
            }}
          />
          <Check
            label={t("group-enabled")}
            checked={draft.enabled}
            disabled={!mayChange}
            onValue={(enabled) => {
              set({ enabled });
            }}
          />
        </div>
      </Card>
      {mayChange && (
        <div class="save-bar changed">
          <span class="grow muted">{t("group-to-draft")}</span>
          <Button type="submit" kind="primary" busy={isBusy} disabled={name === ""}>
            {t("group-save")}
          </Button>
        </div>
      )}
    </form>
  );
}

function idFrom(question: string): string {
  const id = question
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return id.slice(0, 48);
}
