/** What a report is asked for, as the address keeps it. */

/** Times that can be chosen by name. */
export const PERIODS = ["today", "yesterday", "week", "month", "quarter", "own"] as const;
const DAYS: Record<string, number> = { today: 1, week: 7, month: 30, quarter: 90 };
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What a report is asked for. */
export interface Asked {
  period: string;
  /** The first day, `2027-03-01`. */
  from: string;
  /** The last day. */
  to: string;
  zone: string;
  by: string;
  group: string;
}

/** What the address asks for; the last seven days unless it does. */
export function readAsked(query: URLSearchParams, zone: string): Asked {
  const wanted = query.get("zone");
  const own = wanted !== null && isZone(wanted) ? wanted : zone;
  const start: Asked = { period: "week", from: "", to: "", zone: own, by: "day", group: "" };
  const range = rangeOf("week", start);
  const day = (name: string, other: string): string => {
    const given = query.get(name) ?? "";
    return /^\d{4}-\d\d-\d\d$/.test(given) ? given : other;
  };
  return {
    period: query.get("period") ?? "week",
    from: day("from", range.from),
    to: day("to", range.to),
    zone: own,
    by: query.get("by") ?? "day",
    group: query.get("group") ?? "",
  };
}

/** The same as the address's query. */
export function writeAsked(asked: Asked): string {
  return new URLSearchParams({ ...asked }).toString();
}

/** The days of a period, in a time zone. */
export function rangeOf(
  period: string,
  { from, to, zone }: Pick<Asked, "from" | "to" | "zone">,
  now: number = Date.now(),
): { from: string; to: string } {
  if (period === "yesterday") {
    const day = dayIn(zone, now - DAY_MS);
    return { from: day, to: day };
  }
  const days = DAYS[period];
  return days === undefined
    ? { from, to }
    : { from: dayIn(zone, now - (days - 1) * DAY_MS), to: dayIn(zone, now) };
}

/** When a day begins in a time zone. */
export function startOf(day: string, zone: string): number {
  const midnight = Date.parse(`${day}T00:00Z`);
  // What the clocks there are ahead of UTC, at a moment.
  const ahead = (at: number): number => {
    const format = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const there = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"));
    return there - Math.floor(at / 60_000) * 60_000;
  };
  // The second time in case the clocks were put on between the first guess and the day.
  const first = midnight - ahead(midnight);
  return midnight - ahead(first);
}

/** When each day of a range begins in a time zone, or each of its hours. */
export function periods(from: string, to: string, zone: string, byHour: boolean): number[] {
  const found: number[] = [];
  for (let day = Date.parse(`${from}T00:00Z`); day <= Date.parse(`${to}T00:00Z`); day += DAY_MS) {
    const begin = startOf(dayIn("UTC", day), zone);
    const end = byHour ? startOf(dayIn("UTC", day + DAY_MS), zone) : begin + 1;
    for (let at = begin; at < end; at += HOUR_MS) {
      found.push(at);
    }
  }
  return found;
}

function dayIn(zone: string, at: number): string {
  const format = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const part = (type: string): string =>
    format.formatToParts(at).find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
