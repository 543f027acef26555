/** Whether it is open at some time. */

import { type VNode } from "preact";
import { useState } from "preact/hooks";

import { get, type Schemas } from "../api/index.js";
import { sentence } from "../api/problem.js";
import { Button, Card, Notice, TextField } from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { moment } from "../texts/when.js";

/** Asks for a channel or a queue. */
export function OpenAt({ channel, queue }: { channel?: string; queue?: string }): VNode {
  const [at, setAt] = useState(localNow());
  const [answer, setAnswer] = useState<Schemas["HoursAnswer"]>();
  const [problem, setProblem] = useState<string>();
  const ask = async (): Promise<void> => {
    setProblem(undefined);
    try {
      const moment = new Date(at);
      setAnswer(
        await get("/hours", {
          channel,
          queue,
          at: Number.isNaN(moment.getTime()) ? undefined : moment.toISOString(),
        }),
      );
    } catch (error) {
      setAnswer(undefined);
      setProblem(sentence(error));
    }
  };
  return (
    <Card title={t("open-at")}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <TextField
          label={t("open-when")}
          type="datetime-local"
          value={at}
          onValue={(value) => {
            setAt(value);
            setAnswer(undefined);
          }}
        />
        <Button type="submit" icon="hours">
          {t("open-ask")}
        </Button>
        {problem !== undefined && <Notice tone="danger">{problem}</Notice>}
        {answer && <Notice tone={answer.open ? "ok" : "warn"}>{told(answer)}</Notice>}
        <p class="hint">{t("open-about")}</p>
      </form>
    </Card>
  );
}

function told(answer: Schemas["HoursAnswer"]): string {
  if (answer.open) {
    return answer.closesAt === null ? t("open-always") : t("open-until", { at: moment(answer.closesAt) });
  }
  return answer.opensAt === null ? t("open-never") : t("open-again", { at: moment(answer.opensAt) });
}

/** Now, as such a field takes it. */
function localNow(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
