/** The tenant: its settings, its apps, its limits, and all of it as a file. */

import { type VNode } from "preact";
import { useState } from "preact/hooks";

import { post, type Schemas, segment } from "../api/index.js";
import { type PageProps } from "../shell/pages.js";
import { go } from "../shell/route.js";
import { may, me } from "../shell/session.js";
import { Button, Card, Dialog, Page, sayProblem, SelectField, Tabs } from "../shell/ui/index.js";
import { LANGUAGE_NAMES, LANGUAGES, t } from "../texts/index.js";
import { span } from "../texts/when.js";
import { ConfigFile } from "./config-file.js";
import { idOf } from "./config.js";
import { ItemEditor } from "./editor.js";
import { ItemList } from "./item-list.js";
import { Limits } from "./limits.js";
import { type Section } from "./fields.js";
import { Copied, Secret } from "./secret.js";

const TABS = ["company", "apps", "limits", "file"] as const;

export default function SettingsPage({ values }: PageProps): VNode {
  const tab = TABS.find((name) => name === values["tab"]) ?? "company";
  return (
    <Page title={t("page-settings")}>
      <Tabs
        label={t("page-settings")}
        value={tab}
        onValue={(to) => {
          go(`/settings/${to}`);
        }}
        tabs={TABS.map((id) => ({ id, label: t(`settings-${id}`) }))}
      >
        {tab === "company" && <Company />}
        {tab === "apps" && <Apps id={values["id"]} />}
        {tab === "limits" && <Limits />}
        {tab === "file" && <ConfigFile />}
      </Tabs>
    </Page>
  );
}

function Company(): VNode {
  const sections: Section[] = [
    {
      title: "section-basics",
      fields: [
        { path: "name", kind: "text" },
        {
          path: "locale",
          kind: "select",
          options: LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] })),
          hint: true,
        },
      ],
    },
    {
      title: "section-security",
      fields: [
        { path: "require_totp", kind: "check", hint: true },
        { path: "password_characters", kind: "number", min: 8, max: 128 },
      ],
    },
    {
      title: "section-lists",
      fields: [
        { path: "dispositions", kind: "named", hint: true },
        { path: "away_reasons", kind: "named", hint: true },
      ],
    },
  ];
  return (
    <ItemEditor
      kind="tenants"
      id={me.value?.tenant ?? ""}
      form="company"
      mayChange={may("config.write")}
      mayRemove={false}
      sections={sections}
    />
  );
}

function Apps({ id }: { id: string | undefined }): VNode {
  const mayChange = may("config.write");
  if (id === undefined) {
    return (
      <ItemList
        kind="apps"
        base="/settings/apps"
        icon="key"
        about={t("apps-about")}
        mayChange={mayChange}
        columns={[{ title: t("app-key"), cell: (item) => <code>{idOf(item)}</code> }]}
      />
    );
  }
  return (
    <ItemEditor
      key={id}
      kind="apps"
      id={id}
      base="/settings/apps"
      form="app"
      mayChange={mayChange}
      sections={[{ title: "section-basics", fields: [{ path: "name", kind: "text" }] }]}
      aside={() => (
        <Card title={t("app-credentials")}>
          <div class="stack">
            <Copied label={t("app-key")} value={id} />
            {mayChange && <NewSecret app={id} />}
          </div>
        </Card>
      )}
    />
  );
}

function NewSecret({ app }: { app: string }): VNode {
  const [keep, setKeep] = useState("86400");
  const [isAsking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const close = (): void => {
    setAsking(false);
    setSecret(undefined);
  };
  const make = async (): Promise<void> => {
    try {
      const answer = await post<Schemas["ConfigItem"]>(`/config/apps/${segment(app)}/secret`, {
        keepOldFor: Number(keep),
      });
      setSecret(answer.secret ?? "");
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <>
      <Button
        icon="refresh"
        onClick={() => {
          setAsking(true);
        }}
      >
        {t("app-new-secret")}
      </Button>
      {isAsking && (
        <Dialog
          title={secret === undefined ? t("app-new-secret") : t("shown-once-title")}
          onClose={close}
          footer={
            secret === undefined && (
              <>
                <Button onClick={close}>{t("cancel")}</Button>
                <Button kind="primary" onClick={() => void make()}>
                  {t("create")}
                </Button>
              </>
            )
          }
        >
          {secret === undefined ? (
            <SelectField
              label={t("app-keep-old")}
              hint={t("app-keep-old-hint")}
              value={keep}
              onValue={setKeep}
              options={[0, 3_600, 86_400, 604_800, 2_592_000].map((seconds) => ({
                value: String(seconds),
                label: seconds === 0 ? t("app-keep-not") : span(seconds * 1000),
              }))}
            />
          ) : (
            <Secret value={secret} label={t("secret")} />
          )}
        </Dialog>
      )}
    </>
  );
}
