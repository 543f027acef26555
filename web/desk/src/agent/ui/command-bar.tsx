/** Everything by its name: conversations, pages, what can be done here. */

import { type VNode } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";

import { segment } from "../../api/index.js";
import { homeOf, pagesSeen } from "../../shell/pages.js";
import { go } from "../../shell/route.js";
import { may, signOut } from "../../shell/session.js";
import { chooseTheme, theme } from "../../shell/theme.js";
import { Dialog, Icon, type IconName, sayProblem } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { chosen, conversations, declare, lists, offers } from "../model/book.js";
import { end, survey } from "../model/doing.js";
import { commandBar, dialog, shortcutList, togglePanel, write } from "../model/open.js";
import { acceptFirst } from "./keys.js";
import { whereItIs } from "./words.js";

interface Command {
  value: string;
  label: string;
  detail: string;
  icon: IconName;
  act: () => void;
}

const MOST = 60;

/** The bar. */
export function CommandBar(): VNode {
  const [typed, setTyped] = useState("");
  const [index, setIndex] = useState(0);
  const id = useId();
  const all = useMemo(commands, []);
  const found = matching(all, typed);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[index]?.scrollIntoView({ block: "nearest" });
  }, [index]);
  const close = (): void => {
    commandBar.value = false;
  };
  const run = (command: Command | undefined): void => {
    if (command) {
      close();
      command.act();
    }
  };
  const keys = (event: KeyboardEvent & { currentTarget: HTMLInputElement }): void => {
    if (event.isComposing) {
      return;
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter") {
      event.preventDefault();
      // Whoever types fast means what their words find, which may not be drawn yet.
      const { value } = event.currentTarget;
      run(value === typed ? found[index] : matching(all, value)[0]);
    } else if (step !== 0 && found.length > 0) {
      event.preventDefault();
      setIndex((index + step + found.length) % found.length);
    }
  };
  return (
    <Dialog title={t("command-bar")} onClose={close}>
      <div class="command">
        <div class="command-field">
          <Icon name="command" />
          <input
            class="command-input"
            role="combobox"
            aria-label={t("command-bar")}
            aria-expanded={found.length > 0}
            aria-autocomplete="list"
            aria-controls={`${id}-list`}
            aria-activedescendant={found.length > 0 ? `${id}-${index}` : undefined}
            placeholder={t("command-hint")}
            autocomplete="off"
            spellcheck={false}
            autoFocus
            onInput={(event) => {
              setTyped(event.currentTarget.value);
              setIndex(0);
            }}
            onKeyDown={keys}
          />
        </div>
        <ul ref={list} class="command-list" id={`${id}-list`} role="listbox" aria-label={t("commands")}>
          {found.map((item, place) => (
            <li
              key={item.value}
              id={`${id}-${place}`}
              class="command-item"
              role="option"
              aria-selected={place === index}
              onMouseMove={() => {
                setIndex(place);
              }}
              onClick={() => {
                run(item);
              }}
            >
              <Icon name={item.icon} />
              <span class="grow">
                <bdi>{item.label}</bdi>
              </span>
              <span class="muted">{item.detail}</span>
            </li>
          ))}
        </ul>
        {found.length === 0 && <p class="muted command-none">{t("nothing-found")}</p>}
      </div>
    </Dialog>
  );
}

/** Those that have all of the words. */
function matching(all: readonly Command[], text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ label, detail }: Command): boolean =>
    words.every((word) => `${label} ${detail}`.toLowerCase().includes(word));
  return all.filter(fits).slice(0, MOST);
}

/** What can be done now. */
function commands(): Command[] {
  return [...here(), ...everywhere(), ...known()];
}

function here(): Command[] {
  const { id } = chosen.peek();
  const conversation = id === undefined ? undefined : conversations.peek().get(id);
  const made: Command[] = [];
  const add = (value: string, icon: IconName, act: () => void): void => {
    made.push({ value, label: t(value), detail: conversation?.customer.name ?? "", icon, act });
  };
  if (offers.peek().size > 0) {
    add("key-accept", "check", acceptFirst);
  }
  if (conversation?.state === "open" && conversation.role === "holder") {
    add("transfer", "transfer", () => (dialog.value = "transfer"));
    add("invite", "invite", () => (dialog.value = "invite"));
    add("survey", "star", () => void survey(conversation.id));
    add("key-end", "done", () => void end(conversation));
  }
  if (conversation) {
    add("key-reply", "chat", () => {
      write("message");
    });
    add("key-note", "note", () => {
      write("note");
    });
    add("customer-panel", "person", togglePanel);
  }
  return made;
}

function everywhere(): Command[] {
  const statuses = may("conversations.answer") ? (["online", "busy", "away", "offline"] as const) : [];
  return [
    ...statuses.map((status) => ({
      value: `status-${status}`,
      label: t(`status-${status}`),
      detail: t("own-status"),
      icon: "circle" as const,
      act: () => {
        declare(status).catch(sayProblem);
      },
    })),
    ...pagesSeen()
      .filter((page) => page.rail !== undefined)
      .map((page) => ({
        value: `page ${page.path}`,
        label: t(page.name),
        detail: t("page"),
        icon: page.icon,
        act: () => {
          go(homeOf(page));
        },
      })),
    {
      value: "theme",
      label: t(theme.peek() === "dark" ? "theme-light" : "theme-dark"),
      detail: t("appearance"),
      icon: theme.peek() === "dark" ? "sun" : "moon",
      act: () => {
        chooseTheme(theme.peek() === "dark" ? "light" : "dark");
      },
    },
    {
      value: "shortcuts",
      label: t("shortcuts"),
      detail: "?",
      icon: "info",
      act: () => (shortcutList.value = true),
    },
    { value: "sign-out", label: t("sign-out"), detail: "", icon: "sign-out", act: () => void signOut() },
  ];
}

/** Conversations of the lists that were looked at. */
function known(): Command[] {
  const made = new Map<string, Command>();
  for (const scope of ["mine", "waiting", "all"] as const) {
    for (const id of lists.peek()[scope] ?? []) {
      const conversation = conversations.peek().get(id);
      if (conversation && !made.has(id)) {
        made.set(id, {
          value: id,
          label: conversation.customer.name,
          detail: whereItIs(conversation),
          icon: "chat",
          act: () => {
            go(`/inbox/${scope}/${segment(id)}`);
          },
        });
      }
    }
  }
  return [...made.values()];
}
