/** Which metrics the reports show, and how. What they mean is defined in docs/metrics.md. */

/** The reports. */
export const KINDS = ["summary", "queues", "agents"] as const;
export type ReportName = (typeof KINDS)[number];

/** What rows can be told apart by besides the time. */
export const GROUPS: Record<ReportName, readonly string[]> = {
  summary: ["channel", "queue", "disposition", "tag"],
  queues: ["channel", "queue"],
  agents: ["agent", "channel", "queue"],
};

/** The columns; the first six are also shown large. */
export const DEFAULT_METRICS: Record<ReportName, readonly string[]> = {
  summary: [
    "conversations",
    "served",
    "containment",
    "firstResponseMedian",
    "conversationTimeAverage",
    "reopenRate",
    "withRobot",
    "handedToPeople",
    "leftMessage",
    "slaFirstReplyKept",
  ],
  queues: [
    "waits",
    "waitsAnswered",
    "waitsAbandoned",
    "serviceLevel",
    "queueTimeAverage",
    "abandonmentRate",
    "queueTimeP90",
    "waitsLeftMessage",
  ],
  agents: [
    "episodes",
    "handlingTimeAverage",
    "agentFirstResponseMedian",
    "csat",
    "nps",
    "occupancy",
    "rated",
    "onlineTime",
    "wrapUpTime",
  ],
};

/** What the chart shows. */
export const CHARTED: Record<ReportName, readonly string[]> = {
  summary: ["conversations", "served", "leftMessage"],
  queues: ["waits", "waitsAnswered", "waitsAbandoned"],
  agents: ["episodes", "rated", "transfersOut"],
};

/** What is not a count. */
export const UNITS: Record<string, "share" | "seconds"> = {
  containment: "share",
  reopenRate: "share",
  slaFirstReplyKept: "share",
  serviceLevel: "share",
  abandonmentRate: "share",
  csat: "share",
  occupancy: "share",
  firstResponseMedian: "seconds",
  conversationTimeAverage: "seconds",
  queueTimeAverage: "seconds",
  queueTimeP90: "seconds",
  handlingTimeAverage: "seconds",
  agentFirstResponseMedian: "seconds",
  onlineTime: "seconds",
  wrapUpTime: "seconds",
};
