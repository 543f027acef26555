/** The agents: who is there, and declaring for them. */

import "./supervisor.css";

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { queueName } from "../agent/ui/words.js";
import { get, put, type Schemas, segment } from "../api/index.js";
import { me, may } from "../shell/session.js";
import {
  Avatar,
  Empty,
  Icon,
  Loading,
  Menu,
  Page,
  say,
  sayProblem,
  SelectField,
  Table,
  TextField,
} from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { span } from "../texts/when.js";
import { Meter, statusDot, statusName } from "./parts.js";

type Agent = Schemas["AgentOverview"];
const STATUSES = ["online", "busy", "away", "offline"] as const;
const ASK_AGAIN_MS = 4_000;

export default function TeamPage(): VNode {
  const [agents, setAgents] = useState<Agent[]>();
  const [text, setText] = useState("");
  const [status, setStatus] = useState("");
  const ask = (): Promise<void> =>
    get<Schemas["AgentList"]>("/agents").then((answer) => {
      setAgents(answer.agents);
    });
  useEffect(() => {
    void ask().catch(sayProblem);
    const timer = setInterval(() => void ask().catch(() => undefined), ASK_AGAIN_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  const wanted = text.trim().toLowerCase();
  const shown = (agents ?? []).filter(
    (agent) =>
      (wanted === "" || `${agent.nickname} ${agent.id}`.toLowerCase().includes(wanted)) &&
      (status === "" || agent.status === status),
  );
  const declare = async (agent: Agent, to: (typeof STATUSES)[number]): Promise<void> => {
    try {
      await put(`/agents/${segment(agent.id)}/status`, { status: to });
      say(t("team-declared", { name: agent.nickname, status: t(`standing-${to}`) }));
      await ask();
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <Page title={t("page-team")} about={t("team-about")}>
      <div class="filters">
        <TextField label={t("team-find")} type="search" value={text} onValue={setText} />
        <SelectField
          label={t("status")}
          value={status}
          onValue={setStatus}
          options={[
            { value: "", label: t("every") },
            ...STATUSES.map((value) => ({ value, label: t(`standing-${value}`) })),
          ]}
        />
      </div>
      {agents === undefined ? (
        <Loading label={t("loading")} />
      ) : shown.length === 0 ? (
        <Empty icon="people" title={t("team-nobody")} />
      ) : (
        <section class="card flush">
          <Table
            label={t("agents")}
            rows={shown}
            idOf={(agent) => agent.id}
            columns={[
              {
                title: t("agent"),
                cell: (agent) => (
                  <span class="row">
                    <Avatar name={agent.nickname} small dot={statusDot(agent.status, agent.reachable)} />
                    <span>
                      <strong>{agent.nickname}</strong>
                      <span class="hint block">{agent.id}</span>
                    </span>
                  </span>
                ),
              },
              {
                title: t("status"),
                cell: (agent) => (
                  <>
                    {statusName(agent.status, agent.reachable)}
                    {agent.reason != null && agent.reason !== "" && (
                      <span class="hint block">{agent.reason}</span>
                    )}
                  </>
                ),
              },
              {
                title: t("since"),
                cell: (agent) => (agent.since == null ? "–" : span(Date.now() - agent.since)),
              },
              { title: t("queues"), cell: (agent) => agent.queues.map(queueName).join(", ") || "–" },
              {
                title: t("team-load"),
                cell: (agent) => (
                  <span class="row">
                    <Meter
                      used={agent.held}
                      most={agent.capacity}
                      label={t("load", { held: agent.held, capacity: agent.capacity })}
                    />
                    {agent.held} / {agent.capacity}
                  </span>
                ),
              },
              ...(may("agents.supervise")
                ? [
                    {
                      title: t("actions"),
                      end: true,
                      cell: (agent: Agent) =>
                        agent.id === me.value?.agentId ? null : (
                          <Menu
                            label={t("team-declare", { name: agent.nickname })}
                            class="btn small"
                            entries={STATUSES.map((to) => ({
                              id: to,
                              label: t(`standing-${to}`),
                              dot: to,
                              checked: agent.status === to,
                              act: () => void declare(agent, to),
                            }))}
                          >
                            {t("team-set")}
                            <Icon name="down" />
                          </Menu>
                        ),
                    },
                  ]
                : []),
            ]}
          />
        </section>
      )}
    </Page>
  );
}
