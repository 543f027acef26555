/** Times and numbers, written as the language does. */

import { t, words } from "./index.js";

const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>();

function once<T extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>(
  name: string,
  make: (locale: string) => T,
): T {
  const locale = words.value.locale;
  const key = `${locale} ${name}`;
  const found = made.get(key) ?? make(locale);
  made.set(key, found);
  return found as T;
}

/** The time of day. */
export const time = (at: number): string =>
  once("time", (locale) => new Intl.DateTimeFormat(locale, { timeStyle: "short" })).format(at);

/** The day, in full. */
export const day = (at: number): string =>
  once(
    "day",
    (locale) => new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" }),
  ).format(at);

/** Day and time; in a time zone, else in that of whoever looks. */
export const moment = (at: number, zone?: string): string =>
  dated("moment", { dateStyle: "medium", timeStyle: "short" }, zone).format(at);

/** The day, with its year; in a time zone, else in that of whoever looks. */
export const date = (at: number, zone?: string): string =>
  dated("date", { dateStyle: "medium" }, zone).format(at);

/** How moments are written in a time zone. */
function dated(
  name: string,
  options: Intl.DateTimeFormatOptions,
  zone: string | undefined,
): Intl.DateTimeFormat {
  return once(
    `${name} ${zone ?? ""}`,
    (locale) =>
      new Intl.DateTimeFormat(locale, zone === undefined ? options : { ...options, timeZone: zone }),
  );
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * What stands below an axis of time, for marks that are `step` milliseconds apart: times of day with the day below where it
 * begins, days, months or years.
 */
export function axisTimes(marks: readonly number[], step: number, zone?: string): string[] {
  const day = dated("axis day", { day: "numeric", month: "short" }, zone);
  if (step < DAY_MS) {
    const style = step < MINUTE_MS ? "medium" : "short";
    const clock = dated(`axis time ${style}`, { timeStyle: style }, zone);
    return marks.map((at, index) => {
      const [now, before] = [day.format(at), index === 0 ? "" : day.format(marks[index - 1])];
      return now === before ? clock.format(at) : `${clock.format(at)}\n${now}`;
    });
  }
  if (step < 28 * DAY_MS) {
    return marks.map((at) => day.format(at));
  }
  const whole = step < 360 * DAY_MS;
  const long = dated(
    `axis ${whole ? "month" : "year"}`,
    { year: "numeric", ...(whole ? { month: "short" } : {}) },
    zone,
  );
  return marks.map((at) => long.format(at));
}

/** A number as short as an axis has room for: `12,5 mil`. */
export const axisNumber = (value: number): string =>
  once(
    "axis number",
    (locale) => new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }),
  ).format(value);

/** As short as can be: the time today, else the day. */
export function brief(at: number, now: number = Date.now()): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) {
    return time(at);
  }
  return once(
    "brief",
    (locale) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }),
  ).format(at);
}

/** How long, in two of its parts at most: `3 min`, `1 h 20 min`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const unit = (value: number, name: string): string =>
    once(
      `unit ${name}`,
      (locale) => new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "narrow" }),
    ).format(value);
  if (seconds < 60) {
    return unit(seconds, "second");
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return unit(minutes, "minute");
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return minutes % 60 === 0
      ? unit(hours, "hour")
      : `${unit(hours, "hour")} ${unit(minutes % 60, "minute")}`;
  }
  return unit(Math.floor(hours / 24), "day");
}

/** A number. */
export const number = (value: number): string =>
  once("number", (locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })).format(value);

/** A share, 0 to 1. */
export const percent = (value: number): string =>
  once(
    "percent",
    (locale) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }),
  ).format(value);

/** The day for a line between messages: today, yesterday, or its name. */
export function dayLine(at: number, now: number = Date.now()): string {
  const of = (moment: number): string => new Date(moment).toDateString();
  if (of(at) === of(now)) {
    return t("today");
  }
  return of(at) === of(now - 86_400_000) ? t("yesterday") : day(at);
}
