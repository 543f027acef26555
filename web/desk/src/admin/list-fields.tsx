/** Fields that hold several values. */

import { type ComponentChildren, type VNode } from "preact";

import { Button, Check, IconButton, SelectField, TextField } from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { isItem, type Item, textOf } from "./config.js";
import { type Choice } from "./fields.js";

interface Around {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  disabled: boolean;
}

/** A heading over several fields, as one group. */
export function Group({
  label,
  hint,
  error,
  children,
}: Omit<Around, "disabled"> & { children: ComponentChildren }): VNode {
  return (
    <fieldset class="group">
      <legend>{label}</legend>
      {hint !== undefined && <div class="hint">{hint}</div>}
      {children}
      {error !== undefined && <div class="hint wrong">{error}</div>}
    </fieldset>
  );
}

/** Any of several. */
export function ChoicesField({
  options,
  value,
  onValue,
  disabled,
  ...around
}: Around & {
  options: readonly Choice[];
  value: readonly string[];
  onValue: (value: string[]) => void;
}): VNode {
  return (
    <Group {...around}>
      {options.length === 0 && <div class="hint">{t("nothing-to-choose")}</div>}
      <div class="choices">
        {options.map((option) => (
          <Check
            key={option.value}
            label={option.label}
            disabled={disabled}
            checked={value.includes(option.value)}
            onValue={(checked) => {
              onValue(checked ? [...value, option.value] : value.filter((one) => one !== option.value));
            }}
          />
        ))}
      </div>
    </Group>
  );
}

/** Rows of fields, which can be added and taken away. */
function RowsField({
  value,
  onValue,
  disabled,
  add,
  fresh,
  row,
  ...around
}: Around & {
  value: unknown;
  onValue: (value: unknown) => void;
  /** What the button says that adds a row. */
  add: string;
  /** A row as it is added. */
  fresh: Item;
  /** The fields of a row. */
  row: (row: Item, set: (change: Item) => void) => ComponentChildren;
}): VNode {
  const rows = Array.isArray(value) ? value.filter(isItem) : [];
  return (
    <Group {...around}>
      {rows.map((one, index) => (
        <div class="group-row" key={index}>
          {row(one, (change) => {
            onValue(rows.map((other, place) => (place === index ? { ...other, ...change } : other)));
          })}
          <IconButton
            icon="remove"
            label={t("remove")}
            disabled={disabled}
            onClick={() => {
              onValue(rows.filter((_, place) => place !== index));
            }}
          />
        </div>
      ))}
      <div>
        <Button
          small
          icon="plus"
          disabled={disabled}
          onClick={() => {
            onValue([...rows, fresh]);
          }}
        >
          {add}
        </Button>
      </div>
    </Group>
  );
}

type RowsAround = Around & { value: unknown; onValue: (value: unknown) => void };

/** Skills, each with a level. */
export function SkillsField(props: RowsAround): VNode {
  const { disabled } = props;
  return (
    <RowsField
      {...props}
      add={t("add-skill")}
      fresh={{ skill: "", level: 1 }}
      row={(row, set) => (
        <>
          <TextField
            label={t("skill")}
            value={textOf(row["skill"])}
            disabled={disabled}
            onValue={(skill) => {
              set({ skill });
            }}
          />
          <TextField
            label={t("level")}
            type="number"
            min={1}
            max={10}
            value={textOf(row["level"] ?? 1)}
            disabled={disabled}
            onValue={(level) => {
              set({ level: Number(level) });
            }}
          />
        </>
      )}
    />
  );
}

/** Groups of an identity provider, each with the role that it gives. */
export function GroupsField({ roles, ...props }: RowsAround & { roles: readonly Choice[] }): VNode {
  const { disabled } = props;
  return (
    <RowsField
      {...props}
      add={t("add-group")}
      fresh={{ group: "", role: roles[0]?.value ?? "" }}
      row={(row, set) => (
        <>
          <TextField
            label={t("provider-group")}
            value={textOf(row["group"])}
            disabled={disabled}
            onValue={(group) => {
              set({ group });
            }}
          />
          <SelectField
            label={t("f-person-role")}
            options={roles}
            value={textOf(row["role"])}
            disabled={disabled}
            onValue={(role) => {
              set({ role });
            }}
          />
        </>
      )}
    />
  );
}

/** What happens to customers who cannot be served. */
export function OverflowField({
  queues,
  value,
  onValue,
  disabled,
  ...around
}: RowsAround & { queues: readonly Choice[] }): VNode {
  const chosen = isItem(value) ? `queue:${textOf(value["queue"])}` : textOf(value) || "refuse";
  return (
    <SelectField
      {...around}
      disabled={disabled}
      value={chosen}
      options={overflows(queues)}
      onValue={(to) => {
        onValue(overflowOf(to));
      }}
    />
  );
}

function overflows(queues: readonly Choice[]): Choice[] {
  return [
    ...["refuse", "wait", "robot", "leave_message"].map((value) => ({
      value,
      label: t(`overflow-${value}`),
    })),
    ...queues.map(({ value, label }) => ({
      value: `queue:${value}`,
      label: t("overflow-queue", { name: label }),
    })),
  ];
}

function overflowOf(chosen: string): unknown {
  return chosen.startsWith("queue:") ? { queue: chosen.slice("queue:".length) } : chosen;
}

/** What happens to customers who wait for long. */
export function EscalationField({ queues, ...props }: RowsAround & { queues: readonly Choice[] }): VNode {
  const { disabled } = props;
  return (
    <RowsField
      {...props}
      add={t("add-step")}
      fresh={{ after: 120, then: "leave_message" }}
      row={(row, set) => (
        <>
          <TextField
            label={t("escalation-after")}
            type="number"
            min={1}
            value={textOf(row["after"])}
            disabled={disabled}
            onValue={(after) => {
              set({ after: Number(after) });
            }}
          />
          <OverflowField
            label={t("escalation-then")}
            queues={queues}
            value={row["then"]}
            disabled={disabled}
            onValue={(then) => {
              set({ then });
            }}
          />
        </>
      )}
    />
  );
}
