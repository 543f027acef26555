/** Knowledge bases: what robots answer from. */

import "../admin.css";

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, put, remove, type Schemas, segment } from "../../api/index.js";
import { type PageProps } from "../../shell/pages.js";
import { go } from "../../shell/route.js";
import { may } from "../../shell/session.js";
import {
  Badge,
  Button,
  confirmed,
  Dialog,
  Empty,
  Icon,
  Link,
  Loading,
  Page,
  say,
  sayProblem,
  Table,
  Tabs,
  TextField,
} from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { moment, number } from "../../texts/when.js";
import { Bench } from "./bench.js";
import { Files } from "./files.js";
import { Groups } from "./groups.js";
import { Suggestions, Unanswered } from "./learning.js";
import { Publish } from "./publish.js";

/** A base as the API tells it. */
export type Base = Schemas["KnowledgeBase"];

export default function KnowledgePage({ values }: PageProps): VNode {
  const base = values["base"];
  return base === undefined ? <Bases /> : <OneBase key={base} id={base} values={values} />;
}

function Bases(): VNode {
  const [bases, setBases] = useState<Base[]>();
  const [isMaking, setMaking] = useState(false);
  useEffect(() => {
    void get<Schemas["KnowledgeBaseList"]>("/knowledge").then((answer) => {
      setBases(answer.bases);
    }, sayProblem);
  }, []);
  return (
    <Page
      title={t("page-knowledge")}
      about={t("knowledge-about")}
      actions={
        may("knowledge.manage") && (
          <Button
            kind="primary"
            icon="plus"
            onClick={() => {
              setMaking(true);
            }}
          >
            {t("new-base")}
          </Button>
        )
      }
    >
      {bases === undefined ? (
        <Loading label={t("loading")} />
      ) : bases.length === 0 ? (
        <Empty icon="book" title={t("bases-none")} />
      ) : (
        <section class="card flush">
          <Table
            label={t("page-knowledge")}
            rows={bases}
            idOf={({ id }) => id}
            columns={[
              {
                title: t("name"),
                cell: (base) => (
                  <Link to={`/knowledge/${encodeURIComponent(base.id)}`} class="item-link">
                    <strong>{base.name}</strong>
                    <span class="hint block">{base.id}</span>
                  </Link>
                ),
              },
              { title: t("base-groups"), end: true, cell: (base) => number(base.groups) },
              { title: t("status"), cell: (base) => <Standing base={base} /> },
              {
                title: t("base-published"),
                cell: (base) => (base.publishedAt == null ? t("never") : moment(base.publishedAt)),
              },
            ]}
          />
        </section>
      )}
      {isMaking && (
        <NewBase
          onClose={() => {
            setMaking(false);
          }}
        />
      )}
    </Page>
  );
}

/** How far the draft is from what is live. */
function Standing({ base }: { base: Base }): VNode {
  if (base.changes > 0) {
    return <Badge tone="warn">{t("base-changes", { count: base.changes })}</Badge>;
  }
  return base.liveVersion == null ? (
    <Badge>{t("base-empty")}</Badge>
  ) : (
    <Badge tone="ok">{t("base-live", { version: base.liveVersion })}</Badge>
  );
}

function NewBase({ onClose }: { onClose: () => void }): VNode {
  const [given, setGiven] = useState({ id: "", name: "" });
  const make = async (): Promise<void> => {
    try {
      const id = given.id.trim();
      await put(`/knowledge/${segment(id)}`, { name: given.name.trim() || id });
      go(`/knowledge/${encodeURIComponent(id)}`);
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <Dialog
      title={t("new-base")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button kind="primary" disabled={given.id.trim() === ""} onClick={() => void make()}>
            {t("create")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("name")}
        value={given.name}
        onValue={(name) => {
          setGiven({ ...given, name });
        }}
      />
      <TextField
        label={t("id")}
        hint={t("id-hint")}
        value={given.id}
        spellcheck={false}
        onValue={(id) => {
          setGiven({ ...given, id });
        }}
      />
    </Dialog>
  );
}

function OneBase({ id, values }: { id: string; values: Record<string, string> }): VNode {
  const [base, setBase] = useState<Base>();
  const place = `/knowledge/${encodeURIComponent(id)}`;
  const ask = (): Promise<void> => get<Base>(`/knowledge/${segment(id)}`).then(setBase, sayProblem);
  useEffect(() => {
    void ask();
  }, [id]);
  const isManager = may("knowledge.manage");
  const tabs = [
    "groups",
    "publish",
    ...(isManager ? ["files"] : []),
    "bench",
    ...(isManager ? ["unanswered", "suggestions"] : []),
  ];
  const tab = tabs.find((name) => name === values["tab"]) ?? "groups";
  const takeAway = async (): Promise<void> => {
    if (!(await confirmed(t("remove"), t("remove-sure", { name: base?.name ?? id }), t("remove")))) {
      return;
    }
    try {
      await remove(`/knowledge/${segment(id)}`);
      say(t("removed"));
      go("/knowledge");
    } catch (error) {
      sayProblem(error);
    }
  };
  const changed = (): void => {
    void ask();
  };
  return (
    <Page
      title={base?.name ?? id}
      about={base && <Standing base={base} />}
      actions={
        <>
          <Link to="/knowledge" class="btn plain">
            <Icon name="back" mirrored />
            {t("go-back")}
          </Link>
          {may("knowledge.publish") && (
            <Button kind="danger" icon="remove" onClick={() => void takeAway()}>
              {t("remove")}
            </Button>
          )}
        </>
      }
    >
      <Tabs
        label={t("page-knowledge")}
        value={tab}
        onValue={(to) => {
          go(`${place}/${to}`);
        }}
        tabs={tabs.map((name) => ({
          id: name,
          label: t(`base-tab-${name}`),
          ...(name === "publish" && base && { count: base.changes }),
        }))}
      >
        {tab === "groups" && <Groups base={id} group={values["group"]} onChange={changed} />}
        {tab === "publish" && base && <Publish base={base} onChange={changed} />}
        {tab === "files" && <Files base={id} onChange={changed} />}
        {tab === "bench" && <Bench base={id} />}
        {tab === "unanswered" && <Unanswered base={id} onChange={changed} />}
        {tab === "suggestions" && <Suggestions base={id} onChange={changed} />}
      </Tabs>
    </Page>
  );
}
