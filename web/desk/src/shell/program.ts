/** What browsers call themselves. */

const BROWSERS = [
  /Edg\/[\d.]+/,
  /OPR\/[\d.]+/,
  /Firefox\/[\d.]+/,
  /Chrome\/[\d.]+/,
  /Version\/[\d.]+.*Safari/,
];
const SYSTEMS = [/Windows/, /Android/, /iPhone|iPad/, /Mac OS X/, /Linux/];

/** What a program calls itself, in short: a browser and its system, else the beginning of it. */
export function programOf(agent: string | null | undefined): string | undefined {
  if (agent == null || agent === "") {
    return undefined;
  }
  const found = BROWSERS.map((pattern) => pattern.exec(agent)?.[0]).find(Boolean);
  const browser = found
    ?.replace(/^Version\/.*/, "Safari")
    .replace(/^OPR/, "Opera")
    .replace(/^Edg/, "Edge");
  const system = SYSTEMS.map((pattern) => pattern.exec(agent)?.[0]).find(Boolean);
  return browser === undefined
    ? agent.slice(0, 60)
    : [browser.replace(/\/(\d+).*/, " $1"), system].filter(Boolean).join(", ");
}
