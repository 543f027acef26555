/** Lists of items, with a way to make one. */

import "./admin.css";

import { type ComponentChildren, type VNode } from "preact";
import { useState } from "preact/hooks";

import { Problem } from "../api/index.js";
import { sentence } from "../api/problem.js";
import { go } from "../shell/route.js";
import {
  Button,
  Dialog,
  Empty,
  type IconName,
  Link,
  Loading,
  Notice,
  Table,
  TextField,
} from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { idOf, type Item, type Kind, makeItem, nameOf, type Saved, useItems } from "./config.js";
import { FieldOf, type Field } from "./fields.js";
import { Secret } from "./secret.js";

/** Columns of a list besides the name. */
export interface ItemColumn {
  title: string;
  cell: (item: Item) => ComponentChildren;
  end?: boolean;
}

/** Fields of a dialog; `form` names their texts. */
export interface Needed {
  form: string;
  fields: readonly Field[];
}

/** Every item of a kind, with a way to make one. */
export function ItemList({
  kind,
  base,
  icon,
  columns,
  about,
  mayChange,
  made = (name) => ({ name }),
  idHint,
  namePlaceholder,
  needed,
}: {
  kind: Kind;
  /** Where its items are: `/channels`. */
  base: string;
  icon: IconName;
  columns: readonly ItemColumn[];
  about: string;
  mayChange: boolean;
  /** What a new item is, by its name. */
  made?: (name: string, id: string) => Item;
  idHint?: string;
  namePlaceholder?: string;
  /** What a new one cannot be without, besides its name. */
  needed?: Needed;
}): VNode {
  const { items } = useItems(kind);
  const [isMaking, setMaking] = useState(false);
  return (
    <div class="stack wide">
      <div class="row">
        <p class="muted grow">{about}</p>
        {mayChange && (
          <Button
            kind="primary"
            icon="plus"
            onClick={() => {
              setMaking(true);
            }}
          >
            {t(`new-${kind}`)}
          </Button>
        )}
      </div>
      {items === undefined ? (
        <Loading label={t("loading")} />
      ) : items.length === 0 ? (
        <section class="card">
          <Empty icon={icon} title={t(`none-${kind}`)} />
        </section>
      ) : (
        <section class="card flush">
          <Table
            label={t(`kind-${kind}`)}
            rows={items}
            idOf={idOf}
            columns={[
              {
                title: t("name"),
                cell: (item) => (
                  <Link to={`${base}/${encodeURIComponent(idOf(item))}`} class="item-link">
                    <strong>{nameOf(item)}</strong>
                    <span class="hint block">{idOf(item)}</span>
                  </Link>
                ),
              },
              ...columns,
            ]}
          />
        </section>
      )}
      {isMaking && (
        <NewItem
          kind={kind}
          base={base}
          made={made}
          idHint={idHint}
          namePlaceholder={namePlaceholder}
          needed={needed}
          onClose={() => {
            setMaking(false);
          }}
        />
      )}
    </div>
  );
}

function NewItem({
  kind,
  base,
  made,
  idHint,
  namePlaceholder,
  needed,
  onClose,
}: {
  kind: Kind;
  base: string;
  made: (name: string, id: string) => Item;
  idHint: string | undefined;
  namePlaceholder: string | undefined;
  needed: Needed | undefined;
  onClose: () => void;
}): VNode {
  const [name, setName] = useState("");
  const [more, setMore] = useState<Item>({});
  const [id, setId] = useState<string>();
  const [problem, setProblem] = useState<{ id?: string; name?: string; other?: string }>({});
  const [shown, setShown] = useState<Saved>();
  const [isBusy, setBusy] = useState(false);
  const suggested = id ?? idFrom(name);
  const make = async (): Promise<void> => {
    setBusy(true);
    setProblem({});
    try {
      const saved = await makeItem(kind, suggested, { ...made(name.trim(), suggested), ...more });
      if (saved.password !== undefined || saved.secret !== undefined) {
        setShown(saved);
      } else {
        go(`${base}/${encodeURIComponent(suggested)}`);
      }
    } catch (error) {
      const isTaken = error instanceof Problem && error.status === 412;
      setProblem(isTaken ? { id: t("id-taken") } : { other: sentence(error) });
    } finally {
      setBusy(false);
    }
  };
  if (shown) {
    return (
      <Dialog
        title={t("shown-once-title")}
        onClose={() => {
          go(`${base}/${encodeURIComponent(suggested)}`);
        }}
      >
        <Secret
          value={shown.password ?? shown.secret ?? ""}
          label={t(shown.password === undefined ? "secret" : "password")}
        />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={t(`new-${kind}`)}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button kind="primary" busy={isBusy} disabled={suggested === ""} onClick={() => void make()}>
            {t("create")}
          </Button>
        </>
      }
    >
      {problem.other !== undefined && (
        <Notice tone="danger" icon="alert">
          {problem.other}
        </Notice>
      )}
      <TextField
        label={t("name")}
        value={name}
        placeholder={namePlaceholder}
        error={problem.name}
        autoFocus
        onValue={setName}
      />
      <TextField
        label={t("id")}
        hint={idHint ?? t("id-hint")}
        value={suggested}
        error={problem.id}
        spellcheck={false}
        autocapitalize="off"
        onValue={setId}
      />
      {needed?.fields.map((field) => (
        <FieldOf
          key={field.path}
          form={needed.form}
          field={field}
          item={more}
          onItem={setMore}
          error={undefined}
          disabled={false}
        />
      ))}
    </Dialog>
  );
}

/** An id that a name suggests. */
function idFrom(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 48);
}
