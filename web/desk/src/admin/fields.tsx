/** The values of an item as fields of a form. */

import { type VNode } from "preact";

import { Check, SelectField, TextArea, TextField } from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { at, isItem, type Item, listOf, textOf, withValue } from "./config.js";
import { HoursField } from "./hours-field.js";
import { ChoicesField, EscalationField, GroupsField, OverflowField, SkillsField } from "./list-fields.js";

/** A choice. */
export interface Choice {
  value: string;
  label: string;
}

/** A value of an item. */
export interface Field {
  /** Where it stands in the item, such as `patience.queue_wait`. */
  path: string;
  kind:
    | "text"
    | "area"
    | "number"
    | "check"
    | "select"
    | "list"
    | "choices"
    | "skills"
    | "groups"
    | "hours"
    | "overflow"
    | "escalation"
    | "secret"
    | "named";
  /** Whether there is a text that explains it. */
  hint?: boolean;
  options?: readonly Choice[];
  min?: number;
  max?: number;
  /** Whether there may be no number. */
  optional?: boolean;
}

/** Fields under one heading. */
export interface Section {
  /** The name of the heading's text. */
  title: string;
  fields: readonly Field[];
}

/** All paths of a form. */
export function pathsOf(sections: readonly Section[]): string[] {
  return sections.flatMap(({ fields }) => fields.map(({ path }) => path));
}

/** What a field is called in the texts. */
const nameOf = (path: string): string => path.replaceAll(".", "-");

/** One field. `form` names the texts of the form. */
export function FieldOf({
  form,
  field,
  item,
  onItem,
  error,
  disabled,
}: {
  form: string;
  field: Field;
  item: Item;
  onItem: (item: Item) => void;
  error: string | undefined;
  disabled: boolean;
}): VNode {
  const { path } = field;
  const label = t(`f-${form}-${nameOf(path)}`);
  const hint = field.hint === true ? t(`h-${form}-${nameOf(path)}`) : undefined;
  const value = at(item, path);
  const set = (to: unknown): void => {
    onItem(withValue(item, path, to));
  };
  const around = { label, hint, error };
  switch (field.kind) {
    case "text":
      return (
        <TextField
          {...around}
          value={textOf(value)}
          disabled={disabled}
          onValue={(text) => {
            set(text === "" && field.optional === true ? undefined : text);
          }}
        />
      );
    case "secret":
      return (
        <TextField
          {...around}
          type="password"
          autocomplete="new-password"
          value={textOf(value)}
          disabled={disabled}
          onValue={(text) => {
            set(text === "" ? undefined : text);
          }}
        />
      );
    case "area":
      return <TextArea {...around} value={textOf(value)} disabled={disabled} onValue={set} />;
    case "number":
      return (
        <TextField
          {...around}
          type="number"
          value={textOf(value)}
          min={field.min ?? 0}
          max={field.max}
          disabled={disabled}
          onValue={(text) => {
            set(text === "" ? undefined : Number(text));
          }}
        />
      );
    case "check":
      return (
        <div class="field">
          <Check label={label} checked={value === true} disabled={disabled} onValue={set} />
          {hint !== undefined && <div class="hint indented">{hint}</div>}
          {error !== undefined && <div class="hint wrong">{error}</div>}
        </div>
      );
    case "select":
      return (
        <SelectField
          {...around}
          value={textOf(value)}
          disabled={disabled}
          options={field.options ?? []}
          onValue={(chosen) => {
            set(chosen === "" ? undefined : chosen);
          }}
        />
      );
    case "list":
      return (
        <TextArea
          {...around}
          rows={2}
          value={listOf(value).join("\n")}
          disabled={disabled}
          onValue={(text) => {
            set(text === "" ? [] : text.split("\n"));
          }}
        />
      );
    case "named":
      return (
        <TextArea
          {...around}
          rows={3}
          value={namedText(value)}
          disabled={disabled}
          onValue={(text) => {
            set(namedOf(text));
          }}
        />
      );
    case "choices":
      return (
        <ChoicesField
          {...around}
          options={field.options ?? []}
          value={listOf(value)}
          disabled={disabled}
          onValue={set}
        />
      );
    case "skills":
      return <SkillsField {...around} value={value} disabled={disabled} onValue={set} />;
    case "groups":
      return (
        <GroupsField
          {...around}
          roles={field.options ?? []}
          value={value}
          disabled={disabled}
          onValue={set}
        />
      );
    case "hours":
      return <HoursField {...around} value={value} disabled={disabled} onValue={set} />;
    case "overflow":
      return (
        <OverflowField
          {...around}
          queues={field.options ?? []}
          value={value}
          disabled={disabled}
          onValue={set}
        />
      );
    case "escalation":
      return (
        <EscalationField
          {...around}
          queues={field.options ?? []}
          value={value}
          disabled={disabled}
          onValue={set}
        />
      );
  }
}

/** Ids with names as lines: `solved: It is solved`. */
function namedText(value: unknown): string {
  return (Array.isArray(value) ? value.filter(isItem) : [])
    .map((one) =>
      typeof one["name"] === "string" ? `${textOf(one["id"])}: ${one["name"]}` : textOf(one["id"]),
    )
    .join("\n");
}

function namedOf(text: string): Item[] {
  if (text === "") {
    return [];
  }
  return text.split("\n").map((line) => {
    const colon = line.indexOf(":");
    return colon < 0
      ? { id: line }
      : { id: line.slice(0, colon), name: line.slice(colon + 1).replace(/^ /, "") };
  });
}

/** Takes away the empty lines that stand while somebody types. */
export function tidied(item: Item, sections: readonly Section[]): Item {
  return sections
    .flatMap(({ fields }) => fields)
    .reduce((made, { path, kind }) => {
      const value = at(made, path);
      if (!Array.isArray(value)) {
        return made;
      }
      if (kind === "list") {
        return withValue(
          made,
          path,
          listOf(value)
            .map((line) => line.trim())
            .filter(Boolean),
        );
      }
      if (kind === "named") {
        const named = value.filter(isItem).map((one) => ({
          id: textOf(one["id"]).trim(),
          name: (textOf(one["name"]) || textOf(one["id"])).trim(),
        }));
        return withValue(
          made,
          path,
          named.filter(({ id }) => id !== ""),
        );
      }
      return made;
    }, item);
}
