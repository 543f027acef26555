/** One's own account: password, second factor, sign-ins. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, post, remove, type Schemas, segment } from "../api/index.js";
import { sentence } from "../api/problem.js";
import { t } from "../texts/index.js";
import { moment } from "../texts/when.js";
import { SecondFactor } from "./enrolment.js";
import { programOf } from "./program.js";
import { me } from "./session.js";
import {
  Badge,
  Button,
  Card,
  Dialog,
  Empty,
  Loading,
  Notice,
  Page,
  say,
  sayProblem,
  TextField,
} from "./ui/index.js";

export default function AccountPage(): VNode {
  const who = me.value;
  return (
    <Page title={t("page-account")} about={who ? `${who.nickname} · ${who.agentId} · ${who.tenant}` : ""}>
      <div class="account">
        <Password />
        <Factor />
        <Sessions />
      </div>
    </Page>
  );
}

const LEAST_LENGTH = 8;

function Password(): VNode {
  const [given, setGiven] = useState({ oldPassword: "", newPassword: "", again: "" });
  const [problem, setProblem] = useState<string>();
  const set = (name: keyof typeof given) => (value: string) => {
    setGiven((before) => ({ ...before, [name]: value }));
  };
  const differs = given.again !== "" && given.again !== given.newPassword;
  const change = async (): Promise<void> => {
    setProblem(undefined);
    const { oldPassword, newPassword } = given;
    try {
      await post("/agent/password", { oldPassword, newPassword });
      setGiven({ oldPassword: "", newPassword: "", again: "" });
      say(t("password-changed"));
    } catch (error) {
      setProblem(sentence(error));
    }
  };
  return (
    <Card title={t("password-change")}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <p class="muted">{t("password-about")}</p>
        {problem !== undefined && (
          <Notice tone="danger" icon="alert">
            {problem}
          </Notice>
        )}
        <TextField
          label={t("password-old")}
          type="password"
          autocomplete="current-password"
          required
          value={given.oldPassword}
          onValue={set("oldPassword")}
        />
        <TextField
          label={t("password-new")}
          type="password"
          autocomplete="new-password"
          minLength={LEAST_LENGTH}
          required
          value={given.newPassword}
          onValue={set("newPassword")}
        />
        <TextField
          label={t("password-again")}
          type="password"
          autocomplete="new-password"
          required
          value={given.again}
          onValue={set("again")}
          error={differs ? t("password-differs") : undefined}
        />
        <div>
          <Button type="submit" kind="primary" disabled={differs}>
            {t("password-change")}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Factor(): VNode {
  const [state, setState] = useState<Schemas["TotpState"]>();
  const [doing, setDoing] = useState<"enable" | "disable">();
  const load = (): void => {
    get<Schemas["TotpState"]>("/agent/totp").then(setState, sayProblem);
  };
  useEffect(load, []);
  const done = (): void => {
    setDoing(undefined);
    load();
  };
  return (
    <Card title={t("factor")}>
      {state === undefined ? (
        <Loading label={t("loading")} />
      ) : (
        <div class="stack">
          <p class="muted">{t("factor-about")}</p>
          <div class="row wrap">
            <Badge tone={state.enabled ? "ok" : "neutral"}>
              {t(state.enabled ? "factor-on" : "factor-off")}
            </Badge>
            {state.enabled && (
              <span class={state.recoveryCodesLeft < 3 ? "hint wrong" : "hint"}>
                {t("factor-codes", { count: state.recoveryCodesLeft })}
              </span>
            )}
          </div>
          <div>
            {!state.enabled ? (
              <Button
                kind="primary"
                icon="shield"
                onClick={() => {
                  setDoing("enable");
                }}
              >
                {t("factor-enable")}
              </Button>
            ) : state.required ? (
              <p class="hint">{t("factor-required")}</p>
            ) : (
              <Button
                onClick={() => {
                  setDoing("disable");
                }}
              >
                {t("factor-disable")}
              </Button>
            )}
          </div>
        </div>
      )}
      {doing === "enable" && (
        <Dialog title={t("enrol-title")} onClose={done}>
          <p class="muted">{t("enrol-own")}</p>
          <SecondFactor onDone={done} />
        </Dialog>
      )}
      {doing === "disable" && <Disable onDone={done} />}
    </Card>
  );
}

function Disable({ onDone }: { onDone: () => void }): VNode {
  const [given, setGiven] = useState({ password: "", code: "" });
  const [problem, setProblem] = useState<string>();
  const disable = async (): Promise<void> => {
    setProblem(undefined);
    try {
      await post("/agent/totp/disable", { password: given.password, code: given.code.trim() });
      say(t("factor-gone"));
      onDone();
    } catch (error) {
      setProblem(sentence(error));
    }
  };
  return (
    <Dialog title={t("factor-disable")} onClose={onDone}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void disable();
        }}
      >
        {problem !== undefined && (
          <Notice tone="danger" icon="alert">
            {problem}
          </Notice>
        )}
        <TextField
          label={t("password")}
          type="password"
          autocomplete="current-password"
          required
          value={given.password}
          onValue={(password) => {
            setGiven({ ...given, password });
          }}
        />
        <TextField
          label={t("code")}
          hint={t("code-hint")}
          autocomplete="one-time-code"
          required
          value={given.code}
          onValue={(code) => {
            setGiven({ ...given, code });
          }}
        />
        <Button type="submit" kind="danger">
          {t("factor-disable")}
        </Button>
      </form>
    </Dialog>
  );
}

function Sessions(): VNode {
  const [sessions, setSessions] = useState<Schemas["Session"][]>();
  const load = (): void => {
    get<Schemas["SessionList"]>("/sessions").then((answer) => {
      setSessions(answer.sessions);
    }, sayProblem);
  };
  useEffect(load, []);
  const end = async (path: string): Promise<void> => {
    try {
      await remove(path);
      say(t("own-session-ended"));
      load();
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <Card
      title={t("own-sessions")}
      actions={
        (sessions?.length ?? 0) > 1 && (
          <Button small onClick={() => void end("/sessions")}>
            {t("own-sessions-end")}
          </Button>
        )
      }
    >
      {sessions === undefined ? (
        <Loading label={t("loading")} />
      ) : sessions.length === 0 ? (
        <Empty icon="key" title={t("problem-not-found")} />
      ) : (
        <ul class="own-sessions">
          {sessions.map((one) => (
            <li key={one.id} class="row">
              <span class="grow">
                <bdi>{programOf(one.userAgent) ?? t("own-session-unknown")}</bdi>
                <span class="hint block">
                  {[one.address, one.provider, t("own-session-seen", { at: moment(one.seenAt) })]
                    .filter((part) => part != null && part !== "")
                    .join(" · ")}
                </span>
              </span>
              {one.current ? (
                <Badge tone="ok">{t("own-session-this")}</Badge>
              ) : (
                <Button small onClick={() => void end(`/sessions/${segment(one.id)}`)}>
                  {t("own-session-end")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
