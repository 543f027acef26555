/** Identity providers: where people sign in with the account that they have in their company. */

import { type VNode } from "preact";

import { me } from "../shell/session.js";
import { Card } from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { textOf } from "./config.js";
import { ItemEditor } from "./editor.js";
import { type Field, type Section } from "./fields.js";
import { ItemList } from "./item-list.js";
import { useRoles } from "./roles.js";
import { Copied } from "./secret.js";

/** What none can be without. */
const NEEDED: readonly Field[] = [
  { path: "issuer", kind: "text", hint: true },
  { path: "client_id", kind: "text" },
  { path: "client_secret", kind: "secret" },
];

/** All of them, or one. */
export function Providers({ id }: { id: string | undefined }): VNode {
  const roles = useRoles();
  if (id === undefined) {
    return (
      <ItemList
        kind="identity-providers"
        base="/people/providers"
        icon="key"
        about={t("providers-about")}
        mayChange
        needed={{ form: "provider", fields: NEEDED }}
        columns={[{ title: t("f-provider-issuer"), cell: (item) => textOf(item["issuer"]) }]}
      />
    );
  }
  const sections: Section[] = [
    {
      title: "section-basics",
      fields: [
        { path: "name", kind: "text", hint: true },
        { path: "issuer", kind: "text", hint: true },
        { path: "client_id", kind: "text" },
        { path: "client_secret", kind: "secret", hint: true },
        { path: "scopes", kind: "list", hint: true },
      ],
    },
    {
      title: "section-who",
      fields: [
        { path: "agent_claim", kind: "text", hint: true },
        { path: "creates_people", kind: "check" },
        {
          path: "role",
          kind: "select",
          options: [{ value: "", label: t("no-choice") }, ...roles],
          hint: true,
        },
        { path: "groups_claim", kind: "text", optional: true, hint: true },
        { path: "group_roles", kind: "groups", options: roles, hint: true },
        { path: "asks_totp", kind: "check", hint: true },
      ],
    },
    {
      title: "section-network",
      fields: [
        { path: "public_url", kind: "text", optional: true, hint: true },
        { path: "allow_private", kind: "check" },
      ],
    },
  ];
  return (
    <ItemEditor
      key={id}
      kind="identity-providers"
      id={id}
      base="/people/providers"
      form="provider"
      mayChange
      sections={sections}
      aside={(item) => {
        const place = textOf(item["public_url"]) || window.location.origin;
        const path = `/api/v1/signin/${me.value?.tenant ?? ""}/${id}/callback`;
        return (
          <Card title={t("provider-redirect")}>
            <div class="stack">
              <p class="muted">{t("provider-redirect-about")}</p>
              <Copied area label={t("provider-redirect")} value={place + path} />
            </div>
          </Card>
        );
      }}
    />
  );
}
