/** The agent's state, for the rail. */

import { type VNode } from "preact";
import { useEffect } from "preact/hooks";

import { may } from "../shell/session.js";
import { Icon, Menu, sayProblem } from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { beginAttention, isQuiet, notifies, setNotifies, setQuiet } from "./model/attention.js";
import { declare, openBook, own } from "./model/book.js";
import { connection } from "./model/feed.js";
import { commandBar, shortcutList } from "./model/open.js";
import { Overlays } from "./ui/overlays.js";
import "./css/overlays.css";
import "./css/rail.css";

const STATUSES = ["online", "busy", "away", "offline"] as const;

/** The state, with what can be declared. */
export function RailStatus(): VNode | null {
  const answers = may("conversations.answer");
  const reads = may("conversations.read");
  useEffect(() => {
    if (reads) {
      openBook();
      beginAttention();
    }
  }, [reads]);
  if (!reads) {
    return null;
  }
  const state = own.value;
  const status = state?.status ?? "offline";
  const to = (wanted: (typeof STATUSES)[number], reason?: string): void => {
    declare(wanted, reason).catch(sayProblem);
  };
  const reasons = (wanted: "busy" | "away") =>
    (state?.reasons ?? []).map((reason) => ({
      id: `${wanted} ${reason.id}`,
      label: `${t(`status-${wanted}`)} · ${reason.name}`,
      dot: wanted,
      checked: status === wanted && state?.reason === reason.id,
      act: () => {
        to(wanted, reason.id);
      },
    }));
  return (
    <>
      {connection.value !== "live" && (
        <span class="rail-offline" role="status" title={t(`connection-${connection.value}`)}>
          <Icon name="offline" />
          <span class="unseen">{t(`connection-${connection.value}`)}</span>
        </span>
      )}
      <Menu
        label={t("status-menu", { status: t(`status-${status}`) })}
        class="rail-status"
        placement="right-end"
        entries={[
          ...(answers
            ? [
                ...STATUSES.flatMap((name) => [
                  {
                    id: name,
                    label: t(`status-${name}`),
                    dot: name,
                    checked: status === name && (state?.reason ?? undefined) === undefined,
                    act: () => {
                      to(name);
                    },
                  },
                  ...(name === "away" ? reasons(name) : []),
                ]),
                "line" as const,
              ]
            : []),
          {
            id: "sound",
            label: t("sounds"),
            icon: isQuiet.value ? "mute" : "loud",
            checked: !isQuiet.value,
            act: () => {
              setQuiet(!isQuiet.value);
            },
          },
          {
            id: "notifications",
            label: t("notifications"),
            icon: "bell",
            checked: notifies.value,
            act: () => void setNotifies(!notifies.value),
          },
          "line",
          {
            id: "commands",
            label: t("command-bar"),
            icon: "command",
            keys: "Ctrl K",
            act: () => (commandBar.value = true),
          },
          {
            id: "shortcuts",
            label: t("shortcuts"),
            icon: "info",
            keys: "?",
            act: () => (shortcutList.value = true),
          },
        ]}
      >
        <span class={`dot ${status}`} />
        <span class="rail-name">{t(`status-${status}`)}</span>
      </Menu>
      <Overlays />
    </>
  );
}
