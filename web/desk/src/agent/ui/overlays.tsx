/** What opens above the inbox, and the keys that work everywhere. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { me } from "../../shell/session.js";
import {
  Avatar,
  Badge,
  Button,
  Dialog,
  Empty,
  Icon,
  sayProblem,
  SelectField,
  TextField,
} from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { chosen, conversations, directory, label, refreshDirectory } from "../model/book.js";
import { endNow, invite, transfer } from "../model/doing.js";
import { commandBar, dialog, shortcutList } from "../model/open.js";
import { CommandBar } from "./command-bar.js";
import { listenToKeys, SHORTCUTS } from "./keys.js";

/** All of them. */
export function Overlays(): VNode {
  useEffect(() => listenToKeys(), []);
  const { id } = chosen.value;
  const known = id === undefined ? undefined : conversations.value.get(id);
  const close = (): void => {
    dialog.value = undefined;
  };
  return (
    <>
      {commandBar.value && <CommandBar />}
      {shortcutList.value && <Shortcuts />}
      {known && dialog.value === "transfer" && <Transfer id={known.id} close={close} />}
      {known && dialog.value === "invite" && <Invite id={known.id} close={close} />}
      {known && dialog.value === "disposition" && (
        <Dispose
          id={known.id}
          isOpen={known.state === "open"}
          given={known.disposition ?? ""}
          close={close}
        />
      )}
    </>
  );
}

function Shortcuts(): VNode {
  return (
    <Dialog title={t("shortcuts")} onClose={() => (shortcutList.value = false)}>
      <dl class="shortcuts">
        {SHORTCUTS.map(({ keys, text }) => (
          <div key={text}>
            <dt>{t(text)}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** Somebody or something to choose, found by typing. */
function Chooser({
  kinds,
  choose,
}: {
  kinds: ("colleagues" | "queues" | "robot")[];
  choose: (kind: "colleagues" | "queues" | "robot", id: string) => void;
}): VNode {
  const [typed, setTyped] = useState("");
  useEffect(() => {
    void refreshDirectory().catch(() => undefined);
  }, []);
  const { colleagues, queues } = directory.value;
  const fits = (name: string): boolean => name.toLowerCase().includes(typed.trim().toLowerCase());
  const others = kinds.includes("colleagues")
    ? colleagues.filter(({ id, nickname }) => id !== me.value?.agentId && fits(nickname))
    : [];
  const places = kinds.includes("queues") ? queues.filter(({ name }) => fits(name)) : [];
  const hasRobot = kinds.includes("robot") && fits(t("robot"));
  return (
    <>
      <TextField label={t("find")} value={typed} onValue={setTyped} autoFocus />
      <ul class="chooser">
        {places.map((queue) => (
          <li key={queue.id}>
            <button
              type="button"
              class="choice"
              onClick={() => {
                choose("queues", queue.id);
              }}
            >
              <Avatar name={queue.name} icon="people" small />
              <span class="grow">{queue.name}</span>
              <span class="muted">{t("queue")}</span>
            </button>
          </li>
        ))}
        {others.map((colleague) => (
          <li key={colleague.id}>
            <button
              type="button"
              class="choice"
              onClick={() => {
                choose("colleagues", colleague.id);
              }}
            >
              <Avatar name={colleague.nickname} small dot={colleague.status} />
              <span class="grow">{colleague.nickname}</span>
              {colleague.isFree ? (
                <Badge tone="ok">{t("free")}</Badge>
              ) : (
                <span class="muted">{t(`status-${colleague.status}`)}</span>
              )}
            </button>
          </li>
        ))}
        {hasRobot && (
          <li>
            <button
              type="button"
              class="choice"
              onClick={() => {
                choose("robot", "");
              }}
            >
              <Avatar name={t("robot")} icon="robot" small />
              <span class="grow">{t("robot")}</span>
            </button>
          </li>
        )}
      </ul>
      {others.length + places.length === 0 && !hasRobot && <Empty icon="search" title={t("nothing-found")} />}
    </>
  );
}

function Transfer({ id, close }: { id: string; close: () => void }): VNode {
  return (
    <Dialog title={t("transfer-title")} onClose={close}>
      <Chooser
        kinds={["queues", "colleagues", "robot"]}
        choose={(kind, to) => {
          const target =
            kind === "queues" ? { queue: to } : kind === "robot" ? { robot: true as const } : { agentId: to };
          transfer(id, target).then(close).catch(sayProblem);
        }}
      />
    </Dialog>
  );
}

function Invite({ id, close }: { id: string; close: () => void }): VNode {
  const [mode, setMode] = useState<"consult" | "conference">("consult");
  return (
    <Dialog title={t("invite-title")} onClose={close}>
      <div class="segmented" role="group" aria-label={t("invite-how")}>
        {(["consult", "conference"] as const).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={mode === name}
            onClick={() => {
              setMode(name);
            }}
          >
            <Icon name={name === "consult" ? "ear" : "people"} />
            {t(`role-${name}`)}
          </button>
        ))}
      </div>
      <p class="muted">{t(`invite-${mode}`)}</p>
      <Chooser
        kinds={["colleagues"]}
        choose={(_, agentId) => {
          invite(id, agentId, mode).then(close).catch(sayProblem);
        }}
      />
    </Dialog>
  );
}

function Dispose({
  id,
  isOpen,
  given,
  close,
}: {
  id: string;
  /** Then it is ended as well. */
  isOpen: boolean;
  given: string;
  close: () => void;
}): VNode {
  const [chosenOne, setChosen] = useState(given);
  return (
    <Dialog
      title={t("disposition-title")}
      onClose={close}
      footer={
        <Button
          kind="primary"
          disabled={chosenOne === ""}
          onClick={() => {
            label(id, { disposition: chosenOne })
              .then(close)
              .then(() => (isOpen ? endNow(id) : undefined))
              .catch(sayProblem);
          }}
        >
          {isOpen ? t("end") : t("save")}
        </Button>
      }
    >
      <SelectField
        label={t("disposition")}
        value={chosenOne}
        onValue={setChosen}
        options={[
          { value: "", label: t("choose") },
          ...directory.value.dispositions.map(({ id: value, name }) => ({ value, label: name })),
        ]}
      />
    </Dialog>
  );
}
