/** Alerts as they are told and set. */

import { type VNode } from "preact";
import { useState } from "preact/hooks";

import { Button, Check, Dialog, Icon, Link, TextField } from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { number, percent, span } from "../texts/when.js";
import { type Alert, alerts, ring, setThresholds, thresholds } from "./alerts.js";

/** What is beyond its threshold, above the page. */
export function AlertBanner(): VNode | null {
  const here = alerts.value;
  if (here.length === 0) {
    return null;
  }
  return (
    <div class="alert-banner" role="alert">
      <Icon name="warning" />
      <ul class="grow">
        {here.map((alert) => (
          <li key={`${alert.kind} ${alert.queue}`}>{told(alert)}</li>
        ))}
      </ul>
      <Link to="/watch" class="btn small">
        {t("alert-look")}
      </Link>
    </div>
  );
}

function told(alert: Alert): string {
  const name = alert.name;
  switch (alert.kind) {
    case "wait":
      return t("alert-wait-told", { name, span: span(Math.floor(alert.value) * 1000) });
    case "waiting":
      return t("alert-waiting-told", { name, count: alert.value });
    case "level":
      return t("alert-level-told", { name, share: percent(alert.value) });
  }
}

/** Sets the thresholds. */
export function AlertDialog({ onClose }: { onClose: () => void }): VNode {
  const [given, setGiven] = useState(() => {
    const { wait, waiting, level, sound } = thresholds.value;
    const text = (value: number | undefined): string => (value === undefined ? "" : number(value));
    return { wait: text(wait), waiting: text(waiting), level: text(level), sound };
  });
  const set = (name: "wait" | "waiting" | "level") => (value: string) => {
    setGiven((before) => ({ ...before, [name]: value }));
  };
  const save = (): void => {
    setThresholds({
      wait: numberOf(given.wait),
      waiting: numberOf(given.waiting),
      level: numberOf(given.level),
      sound: given.sound,
    });
    onClose();
  };
  return (
    <Dialog
      title={t("alerts")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={ring} icon="loud">
            {t("alert-listen")}
          </Button>
          <span class="grow" />
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button kind="primary" onClick={save}>
            {t("save")}
          </Button>
        </>
      }
    >
      <p class="muted">{t("alerts-about")}</p>
      <TextField label={t("alert-wait")} type="number" min={0} value={given.wait} onValue={set("wait")} />
      <TextField
        label={t("alert-waiting")}
        type="number"
        min={0}
        value={given.waiting}
        onValue={set("waiting")}
      />
      <TextField
        label={t("alert-level")}
        type="number"
        min={0}
        max={100}
        value={given.level}
        onValue={set("level")}
      />
      <Check
        label={t("alert-sound")}
        checked={given.sound}
        onValue={(sound) => {
          setGiven((before) => ({ ...before, sound }));
        }}
      />
    </Dialog>
  );
}

function numberOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === "" || !Number.isFinite(value) || value < 0 ? undefined : value;
}
