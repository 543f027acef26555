/** Reports over a time of one's choice, as a chart and a table, and as files. */

import "./supervisor.css";

import { type VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import { address, get, type Schemas } from "../api/index.js";
import { type PageProps } from "../shell/pages.js";
import { go, location } from "../shell/route.js";
import { may } from "../shell/session.js";
import {
  Card,
  Chart,
  Empty,
  Icon,
  Loading,
  Menu,
  Notice,
  Page,
  sayProblem,
  SelectField,
  Table,
  Tabs,
  TextField,
} from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { date, moment, number, percent, span } from "../texts/when.js";
import { ownZone } from "./live.js";
import { CHARTED, DEFAULT_METRICS, GROUPS, KINDS, type ReportName, UNITS } from "./metrics.js";
import { Figure } from "./parts.js";
import { type Asked, PERIODS, periods, rangeOf, readAsked, writeAsked } from "./report-range.js";

type Row = Record<string, unknown>;

export default function ReportsPage({ values }: PageProps): VNode {
  const kind: ReportName = KINDS.find((name) => name === values["kind"]) ?? "summary";
  const asked = readAsked(location.value.query, ownZone());
  const set = (change: Partial<Asked>): void => {
    go(`/reports/${kind}?${writeAsked({ ...asked, ...change })}`, { replace: true });
  };
  const { totals, series, rows, lag, isBusy } = useReport(kind, asked);
  const metrics = DEFAULT_METRICS[kind];
  return (
    <Page
      title={t("page-reports")}
      about={t("reports-about")}
      actions={may("reports.export") && <Exports kind={kind} asked={asked} />}
    >
      <Tabs
        label={t("page-reports")}
        value={kind}
        onValue={(to) => {
          go(`/reports/${to}?${writeAsked({ ...asked, group: "" })}`);
        }}
        tabs={KINDS.map((id) => ({ id, label: t(`report-${id}`) }))}
      >
        <div class="stack wide">
          <Range asked={asked} kind={kind} set={set} />
          {lag && (lag.rebuilding || lag.customers > 0) && (
            <Notice icon="clock">
              {lag.rebuilding ? t("reports-rebuilding") : t("reports-lag", { count: lag.customers })}
            </Notice>
          )}
          {totals === undefined ? (
            isBusy ? (
              <Loading label={t("loading")} />
            ) : (
              <Empty icon="chart" title={t("reports-nothing")} />
            )
          ) : (
            <>
              <div class="figures">
                {metrics.slice(0, 6).map((name) => (
                  <Figure
                    key={name}
                    icon="chart"
                    label={t(`metric-${name}`)}
                    value={shown(name, totals[name])}
                  />
                ))}
              </div>
              <Card title={t("reports-over-time")}>
                <Over kind={kind} rows={series} asked={asked} />
              </Card>
              <Card title={t("reports-table")}>
                <Rows kind={kind} asked={asked} rows={rows} metrics={metrics} />
              </Card>
            </>
          )}
        </div>
      </Tabs>
    </Page>
  );
}

function useReport(
  kind: ReportName,
  asked: Asked,
): {
  totals: Row | undefined;
  series: Row[];
  rows: Row[];
  lag: Schemas["ReportLag"] | undefined;
  isBusy: boolean;
} {
  const [found, setFound] = useState<{
    totals: Row | undefined;
    series: Row[];
    rows: Row[];
    lag: Schemas["ReportLag"];
  }>();
  const [isBusy, setBusy] = useState(true);
  const { from, to, zone, by, group } = asked;
  useEffect(() => {
    const abort = new AbortController();
    setBusy(true);
    const ask = (groupBy: string | undefined): Promise<Schemas["Report"]> =>
      get(`/reports/${kind}`, { from, to, zone, groupBy }, abort.signal);
    const table = [by, group].filter(Boolean).join(",");
    Promise.all([ask(undefined), ask(by), ask(table)])
      .then(([totals, series, rows]) => {
        setFound({
          totals: totals.rows[0],
          series: series.rows,
          rows: rows.rows,
          lag: totals.lag,
        });
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) {
          sayProblem(error);
        }
      })
      .finally(() => {
        if (!abort.signal.aborted) {
          setBusy(false);
        }
      });
    return () => {
      abort.abort();
    };
  }, [kind, from, to, zone, by, group]);
  return {
    totals: found?.totals,
    series: found?.series ?? [],
    rows: found?.rows ?? [],
    lag: found?.lag,
    isBusy,
  };
}

function Range({
  asked,
  kind,
  set,
}: {
  asked: Asked;
  kind: ReportName;
  set: (change: Partial<Asked>) => void;
}): VNode {
  const zones = useMemo(() => {
    const all = new Set(["UTC", ownZone(), asked.zone, ...Intl.supportedValuesOf("timeZone")]);
    return [...all].map((value) => ({ value, label: value }));
  }, [asked.zone]);
  return (
    <div class="filters">
      <SelectField
        label={t("reports-period")}
        value={asked.period}
        onValue={(period) => {
          set({ period, ...rangeOf(period, asked) });
        }}
        options={PERIODS.map((value) => ({ value, label: t(`period-${value}`) }))}
      />
      <TextField
        label={t("reports-from")}
        type="date"
        value={asked.from}
        max={asked.to}
        onValue={(from) => {
          if (from !== "") {
            set({ from, period: "own", to: from > asked.to ? from : asked.to });
          }
        }}
      />
      <TextField
        label={t("reports-to")}
        type="date"
        value={asked.to}
        min={asked.from}
        onValue={(to) => {
          if (to !== "") {
            set({ to, period: "own", from: to < asked.from ? to : asked.from });
          }
        }}
      />
      <SelectField
        label={t("reports-zone")}
        value={asked.zone}
        onValue={(zone) => {
          set({ zone });
        }}
        options={zones}
      />
      <SelectField
        label={t("reports-by")}
        value={asked.by}
        onValue={(by) => {
          set({ by });
        }}
        options={["hour", "day", "week", "month"].map((value) => ({ value, label: t(`by-${value}`) }))}
      />
      <SelectField
        label={t("reports-group")}
        value={asked.group}
        onValue={(group) => {
          set({ group });
        }}
        options={[
          { value: "", label: t("by-nothing") },
          ...GROUPS[kind].map((value) => ({ value, label: t(`by-${value}`) })),
        ]}
      />
    </div>
  );
}

/** Files of the same. */
function Exports({ kind, asked }: { kind: ReportName; asked: Asked }): VNode {
  const { from, to, zone, by, group } = asked;
  const range = { from, to, zone };
  const load = (path: string, more: Record<string, string>): void => {
    const link = document.createElement("a");
    link.href = address(path, { ...range, ...more });
    link.download = `${path.split("/").at(-1) ?? kind}-${from}-${to}.${more["format"] ?? "csv"}`;
    link.click();
  };
  const groupBy = [by, group].filter(Boolean).join(",");
  return (
    <Menu
      label={t("export")}
      entries={[
        {
          id: "csv",
          label: t("export-report"),
          icon: "download",
          act: () => {
            load(`/reports/${kind}`, { groupBy, format: "csv" });
          },
        },
        {
          id: "conversations",
          label: t("export-conversations"),
          icon: "download",
          act: () => {
            load("/reports/conversations", { format: "csv" });
          },
        },
        {
          id: "episodes",
          label: t("export-episodes"),
          icon: "download",
          act: () => {
            load("/reports/episodes", { format: "csv" });
          },
        },
      ]}
    >
      <Icon name="download" />
      {t("export")}
    </Menu>
  );
}

function Over({ kind, rows, asked }: { kind: ReportName; rows: readonly Row[]; asked: Asked }): VNode {
  const { from, to, zone, by } = asked;
  const chart = useMemo(() => {
    const known = new Map(rows.map((row) => [periodOf(row), row]));
    known.delete(Number.NaN);
    // Hours and days in which nothing happened have no row; weeks and months begin before the range.
    const times =
      by === "hour" || by === "day"
        ? periods(from, to, zone, by === "hour").filter((at) => at <= Date.now())
        : [...known.keys()].sort((one, other) => one - other);
    return { count: known.size, times, rows: times.map((at) => known.get(at)) };
  }, [rows, from, to, zone, by]);
  if (chart.count === 0) {
    return <Empty icon="chart" title={t("reports-nothing")} />;
  }
  const colors = ["accent", "ok", "danger"];
  const lines = CHARTED[kind].map((name, index) => ({
    label: t(`metric-${name}`),
    color: colors[index] ?? "muted",
    bars: index === 0,
    values: chart.rows.map((row) => (typeof row?.[name] === "number" ? row[name] : 0)),
  }));
  return (
    <Chart
      label={t("reports-over-time")}
      times={chart.times}
      lines={lines}
      height={260}
      zone={zone}
      days={asked.by !== "hour"}
    />
  );
}

function Rows({
  kind,
  asked,
  rows,
  metrics,
}: {
  kind: ReportName;
  asked: Asked;
  rows: readonly Row[];
  metrics: readonly string[];
}): VNode {
  const when = (row: Row): string => {
    const at = periodOf(row);
    return !Number.isFinite(at) ? "–" : asked.by === "hour" ? moment(at, asked.zone) : date(at, asked.zone);
  };
  return (
    <Table
      label={t(`report-${kind}`)}
      rows={rows}
      idOf={(row) => `${String(periodOf(row))} ${String(row[asked.group])}`}
      columns={[
        { title: t(`by-${asked.by}`), nowrap: true, cell: when },
        ...(asked.group === ""
          ? []
          : [
              {
                title: t(`by-${asked.group}`),
                cell: (row: Row) => textOf(row[`${asked.group}Name`] ?? row[asked.group]),
              },
            ]),
        ...metrics.map((name) => ({
          title: t(`metric-${name}`),
          end: true,
          cell: (row: Row) => shown(name, row[name]),
        })),
      ]}
    />
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" && value !== "" ? value : "–";
}

/** When the period of a row begins. */
function periodOf(row: Row): number {
  const value = row["hour"] ?? row["day"] ?? row["week"] ?? row["month"];
  return typeof value === "number" ? value : Date.parse(String(value));
}

/** A metric as people read it. */
function shown(name: string, value: unknown): string {
  if (typeof value !== "number") {
    return "–";
  }
  const unit = UNITS[name];
  if (unit === "share") {
    return percent(value);
  }
  return unit === "seconds" ? span(value * 1000) : number(value);
}
