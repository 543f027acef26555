/** One item as a form. */

import "./admin.css";

import { type ComponentChildren, type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Problem } from "../api/index.js";
import { go } from "../shell/route.js";
import { Button, Card, confirmed, Empty, Icon, Link, Loading, say, sayProblem } from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import {
  changeItem,
  type Item,
  type Kind,
  nameOf,
  patchOf,
  readItem,
  removeItem,
  type Saved,
  type Seen,
} from "./config.js";
import { FieldOf, pathsOf, type Section, tidied } from "./fields.js";

/** The form. */
export function ItemEditor({
  kind,
  id,
  base,
  form,
  sections,
  mayChange,
  mayRemove = mayChange,
  aside,
  actions,
  onSaved,
}: {
  kind: Kind;
  id: string;
  /** Where one goes back to; without it the item cannot be left or removed. */
  base?: string;
  /** The name of the form's texts. */
  form: string;
  sections: readonly Section[];
  mayChange: boolean;
  mayRemove?: boolean;
  /** What stands beside the form, about the item as it was saved. */
  aside?: (item: Item) => ComponentChildren;
  actions?: (item: Item) => ComponentChildren;
  onSaved?: (saved: Saved) => void;
}): VNode {
  const [seen, setSeen] = useState<Seen>();
  const [item, setItem] = useState<Item>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [isBusy, setBusy] = useState(false);
  const [isGone, setGone] = useState(false);
  const load = async (): Promise<void> => {
    try {
      const read = await readItem(kind, id);
      setSeen(read);
      setItem(read.item);
      setErrors({});
    } catch (error) {
      if (error instanceof Problem && error.status === 404) {
        setGone(true);
      } else {
        sayProblem(error);
      }
    }
  };
  useEffect(() => {
    void load();
  }, [kind, id]);
  if (isGone) {
    return <Empty icon="search" title={t("problem-not-found")} />;
  }
  if (!seen) {
    return <Loading label={t("loading")} />;
  }
  const patch = patchOf(seen.item, tidied(item, sections), pathsOf(sections));
  const isChanged = Object.keys(patch).length > 0;
  const save = async (): Promise<void> => {
    setBusy(true);
    setErrors({});
    try {
      const saved = await changeItem(kind, id, patch, seen.tag);
      setSeen(saved);
      setItem(saved.item);
      say(t("now-saved"));
      onSaved?.(saved);
    } catch (error) {
      if (error instanceof Problem && error.code === "CHANGED_MEANWHILE") {
        say(t("changed-meanwhile"), "error");
        await load();
      } else if (error instanceof Problem && error.field !== undefined) {
        setErrors({ [fieldOf(error.field, sections)]: error.message });
        say(error.message, "error");
      } else {
        sayProblem(error);
      }
    } finally {
      setBusy(false);
    }
  };
  const takeAway = async (): Promise<void> => {
    const sure = await confirmed(t("remove"), t("remove-sure", { name: nameOf(seen.item) }), t("remove"));
    if (!sure || base === undefined) {
      return;
    }
    try {
      await removeItem(kind, id);
      say(t("removed"));
      go(base);
    } catch (error) {
      sayProblem(error);
    }
  };
  const besides = aside?.(seen.item);
  return (
    <div class={besides === undefined ? "editor" : "editor with-aside"}>
      <form
        class="editor-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {base !== undefined && (
          <div class="row">
            <Link to={base} class="btn plain small">
              <Icon name="back" mirrored />
              {t("go-back")}
            </Link>
            <span class="grow" />
            {actions?.(seen.item)}
            {mayRemove && (
              <Button kind="danger" small icon="remove" onClick={() => void takeAway()}>
                {t("remove")}
              </Button>
            )}
          </div>
        )}
        {sections.map((section) => (
          <Card key={section.title} title={t(section.title)}>
            <div class="form">
              {section.fields.map((field) => (
                <div key={field.path} class={`form-cell ${field.kind}`}>
                  <FieldOf
                    form={form}
                    field={field}
                    item={item}
                    onItem={setItem}
                    error={errors[field.path]}
                    disabled={!mayChange}
                  />
                </div>
              ))}
            </div>
          </Card>
        ))}
        {mayChange && (
          <div class={`save-bar${isChanged ? " changed" : ""}`}>
            <span class="grow muted">{isChanged ? t("unsaved") : t("all-saved")}</span>
            <Button
              disabled={!isChanged}
              onClick={() => {
                setItem(seen.item);
                setErrors({});
              }}
            >
              {t("undo")}
            </Button>
            <Button type="submit" kind="primary" busy={isBusy} disabled={!isChanged}>
              {t("save")}
            </Button>
          </div>
        )}
      </form>
      {besides !== undefined && <aside class="editor-aside">{besides}</aside>}
    </div>
  );
}

/** The field that a problem is about: its path begins so. */
function fieldOf(named: string, sections: readonly Section[]): string {
  const paths = pathsOf(sections);
  return (
    paths.find((path) => path === named) ??
    paths.find((path) => named.startsWith(`${path}[`) || named.startsWith(`${path}.`)) ??
    named
  );
}
