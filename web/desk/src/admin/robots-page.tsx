/** Robots: how they present themselves and what they answer from. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, type Schemas } from "../api/index.js";
import { type PageProps } from "../shell/pages.js";
import { may } from "../shell/session.js";
import { Card, Link, Page } from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { textOf } from "./config.js";
import { ItemEditor } from "./editor.js";
import { ItemList } from "./item-list.js";
import { type Choice, type Section } from "./fields.js";
import { Ask } from "./knowledge/bench.js";

export default function RobotsPage({ values }: PageProps): VNode {
  const id = values["id"];
  const mayChange = may("config.write");
  const bases = useBases();
  if (id === undefined) {
    return (
      <Page title={t("page-robots")}>
        <ItemList
          kind="robots"
          base="/robots"
          icon="robot"
          about={t("robots-about")}
          mayChange={mayChange}
          made={(nickname, id) => ({ nickname, knowledge: id, transfer_keyword: "agent" })}
          columns={[
            {
              title: t("page-knowledge"),
              cell: (item) => {
                const base = textOf(item["knowledge"]);
                return may("knowledge.read") ? (
                  <Link to={`/knowledge/${encodeURIComponent(base)}`}>{base}</Link>
                ) : (
                  base
                );
              },
            },
            { title: t("f-robot-transfer_keyword"), cell: (item) => textOf(item["transfer_keyword"]) || "–" },
            {
              title: t("f-robot-welcome"),
              cell: (item) => <span class="clamped">{textOf(item["welcome"])}</span>,
            },
          ]}
        />
      </Page>
    );
  }
  const sections: Section[] = [
    {
      title: "section-basics",
      fields: [
        { path: "nickname", kind: "text" },
        { path: "welcome", kind: "area", hint: true },
        { path: "transfer_keyword", kind: "text", hint: true },
        { path: "knowledge", kind: "select", options: bases, hint: true },
        { path: "avatar", kind: "text", optional: true, hint: true },
        {
          path: "gender",
          kind: "select",
          options: [
            { value: "", label: t("no-choice") },
            ...["MALE", "FEMALE"].map((value) => ({ value, label: t(`gender-${value}`) })),
          ],
        },
      ],
    },
  ];
  return (
    <Page title={t("a-robot")} about={id}>
      <ItemEditor
        key={id}
        kind="robots"
        id={id}
        base="/robots"
        form="robot"
        mayChange={mayChange}
        sections={sections}
        {...(may("knowledge.read") && {
          aside: (item) => (
            <Card title={t("robot-try")}>
              <Ask base={textOf(item["knowledge"])} version="live" />
            </Card>
          ),
        })}
      />
    </Page>
  );
}

/** The knowledge bases as choices. */
function useBases(): Choice[] {
  const [bases, setBases] = useState<Choice[]>([]);
  useEffect(() => {
    if (may("knowledge.read")) {
      void get<Schemas["KnowledgeBaseList"]>("/knowledge").then(
        (answer) => {
          setBases(answer.bases.map(({ id, name }) => ({ value: id, label: name })));
        },
        () => undefined,
      );
    }
  }, []);
  return bases;
}
