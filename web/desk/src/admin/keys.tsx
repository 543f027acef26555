/** API keys: what programs call with. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, post, remove, type Schemas, segment } from "../api/index.js";
import { sentence } from "../api/problem.js";
import { may } from "../shell/session.js";
import {
  Badge,
  Button,
  confirmed,
  Dialog,
  Empty,
  Loading,
  Notice,
  say,
  sayProblem,
  SelectField,
  Table,
  TextField,
} from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { moment } from "../texts/when.js";
import { useChoices } from "./config.js";
import { ChoicesField } from "./list-fields.js";
import { useRoles } from "./roles.js";
import { Secret } from "./secret.js";

/** All keys, with a way to make and to revoke them. */
export function Keys(): VNode {
  const [keys, setKeys] = useState<Schemas["Key"][]>();
  const [isMaking, setMaking] = useState(false);
  const roles = useRoles();
  const named = (role: string): string => roles.find(({ value }) => value === role)?.label ?? role;
  const ask = (): Promise<void> =>
    get<Schemas["KeyList"]>("/keys").then((answer) => {
      setKeys(answer.keys);
    }, sayProblem);
  useEffect(() => {
    void ask();
  }, []);
  const revoke = async (key: Schemas["Key"]): Promise<void> => {
    if (!(await confirmed(t("key-revoke"), t("key-revoke-sure", { name: key.name }), t("key-revoke")))) {
      return;
    }
    try {
      await remove(`/keys/${segment(key.id)}`);
      say(t("key-revoked"));
      await ask();
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <div class="stack wide">
      <div class="row">
        <p class="muted grow">{t("keys-about")}</p>
        <Button
          kind="primary"
          icon="plus"
          onClick={() => {
            setMaking(true);
          }}
        >
          {t("new-key")}
        </Button>
      </div>
      {keys === undefined ? (
        <Loading label={t("loading")} />
      ) : keys.length === 0 ? (
        <section class="card">
          <Empty icon="key" title={t("keys-none")} />
        </section>
      ) : (
        <section class="card flush">
          <Table
            label={t("people-keys")}
            rows={keys}
            idOf={(key) => key.id}
            columns={[
              { title: t("name"), cell: (key) => <strong>{key.name}</strong> },
              { title: t("f-person-role"), cell: (key) => <Badge>{named(key.role)}</Badge> },
              {
                title: t("key-made"),
                nowrap: true,
                cell: (key) => `${moment(key.createdAt)} · ${key.createdBy}`,
              },
              {
                title: t("key-used"),
                nowrap: true,
                cell: (key) => (key.usedAt == null ? t("never") : moment(key.usedAt)),
              },
              {
                title: t("key-ends"),
                cell: (key) => (key.expiresAt == null ? t("never") : moment(key.expiresAt)),
              },
              {
                title: t("actions"),
                end: true,
                cell: (key) => (
                  <Button small kind="danger" onClick={() => void revoke(key)}>
                    {t("key-revoke")}
                  </Button>
                ),
              },
            ]}
          />
        </section>
      )}
      {isMaking && (
        <NewKey
          onClose={() => {
            setMaking(false);
            void ask();
          }}
        />
      )}
    </div>
  );
}

function NewKey({ onClose }: { onClose: () => void }): VNode {
  const roles = useRoles();
  const queues = useChoices("queues", may("config.read"));
  const [given, setGiven] = useState({ name: "", role: "integrator", until: "", queues: [] as string[] });
  const [problem, setProblem] = useState<string>();
  const [secret, setSecret] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const body: Schemas["KeyRequest"] = {
        name: given.name.trim(),
        role: given.role,
        ...(given.queues.length > 0 && { scope: { queues: given.queues } }),
        ...(given.until !== "" && { expiresAt: new Date(`${given.until}T23:59:59`).getTime() }),
      };
      const made = await post<Schemas["KeyMade"]>("/keys", body);
      setSecret(made.secret);
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  if (secret !== undefined) {
    return (
      <Dialog title={t("shown-once-title")} onClose={onClose}>
        <Secret value={secret} label={t("secret")} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={t("new-key")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button
            kind="primary"
            busy={isBusy}
            disabled={given.name.trim() === ""}
            onClick={() => void make()}
          >
            {t("create")}
          </Button>
        </>
      }
    >
      {problem !== undefined && (
        <Notice tone="danger" icon="alert">
          {problem}
        </Notice>
      )}
      <TextField
        label={t("name")}
        hint={t("key-name-hint")}
        value={given.name}
        maxLength={100}
        onValue={(name) => {
          setGiven({ ...given, name });
        }}
      />
      <SelectField
        label={t("f-person-role")}
        value={given.role}
        options={roles}
        onValue={(role) => {
          setGiven({ ...given, role });
        }}
      />
      <TextField
        label={t("key-ends")}
        hint={t("key-ends-hint")}
        type="date"
        value={given.until}
        onValue={(until) => {
          setGiven({ ...given, until });
        }}
      />
      {queues.length > 0 && (
        <ChoicesField
          label={t("key-queues")}
          options={queues}
          value={given.queues}
          disabled={false}
          onValue={(chosen) => {
            setGiven({ ...given, queues: chosen });
          }}
        />
      )}
    </Dialog>
  );
}
