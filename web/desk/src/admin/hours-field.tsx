/** Business hours: a week, and dates that are otherwise. */

import { type ComponentChildren, type VNode } from "preact";
import { useMemo } from "preact/hooks";

import { Button, Check, IconButton, SelectField, TextField } from "../shell/ui/index.js";
import { t, words } from "../texts/index.js";
import { isItem, type Item, textOf } from "./config.js";
import { Group } from "./list-fields.js";

interface Interval {
  day: number;
  from: string;
  to: string;
}
interface Exception {
  date: string;
  open: Interval[];
}
interface Hours {
  zone: string;
  week: Interval[];
  exceptions: Exception[];
}

const WEEK = [1, 2, 3, 4, 5, 6, 7];
/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** Hours, or none. */
export function HoursField({
  label,
  hint,
  error,
  value,
  onValue,
  disabled,
}: {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  value: unknown;
  onValue: (value: unknown) => void;
  disabled: boolean;
}): VNode {
  const hours = isItem(value) ? read(value) : undefined;
  const zones = useMemo(
    () => ["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => ({ value: zone, label: zone })),
    [],
  );
  const set = (change: Partial<Hours>): void => {
    if (hours) {
      onValue({ ...hours, ...change });
    }
  };
  return (
    <Group label={label} hint={hint} error={error}>
      <Check
        label={t("hours-limited")}
        checked={hours !== undefined}
        disabled={disabled}
        onValue={(isLimited) => {
          onValue(isLimited ? usual() : undefined);
        }}
      />
      {hours && (
        <>
          <SelectField
            label={t("reports-zone")}
            value={hours.zone}
            disabled={disabled}
            options={zones}
            onValue={(zone) => {
              set({ zone });
            }}
          />
          <div class="week">
            {WEEK.map((day) => (
              <Day
                key={day}
                name={dayName(day)}
                disabled={disabled}
                intervals={hours.week.filter((one) => one.day === day)}
                onIntervals={(intervals) => {
                  const others = hours.week.filter((one) => one.day !== day);
                  const week = [...others, ...intervals.map((one) => ({ ...one, day }))];
                  set({ week: week.sort((a, b) => a.day - b.day || a.from.localeCompare(b.from)) });
                }}
              />
            ))}
          </div>
          {hours.exceptions.map((exception, index) => (
            <ExceptionRow
              key={index}
              exception={exception}
              disabled={disabled}
              onException={(changed) => {
                const all = hours.exceptions.map((one, place) => (place === index ? changed : one));
                set({ exceptions: all.filter((one) => one !== undefined) });
              }}
            />
          ))}
          <div>
            <Button
              small
              icon="plus"
              disabled={disabled}
              onClick={() => {
                const date = new Date().toISOString().slice(0, 10);
                set({ exceptions: [...hours.exceptions, { date, open: [] }] });
              }}
            >
              {t("hours-add-date")}
            </Button>
          </div>
        </>
      )}
    </Group>
  );
}

function Day({
  name,
  intervals,
  onIntervals,
  disabled,
}: {
  name: string;
  intervals: readonly Interval[];
  onIntervals: (intervals: Interval[]) => void;
  disabled: boolean;
}): VNode {
  return (
    <div class="week-day">
      <span class="week-name">{name}</span>
      <div class="week-times">
        {intervals.length === 0 && <span class="hint">{t("hours-closed")}</span>}
        {intervals.map((one, index) => (
          <span class="week-interval" key={index}>
            {(["from", "to"] as const).map((end) => (
              <input
                key={end}
                type="time"
                class="input"
                aria-label={`${name}, ${t(`hours-${end}`)}`}
                value={one[end].slice(0, 5)}
                disabled={disabled}
                onInput={(event) => {
                  const time = event.currentTarget.value;
                  onIntervals(
                    intervals.map((two, place) => (place === index ? { ...two, [end]: time } : two)),
                  );
                }}
              />
            ))}
            <IconButton
              small
              icon="close"
              label={t("remove")}
              disabled={disabled}
              onClick={() => {
                onIntervals(intervals.filter((_, place) => place !== index));
              }}
            />
          </span>
        ))}
      </div>
      <IconButton
        small
        icon="plus"
        label={t("hours-add", { day: name })}
        disabled={disabled}
        onClick={() => {
          onIntervals([...intervals, { day: 1, from: "09:00", to: "17:00" }]);
        }}
      />
    </div>
  );
}

function ExceptionRow({
  exception,
  onException,
  disabled,
}: {
  exception: Exception;
  onException: (exception: Exception | undefined) => void;
  disabled: boolean;
}): VNode {
  const day = ((new Date(`${exception.date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
  return (
    <div class="group-row">
      <TextField
        label={t("hours-date")}
        type="date"
        value={exception.date}
        disabled={disabled}
        onValue={(date) => {
          if (date !== "") {
            const weekday = ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
            onException({ date, open: exception.open.map((one) => ({ ...one, day: weekday })) });
          }
        }}
      />
      <Day
        name={exception.date}
        disabled={disabled}
        intervals={exception.open}
        onIntervals={(open) => {
          onException({ ...exception, open: open.map((one) => ({ ...one, day })) });
        }}
      />
      <IconButton
        icon="remove"
        label={t("remove")}
        disabled={disabled}
        onClick={() => {
          onException(undefined);
        }}
      />
    </div>
  );
}

function usual(): Hours {
  return {
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    week: WEEK.slice(0, 5).map((day) => ({ day, from: "09:00", to: "17:00" })),
    exceptions: [],
  };
}

function read(value: Item): Hours {
  const intervals = (list: unknown): Interval[] =>
    (Array.isArray(list) ? list.filter(isItem) : []).map((one) => ({
      day: Number(one["day"]),
      from: textOf(one["from"]),
      to: textOf(one["to"]),
    }));
  const exceptions = Array.isArray(value["exceptions"]) ? value["exceptions"].filter(isItem) : [];
  return {
    zone: textOf(value["zone"]) || "UTC",
    week: intervals(value["week"]),
    exceptions: exceptions.map((one) => ({ date: textOf(one["date"]), open: intervals(one["open"]) })),
  };
}

function dayName(day: number): string {
  const format = new Intl.DateTimeFormat(words.value.locale, { weekday: "long", timeZone: "UTC" });
  return format.format(MONDAY + (day - 1) * DAY_MS);
}
