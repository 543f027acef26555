/** The wall: how it stands now. */

import "./supervisor.css";

import { useSignal } from "@preact/signals";
import { type VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import { get, type Schemas } from "../api/index.js";
import { Avatar, Badge, Button, Card, Chart, Loading, Notice, Page, Table } from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { number, percent, span } from "../texts/when.js";
import { AlertBanner, AlertDialog } from "./alert-parts.js";
import {
  isTold,
  live,
  type LiveQueue,
  now,
  ownZone,
  type Standing,
  standings,
  today,
  totals,
  useLive,
} from "./live.js";
import { Figure, Meter, statusDot, statusName } from "./parts.js";

const HOUR_MS = 3_600_000;
/** How much the chart of the last minutes shows at least. */
const LEAST_MS = 300_000;
const ASK_AGAIN_MS = 60_000;

export default function WallPage(): VNode {
  useLive();
  const isSetting = useSignal(false);
  const here = live.value;
  return (
    <Page
      title={t("page-wall")}
      about={t("wall-about")}
      actions={
        <>
          <Badge tone={isTold.value ? "ok" : "warn"}>{isTold.value ? t("wall-live") : t("wall-lost")}</Badge>
          <Button
            icon="bell"
            onClick={() => {
              isSetting.value = true;
            }}
          >
            {t("alerts")}
          </Button>
        </>
      }
    >
      <AlertBanner />
      {!isTold.value && here !== undefined && (
        <Notice tone="warn" icon="offline">
          {t("wall-lost-about")}
        </Notice>
      )}
      {here === undefined ? <Loading label={t("loading")} /> : <Wall here={here} />}
      {isSetting.value && (
        <AlertDialog
          onClose={() => {
            isSetting.value = false;
          }}
        />
      )}
    </Page>
  );
}

function Wall({ here }: { here: Schemas["Live"] }): VNode {
  const all = totals(here);
  const waited = all.longestSince === undefined ? undefined : now.value - all.longestSince;
  return (
    <>
      <div class="figures">
        <Figure
          icon="clock"
          label={t("wall-waiting")}
          value={number(all.waiting)}
          about={waited === undefined ? t("wall-nobody-waits") : t("wall-longest", { span: span(waited) })}
          tone={all.waiting > 0 ? "warn" : "neutral"}
        />
        <Figure icon="chats" label={t("wall-with-agents")} value={number(all.conversations)} />
        <Figure
          icon="headset"
          label={t("wall-online")}
          value={number(all.online)}
          about={t("wall-of-signed-in", { count: all.there })}
          tone={all.online === 0 ? "warn" : "ok"}
        />
        <Figure
          icon="gauge"
          label={t("metric-serviceLevel")}
          value={all.level === undefined ? "–" : percent(all.level)}
          about={t("wall-today")}
          tone={all.level === undefined ? "neutral" : all.level < 0.8 ? "danger" : "ok"}
        />
        <Figure
          icon="done"
          label={t("metric-waitsAnswered")}
          value={number(all.answered)}
          about={t("wall-today")}
        />
        <Figure
          icon="close"
          label={t("metric-waitsAbandoned")}
          value={number(all.abandoned)}
          about={t("wall-today")}
          tone={all.abandoned > 0 ? "warn" : "neutral"}
        />
      </div>
      <div class="columns">
        <Card title={t("wall-lately")}>
          <Lately />
        </Card>
        <Card title={t("wall-by-hour")}>
          <ByHour />
        </Card>
      </div>
      <Card title={t("queues")}>
        <Queues queues={here.queues} />
      </Card>
      <Card title={t("agents")}>
        <ul class="agent-tiles">
          {here.agents.map((agent) => (
            <li key={agent.id} class="agent-tile">
              <Avatar name={agent.nickname} small dot={statusDot(agent.status, agent.reachable)} />
              <div class="grow">
                <div class="agent-name">{agent.nickname}</div>
                <div class="hint">
                  {statusName(agent.status, agent.reachable)}
                  {agent.since == null ? "" : ` · ${span(now.value - agent.since)}`}
                </div>
              </div>
              <div class="agent-load">
                <Meter
                  used={agent.held}
                  most={agent.capacity}
                  label={t("load", { held: agent.held, capacity: agent.capacity })}
                />
                <span class="hint">
                  {number(agent.held)} / {number(agent.capacity)}
                </span>
              </div>
            </li>
          ))}
        </ul>
      </Card>
    </>
  );
}

function Lately(): VNode {
  const known = standings.value;
  const points = useMemo(() => framed(known), [known]);
  const times = useMemo(() => points.map(({ at }) => at), [points]);
  const lines = [
    { label: t("wall-waiting"), color: "warn", values: points.map(({ waiting }) => waiting) },
    {
      label: t("wall-with-agents"),
      color: "accent",
      values: points.map(({ conversations }) => conversations),
    },
    { label: t("wall-online"), color: "ok", values: points.map(({ online }) => online) },
  ];
  return <Chart label={t("wall-lately")} times={times} lines={lines} />;
}

/** Never less than the last minutes: what was not seen stays empty. */
function framed(known: readonly Standing[]): (Standing | Before)[] {
  const first = Date.now() - LEAST_MS;
  const nothing = { waiting: null, conversations: null, online: null };
  return known[0] !== undefined && known[0].at < first ? [...known] : [{ at: first, ...nothing }, ...known];
}

interface Before {
  at: number;
  waiting: null;
  conversations: null;
  online: null;
}

function ByHour(): VNode {
  const [rows, setRows] = useState<Record<string, unknown>[]>([]);
  useEffect(() => {
    const ask = (): void => {
      const day = dayOf(Date.now());
      const query = { from: day, to: day, zone: ownZone(), groupBy: "hour" };
      void get<Schemas["Report"]>("/reports/queues", query).then(
        ({ rows }) => {
          setRows(rows);
        },
        () => undefined,
      );
    };
    ask();
    const timer = setInterval(ask, ASK_AGAIN_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  const chart = useMemo(() => {
    const first = new Date().setHours(0, 0, 0, 0);
    const hours = Array.from({ length: new Date().getHours() + 1 }, (_, hour) => first + hour * HOUR_MS);
    const byHour = new Map(rows.map((row) => [startOf(row), row]));
    const of = (name: string) =>
      hours.map((hour) => {
        const value = byHour.get(hour)?.[name];
        return typeof value === "number" ? value : 0;
      });
    return { hours, answered: of("waitsAnswered"), abandoned: of("waitsAbandoned") };
  }, [rows]);
  const lines = [
    { label: t("metric-waitsAnswered"), color: "accent", values: chart.answered, bars: true },
    { label: t("metric-waitsAbandoned"), color: "danger", values: chart.abandoned, bars: true },
  ];
  return <Chart label={t("wall-by-hour")} times={chart.hours} lines={lines} />;
}

/** When the period of a row begins. */
function startOf(row: Record<string, unknown>): number {
  const value = row["hour"];
  return typeof value === "number" ? value : Date.parse(String(value));
}

function dayOf(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function Queues({ queues }: { queues: readonly LiveQueue[] }): VNode {
  const share = (value: number | undefined): string => (value === undefined ? "–" : percent(value));
  return (
    <Table
      label={t("queues")}
      rows={queues}
      idOf={(queue) => queue.id}
      columns={[
        { title: t("queue-one"), cell: (queue) => <strong>{queue.name}</strong> },
        {
          title: t("wall-waiting"),
          end: true,
          cell: (queue) => (queue.waiting === 0 ? "0" : <Badge tone="warn">{number(queue.waiting)}</Badge>),
        },
        {
          title: t("wall-longest-short"),
          end: true,
          cell: (queue) => (queue.longestSince == null ? "–" : span(now.value - queue.longestSince)),
        },
        {
          title: t("wall-estimate"),
          end: true,
          cell: (queue) => (queue.estimatedWait == null ? "–" : span(queue.estimatedWait * 1000)),
        },
        { title: t("wall-with-agents"), end: true, cell: (queue) => number(queue.conversations) },
        {
          title: t("wall-agents-free"),
          end: true,
          cell: (queue) => `${number(queue.available)} / ${number(queue.online)}`,
        },
        {
          title: t("metric-waitsAnswered"),
          end: true,
          cell: (queue) => number(today(queue, "waitsAnswered") ?? 0),
        },
        {
          title: t("metric-abandonmentRate"),
          end: true,
          cell: (queue) => share(today(queue, "abandonmentRate")),
        },
        {
          title: t("metric-serviceLevel"),
          end: true,
          cell: (queue) => <Level value={today(queue, "serviceLevel")} />,
        },
      ]}
    />
  );
}

function Level({ value }: { value: number | undefined }): VNode {
  return value === undefined ? (
    <span class="muted">–</span>
  ) : (
    <Badge tone={value < 0.8 ? "danger" : "ok"}>{percent(value)}</Badge>
  );
}
