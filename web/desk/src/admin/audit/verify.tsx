/** Asks whether the chain of the audit log is whole. The browser computes it, from an export. */

import { type VNode } from "preact";
import { useState } from "preact/hooks";

import { raw } from "../../api/http.js";
import { Button, Dialog, Notice, sayProblem, TextField } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { number } from "../../texts/when.js";
import { Copied } from "../secret.js";
import { examine, linesOf, type Verdict } from "./chain.js";

/** The dialog. */
export function Verify({ onClose }: { onClose: () => void }): VNode {
  const [head, setHead] = useState("");
  const [count, setCount] = useState<number>();
  const [verdict, setVerdict] = useState<Verdict>();
  // Browsers compute hashes only for pages that came over TLS, or from this very machine.
  const canHash = window.isSecureContext;
  const verify = async (): Promise<void> => {
    setVerdict(undefined);
    setCount(0);
    try {
      const { body } = await raw("GET", "/audit/export");
      if (body) {
        setVerdict(await examine(linesOf(body), head, setCount));
      }
    } catch (error) {
      sayProblem(error);
    } finally {
      setCount(undefined);
    }
  };
  return (
    <Dialog
      title={t("audit-verify")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("close")}</Button>
          <Button
            kind="primary"
            icon="shield"
            busy={count !== undefined}
            disabled={!canHash}
            onClick={() => void verify()}
          >
            {count === undefined || count === 0 ? t("audit-verify") : number(count)}
          </Button>
        </>
      }
    >
      <p class="muted">{t("audit-verify-about")}</p>
      {!canHash && <Notice tone="warn">{t("audit-verify-tls")}</Notice>}
      <TextField
        label={t("audit-noted")}
        hint={t("audit-noted-hint")}
        placeholder="1204:8f0c…"
        spellcheck={false}
        value={head}
        onValue={setHead}
      />
      {verdict && <Result verdict={verdict} />}
    </Dialog>
  );
}

function Result({ verdict }: { verdict: Verdict }): VNode {
  const { broken, noted } = verdict;
  if (broken !== undefined) {
    return (
      <Notice tone="danger" icon="alert">
        {t("audit-broken", { number: broken })}
      </Notice>
    );
  }
  if (noted === false) {
    return (
      <Notice tone="danger" icon="alert">
        {t("audit-noted-missing")}
      </Notice>
    );
  }
  return (
    <>
      <Notice tone="ok" icon="done">
        {t("audit-intact", { count: verdict.count })}
      </Notice>
      <p class="muted">{t("audit-head-about")}</p>
      <Copied label={t("audit-head")} value={verdict.head} />
    </>
  );
}
