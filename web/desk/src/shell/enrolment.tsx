/** Setting up a second factor, for whoever has to before anything else. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { encode } from "uqr";

import { get, post, type Schemas } from "../api/index.js";
import { sentence } from "../api/problem.js";
import { t } from "../texts/index.js";
import { look, signOut } from "./session.js";
import { Button, Loading, Notice, TextField } from "./ui/index.js";

/** The page. */
export function Enrolment(): VNode {
  return (
    <main class="entry">
      <div class="entry-card">
        <h1>{t("enrol-title")}</h1>
        <p class="muted">{t("enrol-about")}</p>
        <SecondFactor onDone={() => void look()} />
        <button type="button" class="link" onClick={() => void signOut()}>
          {t("sign-out")}
        </button>
      </div>
    </main>
  );
}

/** The steps: the password, the secret, a code of it, and what helps if the device is lost. */
export function SecondFactor({ onDone }: { onDone: () => void }): VNode {
  const [wantsPassword, setWantsPassword] = useState(false);
  const [password, setPassword] = useState("");
  const [begun, setBegun] = useState<Schemas["TotpEnrolment"]>();
  const [codes, setCodes] = useState<string[]>();
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState("");
  const begin = async (given: Schemas["TotpBeginning"]): Promise<void> => {
    setProblem("");
    try {
      setBegun(await post<Schemas["TotpEnrolment"]>("/agent/totp", given));
      setWantsPassword(false);
    } catch (error) {
      setProblem(sentence(error));
    }
  };
  useEffect(() => {
    get<Schemas["TotpState"]>("/agent/totp").then(
      (state) => {
        if (state.wantsPassword) {
          setWantsPassword(true);
        } else {
          void begin({});
        }
      },
      (error: unknown) => {
        setProblem(sentence(error));
      },
    );
  }, []);

  if (wantsPassword) {
    return (
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void begin({ password });
        }}
      >
        {problem !== "" && (
          <Notice tone="danger" icon="alert">
            {problem}
          </Notice>
        )}
        <TextField
          label={t("password")}
          type="password"
          value={password}
          onValue={setPassword}
          autocomplete="current-password"
          required
        />
        <Button type="submit" kind="primary">
          {t("enrol-next")}
        </Button>
      </form>
    );
  }

  if (codes) {
    return (
      <div class="stack">
        <p>{t("enrol-codes")}</p>
        <pre class="codes">{codes.join("\n")}</pre>
        <Button kind="primary" onClick={onDone}>
          {t("enrol-kept")}
        </Button>
      </div>
    );
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        setProblem("");
        post<Schemas["RecoveryCodes"]>("/agent/totp/confirm", { code: code.trim() })
          .then((answer) => {
            setCodes(answer.recoveryCodes);
          })
          .catch((error: unknown) => {
            setProblem(sentence(error));
          });
      }}
    >
      {problem !== "" && (
        <Notice tone="danger" icon="alert">
          {problem}
        </Notice>
      )}
      {begun ? (
        <>
          <Picture text={begun.uri} />
          <p class="muted">
            {t("enrol-secret")} <code class="secret">{begun.secret}</code>
          </p>
        </>
      ) : (
        <Loading label={t("loading")} />
      )}
      <TextField
        label={t("code")}
        value={code}
        onValue={setCode}
        autocomplete="one-time-code"
        inputMode="numeric"
        required
      />
      <Button type="submit" kind="primary">
        {t("enrol-confirm")}
      </Button>
    </form>
  );
}

/** A QR code. */
function Picture({ text }: { text: string }): VNode {
  const { data, size } = encode(text, { border: 2 });
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t("enrol-picture")}>
      <path d={dark.join("")} />
    </svg>
  );
}
