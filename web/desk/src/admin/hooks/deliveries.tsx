/** What came of deliveries, and sending again. */

import { type VNode } from "preact";
import { useState } from "preact/hooks";

import { post, type Schemas } from "../../api/index.js";
import { sentence } from "../../api/problem.js";
import { Badge, Button, Dialog, Empty, Notice, say, Table, TextField } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { moment, number } from "../../texts/when.js";

/** The last attempts, newest first. */
export function Log({ deliveries }: { deliveries: readonly Schemas["Delivery"][] }): VNode {
  if (deliveries.length === 0) {
    return <Empty icon="send" title={t("hook-log-none")} />;
  }
  return (
    <Table
      label={t("hook-log")}
      rows={deliveries}
      idOf={(one) => `${one.userId} ${one.at} ${one.attempt}`}
      columns={[
        { title: t("when"), nowrap: true, cell: (one) => moment(one.at) },
        { title: t("a-customer"), cell: (one) => one.userId },
        { title: t("hook-entries"), cell: (one) => `${number(one.after + 1)}–${number(one.through)}` },
        { title: t("hook-attempt"), end: true, cell: (one) => number(one.attempt) },
        {
          title: t("status"),
          cell: (one) =>
            one.error === null ? (
              <Badge tone="ok">{one.status ?? t("yes")}</Badge>
            ) : (
              <span class="row tight">
                <Badge tone="danger">{one.status ?? t("hook-no-answer")}</Badge>
                <span class="hint">{one.error}</span>
              </span>
            ),
        },
        { title: t("hook-took"), end: true, cell: (one) => `${number(one.millis)} ms` },
      ]}
    />
  );
}

/** Asks from when on, and of whom, messages are to be sent again. */
export function Replay({ path, onClose }: { path: string; onClose: () => void }): VNode {
  const [given, setGiven] = useState({ since: "", user: "" });
  const [problem, setProblem] = useState<string>();
  const send = async (): Promise<void> => {
    setProblem(undefined);
    try {
      const answer = await post<Schemas["ReplayAnswer"]>(`${path}/replay`, {
        ...(given.since !== "" && { since: new Date(given.since).getTime() }),
        ...(given.user.trim() !== "" && { userId: given.user.trim() }),
      });
      say(t("hook-replayed", { count: answer.customers }));
      onClose();
    } catch (error) {
      setProblem(sentence(error));
    }
  };
  return (
    <Dialog
      title={t("hook-replay")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button kind="primary" disabled={given.since === ""} onClick={() => void send()}>
            {t("hook-replay")}
          </Button>
        </>
      }
    >
      <p class="muted">{t("hook-replay-about")}</p>
      {problem !== undefined && <Notice tone="danger">{problem}</Notice>}
      <TextField
        label={t("hook-since")}
        type="datetime-local"
        value={given.since}
        onValue={(since) => {
          setGiven({ ...given, since });
        }}
      />
      <TextField
        label={t("hook-user")}
        hint={t("hook-user-hint")}
        value={given.user}
        onValue={(user) => {
          setGiven({ ...given, user });
        }}
      />
    </Dialog>
  );
}
