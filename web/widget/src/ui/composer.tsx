/** Where the customer writes. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { ACCEPTED } from "../model/files.js";
import { read, write } from "../model/memory.js";
import type { ChatState } from "../model/state.js";
import { useSurroundings } from "./context.js";
import { Icon } from "./icons.js";

/** Longest text, in bytes of UTF-8. */
const MOST_BYTES = 1_024;
const SUGGEST_AFTER_MS = 250;
const SUGGEST_FROM = 2;
const LIST = "frontdesk-suggestions";

/** Where the customer writes. */
export function Composer({ state, isPhone }: { state: ChatState; isPhone: boolean }) {
  const { words, chat, channel } = useSurroundings();
  const draft = `frontdesk:draft:${channel}`;
  const [text, setText] = useState(() => read(draft, "sessionStorage") ?? "");
  const { phase } = state;
  const area = useRef<HTMLTextAreaElement>(null);
  const { suggestions, active, setActive, dismiss } = useSuggestions(text, phase === "robot");
  const over = new TextEncoder().encode(text.trim()).length - MOST_BYTES;
  const canSend = text.trim() !== "" && over <= 0;

  useEffect(() => {
    write(draft, text === "" ? null : text, "sessionStorage");
  }, [text, draft]);
  useLayoutEffect(() => {
    const element = area.current;
    if (element) {
      element.style.blockSize = "";
      if (text !== "" && element.scrollHeight > element.clientHeight) {
        element.style.blockSize = `${element.scrollHeight}px`;
      }
    }
  }, [text]);

  const send = (what = text): void => {
    if (what.trim() !== "" && new TextEncoder().encode(what.trim()).length <= MOST_BYTES) {
      chat.say(what.trim());
      setText("");
      dismiss();
      area.current?.focus();
    }
  };
  const key = (event: KeyboardEvent): void => {
    const count = suggestions.length;
    // Whoever chooses Chinese characters confirms them with Enter, too.
    if (event.isComposing || event.key === "Process") {
      return;
    }
    if (count > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive(((active ?? (step > 0 ? -1 : 0)) + step + count) % count);
    } else if (event.key === "Escape" && count > 0) {
      event.preventDefault();
      event.stopPropagation();
      dismiss();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send(active === undefined ? text : suggestions[active]);
    }
  };
  const paste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) {
      event.preventDefault();
      chat.sendFiles(files);
    }
  };
  return (
    <div class="composer" part="composer">
      {suggestions.length > 0 && (
        <ul id={LIST} class="suggestions" role="listbox" aria-label={words.text("suggestions")}>
          {suggestions.map((question, index) => (
            <li
              key={question}
              id={`${LIST}-${index}`}
              role="option"
              dir="auto"
              aria-selected={index === active}
              onPointerDown={(event) => {
                event.preventDefault();
              }}
              onClick={() => {
                send(question);
              }}
            >
              <Icon name="spark" />
              <span>{question}</span>
            </li>
          ))}
        </ul>
      )}
      {phase === "robot" && suggestions.length === 0 && (
        <div class="quick">
          <button type="button" class="chip quiet" onClick={() => void chat.transfer()}>
            <Icon name="person" />
            {words.text("menu-person")}
          </button>
        </div>
      )}
      {phase === "ended" && <Ended state={state} />}
      <form
        class="box"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Attach isPhone={isPhone} />
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          value={text}
          aria-label={words.text(phase === "robot" ? "compose-robot" : "compose")}
          placeholder={words.text(phase === "robot" ? "compose-robot" : "compose")}
          aria-autocomplete="list"
          aria-controls={suggestions.length > 0 ? LIST : undefined}
          aria-activedescendant={active === undefined ? undefined : `${LIST}-${active}`}
          aria-invalid={over > 0}
          enterkeyhint="send"
          onInput={(event) => {
            setText(event.currentTarget.value);
            chat.typing();
          }}
          onKeyDown={key}
          onPaste={paste}
        />
        <button type="submit" class="send" aria-label={words.text("send")} disabled={!canSend}>
          <Icon name="send" mirrored />
        </button>
      </form>
      {over > 0 && (
        <p class="over" role="alert">
          {words.text("too-long", { count: over })}
        </p>
      )}
    </div>
  );
}

function Ended({ state: { endReason } }: { state: ChatState }) {
  const { words, chat } = useSurroundings();
  const id = endReason === "inactivityTimeout" || endReason === "sessionTimeout" ? "ended-idle" : "ended";
  return (
    <div class="ended">
      <span>{words.text(id)}</span>
      <button type="button" class="chip" onClick={() => void chat.startAgain()}>
        {words.text("start-again")}
      </button>
    </div>
  );
}

function Attach({ isPhone }: { isPhone: boolean }) {
  const { words, chat } = useSurroundings();
  const input = useRef<HTMLInputElement>(null);
  const place = (): void => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        chat.sayPlace(coords.latitude, coords.longitude, words.text("my-place"));
      },
      () => {
        chat.setNotice({ id: "place-failed", isProblem: true });
      },
      { timeout: 15_000, maximumAge: 60_000 },
    );
  };
  return (
    <>
      <button
        type="button"
        class="plain"
        aria-label={words.text("attach-file")}
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={ACCEPTED}
        onChange={(event) => {
          chat.sendFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      {isPhone && "geolocation" in navigator && isSecureContext && (
        <button type="button" class="plain" aria-label={words.text("attach-place")} onClick={place}>
          <Icon name="pin" />
        </button>
      )}
    </>
  );
}

/** Questions that fit what is being typed. */
function useSuggestions(text: string, isWanted: boolean) {
  const { chat, words } = useSurroundings();
  const [suggestions, setSuggestions] = useState<string[]>([]);
  const [active, setActive] = useState<number | undefined>(undefined);
  const dismissed = useRef("");
  const typed = text.trim();
  const dismiss = (): void => {
    dismissed.current = typed;
    setSuggestions([]);
    setActive(undefined);
  };
  useEffect(() => {
    setActive(undefined);
    const least = words.language === "zh" ? 1 : SUGGEST_FROM;
    if (!isWanted || typed.length < least || typed === dismissed.current) {
      setSuggestions([]);
      return;
    }
    let isCurrent = true;
    const timer = setTimeout(() => {
      void chat.suggest(typed, words.language).then((found) => {
        if (isCurrent) {
          setSuggestions(found.filter((question) => question !== typed));
        }
      });
    }, SUGGEST_AFTER_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [typed, isWanted]);
  return { suggestions, active, setActive, dismiss };
}
