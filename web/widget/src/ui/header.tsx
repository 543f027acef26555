/** The head of the window: who is there, and what else can be done. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { ChatState } from "../model/state.js";
import { Avatar } from "./avatar.js";
import { useSurroundings } from "./context.js";
import { Icon, type IconName } from "./icons.js";
import { saveTranscript } from "./save.js";

/** The head of the window. */
export function Header({ state }: { state: ChatState }) {
  const { words, heading, close } = useSurroundings();
  const { phase, agentName } = state;
  const title = phase === "agent" && agentName !== undefined ? agentName : (heading ?? words.text("title"));
  const author = phase === "agent" ? "agent" : "robot";
  return (
    <div class="head" part="header">
      <slot name="logo">
        <Avatar author={author} name={agentName} />
      </slot>
      <div class="who">
        <h2 tabIndex={-1}>
          <bdi>{title}</bdi>
        </h2>
        <p>{words.text(subtitle(state))}</p>
      </div>
      <Menu state={state} />
      <button type="button" class="plain" aria-label={words.text("close")} onClick={close}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function subtitle({ phase }: ChatState): string {
  switch (phase) {
    case "unknown":
    case "none":
      return "subtitle-idle";
    case "robot":
      return "subtitle-robot";
    case "queue":
      return "subtitle-queue";
    case "agent":
      return "subtitle-agent";
    case "ended":
      return "subtitle-ended";
  }
}

interface Entry {
  id: string;
  icon: IconName;
  act: () => void;
}

function Menu({ state }: { state: ChatState }) {
  const { words, chat } = useSurroundings();
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const entries = entriesFor(state, () => void saveTranscript(chat, words), chat);
  const entryButtons = (): HTMLElement[] => [
    ...(place.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? []),
  ];

  useEffect(() => {
    if (!isOpen) {
      return;
    }
    entryButtons()[0]?.focus();
    const outside = (event: Event): void => {
      if (!event.composedPath().includes(place.current as EventTarget)) {
        setOpen(false);
      }
    };
    document.addEventListener("pointerdown", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
    };
  }, [isOpen]);

  const key = (event: KeyboardEvent): void => {
    const all = entryButtons();
    const at = all.indexOf(event.target as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -at, End: all.length - 1 - at }[event.key];
    if (step !== undefined && isOpen) {
      event.preventDefault();
      all[(at + step + all.length) % all.length]?.focus();
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
      button.current?.focus();
    } else if (event.key === "Tab") {
      setOpen(false);
    }
  };
  return (
    <div class="menu" ref={place} onKeyDown={key}>
      <button
        ref={button}
        type="button"
        class="plain"
        aria-label={words.text("menu")}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <Icon name="more" />
      </button>
      {isOpen && (
        <div role="menu" class="entries" aria-label={words.text("menu")}>
          {entries.map(({ id, icon, act }) => (
            <button
              key={id}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                setOpen(false);
                button.current?.focus();
                act();
              }}
            >
              <Icon name={icon} />
              {words.text(id)}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function entriesFor(
  state: ChatState,
  save: () => void,
  chat: ReturnType<typeof useSurroundings>["chat"],
): Entry[] {
  const { phase, isMuted, items } = state;
  const isOpen = phase === "robot" || phase === "queue" || phase === "agent";
  const wanted: (Entry | false)[] = [
    phase === "robot" && { id: "menu-person", icon: "person", act: () => void chat.transfer() },
    phase !== "agent" && {
      id: "menu-leave",
      icon: "mail",
      act: () => {
        chat.setForm({ kind: "leave" });
      },
    },
    {
      id: isMuted ? "menu-unmute" : "menu-mute",
      icon: isMuted ? "sound" : "mute",
      act: () => {
        chat.setMuted(!isMuted);
      },
    },
    items.length > 0 && { id: "menu-transcript", icon: "download", act: save },
    isOpen && {
      id: "menu-end",
      icon: "leave",
      act: () => {
        chat.setForm({ kind: "end" });
      },
    },
  ];
  return wanted.filter((entry) => entry !== false);
}
