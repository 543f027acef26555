/** Signing in. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Problem } from "../api/index.js";
import { sentence } from "../api/problem.js";
import { LANGUAGE_NAMES, LANGUAGES, speak, t, words } from "../texts/index.js";
import { lastSignedIn, me, type Provider, providersOf, signIn, signInAddress, signOut } from "./session.js";
import { Button, Dialog, Icon, Notice, TextField } from "./ui/index.js";

/** The page for whoever is not signed in. */
export function SignInPage(): VNode {
  return (
    <main class="entry">
      <div class="entry-card">
        <div class="entry-mark" aria-hidden="true">
          <Icon name="message" />
        </div>
        <h1>{t("sign-in-title")}</h1>
        <p class="muted">{t("sign-in-about")}</p>
        <SignInForm />
      </div>
      <ul class="entry-languages" aria-label={t("language")}>
        {LANGUAGES.map((language) => (
          <li key={language}>
            <button
              type="button"
              class="link"
              lang={language}
              aria-pressed={words.value.language === language}
              onClick={() => void speak(language, true)}
            >
              {LANGUAGE_NAMES[language]}
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}

/** Over everything else, when a sign-in is over: nothing that was written is lost. */
export function SignInAgain(): VNode {
  return (
    <Dialog title={t("sign-in-again")}>
      <p class="muted">{t("sign-in-again-about")}</p>
      <SignInForm again />
      <button type="button" class="link" onClick={() => void signOut()}>
        {t("sign-in-other")}
      </button>
    </Dialog>
  );
}

function SignInForm({ again = false }: { again?: boolean }): VNode {
  const [given, setGiven] = useState(() => {
    const who = again && me.value ? me.value : lastSignedIn();
    return { tenant: who.tenant, agentId: who.agentId, password: "", code: "" };
  });
  const [wantsCode, setWantsCode] = useState(false);
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const providers = useProviders(given.tenant);
  const set = (name: keyof typeof given) => (value: string) => {
    setGiven((before) => ({ ...before, [name]: value }));
  };

  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem("");
    try {
      const { tenant, agentId, password, code } = given;
      await signIn({
        tenant: tenant.trim(),
        agentId: agentId.trim(),
        password,
        ...(wantsCode ? { code: code.trim() } : {}),
      });
    } catch (error) {
      if (error instanceof Problem && error.code === "TOTP_REQUIRED") {
        setWantsCode(true);
      } else if (error instanceof Problem && error.status === 401) {
        setProblem(t(wantsCode ? "sign-in-wrong-code" : "sign-in-wrong"));
      } else {
        setProblem(sentence(error));
      }
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {problem !== "" && (
        <Notice tone="danger" icon="alert">
          {problem}
        </Notice>
      )}
      {wantsCode ? (
        <TextField
          label={t("code")}
          hint={t("code-hint")}
          value={given.code}
          onValue={set("code")}
          autocomplete="one-time-code"
          autoFocus
          required
        />
      ) : (
        <>
          <TextField
            label={t("tenant")}
            value={given.tenant}
            onValue={set("tenant")}
            autocomplete="organization"
            autocapitalize="off"
            spellcheck={false}
            readOnly={again}
            required
          />
          <TextField
            label={t("agent-id")}
            value={given.agentId}
            onValue={set("agentId")}
            autocomplete="username"
            autocapitalize="off"
            spellcheck={false}
            readOnly={again}
            required
          />
          <TextField
            label={t("password")}
            type="password"
            value={given.password}
            onValue={set("password")}
            autocomplete="current-password"
            autoFocus={again}
            required
          />
        </>
      )}
      <Button type="submit" kind="primary" busy={isBusy}>
        {t("sign-in")}
      </Button>
      {providers.length > 0 && !wantsCode && (
        <div class="stack">
          <div class="or">{t("or")}</div>
          {providers.map((provider) => (
            <a key={provider.id} class="btn" href={signInAddress(given.tenant.trim(), provider.id)}>
              <Icon name="key" />
              {t("sign-in-with", { name: provider.name })}
            </a>
          ))}
        </div>
      )}
    </form>
  );
}

/** What a tenant offers, once its name has stood for a moment. */
function useProviders(tenant: string): Provider[] {
  const [found, setFound] = useState<Provider[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      void providersOf(tenant.trim(), abort.signal).then((providers) => {
        if (!abort.signal.aborted) {
          setFound(providers);
        }
      });
    }, 300);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [tenant]);
  return found;
}
