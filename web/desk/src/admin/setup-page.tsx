/** The first set-up: a company and its administrator, with the code that the server showed. */

import "./admin.css";

import { type VNode } from "preact";
import { useState } from "preact/hooks";

import { call, Problem } from "../api/index.js";
import { sentence } from "../api/problem.js";
import { go } from "../shell/route.js";
import { signIn } from "../shell/session.js";
import { Button, Icon, Notice, SelectField, TextField } from "../shell/ui/index.js";
import { LANGUAGE_NAMES, LANGUAGES, speak, t, words } from "../texts/index.js";

type Given = Record<"code" | "name" | "tenant" | "nickname" | "agentId" | "password" | "again", string>;

export default function SetUpPage(): VNode {
  const [given, setGiven] = useState<Given>(() => ({
    // Behind the # of the address, which is sent to no server.
    code: decodeURIComponent(window.location.hash.slice(1)),
    name: "",
    tenant: "",
    nickname: "",
    agentId: "",
    password: "",
    again: "",
  }));
  const [errors, setErrors] = useState<Partial<Given>>({});
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const set = (name: keyof Given) => (value: string) => {
    setGiven((before) => ({ ...before, [name]: value }));
  };
  const tenant = given.tenant === "" ? idFrom(given.name) : given.tenant;
  const submit = async (): Promise<void> => {
    setErrors({});
    setProblem(undefined);
    if (given.password !== given.again) {
      setErrors({ again: t("setup-differs") });
      return;
    }
    setBusy(true);
    try {
      const { code, name, nickname, agentId, password } = given;
      const body = {
        code: code.trim(),
        tenant,
        name,
        nickname,
        agentId,
        password,
        locale: words.value.language,
      };
      await call("POST", "/setup", { body, anonymous: true });
      window.history.replaceState(null, "", "/desk/setup");
      await signIn({ tenant, agentId, password });
      go("/channels", { replace: true });
    } catch (error) {
      if (error instanceof Problem && error.field !== undefined && error.field in given) {
        setErrors({ [error.field]: error.message });
      } else if (error instanceof Problem && error.status === 401) {
        setErrors({ code: t("setup-wrong-code") });
      } else {
        setProblem(error instanceof Problem && error.status === 404 ? t("setup-over") : sentence(error));
      }
    } finally {
      setBusy(false);
    }
  };
  const field = (
    name: keyof Given,
    more: {
      hint?: string;
      value?: string;
      type?: "password";
      autocomplete?: "name" | "username" | "new-password" | "organization" | "off";
    } = {},
  ): VNode => (
    <TextField
      label={t(`setup-${name}`)}
      value={given[name]}
      onValue={set(name)}
      error={errors[name]}
      spellcheck={false}
      required
      {...more}
    />
  );
  return (
    <main class="entry">
      <div class="entry-card setup">
        <div class="entry-mark" aria-hidden="true">
          <Icon name="message" />
        </div>
        <h1>{t("setup-title")}</h1>
        <p class="muted">{t("setup-about")}</p>
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          {problem !== undefined && (
            <Notice tone="danger" icon="alert">
              {problem}
            </Notice>
          )}
          {field("code", { hint: t("setup-code-hint"), autocomplete: "off" })}
          <SelectField
            label={t("language")}
            value={words.value.language}
            options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
            onValue={(language) => void speak(language, true)}
          />
          <h2>{t("setup-company")}</h2>
          {field("name", { autocomplete: "organization" })}
          {field("tenant", { value: tenant, hint: t("setup-tenant-hint") })}
          <h2>{t("setup-administrator")}</h2>
          {field("nickname", { autocomplete: "name" })}
          {field("agentId", { hint: t("setup-agentId-hint"), autocomplete: "username" })}
          {field("password", {
            type: "password",
            hint: t("setup-password-hint"),
            autocomplete: "new-password",
          })}
          {field("again", { type: "password", autocomplete: "new-password" })}
          <Button type="submit" kind="primary" busy={isBusy}>
            {t("setup-make")}
          </Button>
        </form>
      </div>
    </main>
  );
}

/** An id that a name suggests. */
function idFrom(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 48);
}
