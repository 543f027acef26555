/** The window of the chat. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { ChatState } from "../model/state.js";
import { Announcer } from "./announcer.js";
import { Composer } from "./composer.js";
import { type Surroundings, SurroundingsContext, useChatState, useMedia } from "./context.js";
import { EndForm, LeaveForm, SurveyForm } from "./forms.js";
import { Header } from "./header.js";
import { Icon } from "./icons.js";
import { Messages } from "./messages.js";
import { Notice, QueueCard, StatusLine } from "./status.js";
import { type ThemeName, accentOn, parseComputed } from "./theme.js";

const PHONE = "(max-width: 480px), (max-height: 420px)";

/** The window of the chat. */
export function App({ host, ...surroundings }: Surroundings & { host: HTMLElement }) {
  const { chat, words, close } = surroundings;
  const state = useChatState(chat);
  const isPhone = useMedia(PHONE);
  const theme = useTheme(host);
  const panel = useRef<HTMLDialogElement>(null);
  const [isDropping, setDropping] = useState(false);
  useAccent(panel, host, theme);
  usePanel(panel, state, isPhone);
  useKeyboardSpace(panel, state.isOpen && isPhone);
  useComposerFocus(panel, state.form !== undefined, !isPhone);

  const escape = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setDropping(false);
    chat.sendFiles([...(event.dataTransfer?.files ?? [])]);
  };
  return (
    <SurroundingsContext.Provider value={surroundings}>
      <dialog
        ref={panel}
        class="chat"
        part="panel"
        data-theme={theme}
        dir={words.direction}
        lang={words.locale}
        aria-label={surroundings.heading ?? words.text("title")}
        onKeyDown={escape}
        onCancel={(event) => {
          event.preventDefault();
          close();
        }}
        onDragOver={(event) => {
          if (event.dataTransfer?.types.includes("Files")) {
            event.preventDefault();
            setDropping(true);
          }
        }}
        onDragLeave={(event) => {
          if (!panel.current?.contains(event.relatedTarget as Node | null)) {
            setDropping(false);
          }
        }}
        onDrop={drop}
      >
        <Header state={state} />
        <StatusLine state={state} />
        <Messages state={state} />
        {state.phase === "queue" && !state.form && <QueueCard state={state} />}
        <Notice notice={state.notice} />
        {state.form?.kind === "leave" ? (
          <LeaveForm why={state.form.why} />
        ) : state.form?.kind === "end" ? (
          <EndForm />
        ) : state.form?.kind === "survey" ? (
          <SurveyForm survey={state.form.survey} agentName={state.agentName} />
        ) : (
          <Composer state={state} isPhone={isPhone} />
        )}
        <slot name="footer" />
        {isDropping && (
          <div class="dropping" aria-hidden="true">
            <Icon name="clip" />
            {words.text("drop-here")}
          </div>
        )}
        <Announcer state={state} />
      </dialog>
    </SurroundingsContext.Provider>
  );
}

/** On a desktop the page stays usable beside the chat; on a phone the chat covers it, so that it must be inert. */
function usePanel(
  panel: { current: HTMLDialogElement | null },
  { isOpen, takesFocus }: ChatState,
  isPhone: boolean,
): void {
  useLayoutEffect(() => {
    const dialog = panel.current;
    if (!dialog || !isOpen) {
      return;
    }
    if (isPhone) {
      dialog.showModal();
      // A keyboard that pops up would hide half of what was said.
      dialog.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
    } else if (!takesFocus) {
      const { activeElement } = document;
      dialog.show();
      (dialog.getRootNode() as ShadowRoot).querySelector<HTMLElement>(":focus")?.blur();
      if (activeElement instanceof HTMLElement) {
        activeElement.focus({ preventScroll: true });
      }
    } else {
      dialog.show();
      dialog.querySelector<HTMLElement>("textarea, input, button")?.focus({ preventScroll: true });
      dialog.querySelector<HTMLElement>("textarea")?.focus({ preventScroll: true });
    }
    return () => {
      dialog.close();
    };
  }, [isOpen, isPhone]);
}

/** When a form has gone, and the focus with it, the customer writes on. */
function useComposerFocus(
  panel: { current: HTMLDialogElement | null },
  hasForm: boolean,
  isWanted: boolean,
): void {
  const hadForm = useRef(false);
  useEffect(() => {
    const root = panel.current?.getRootNode() as ShadowRoot | undefined;
    if (hadForm.current && !hasForm && isWanted && root && !root.activeElement) {
      panel.current?.querySelector<HTMLElement>(".composer textarea")?.focus({ preventScroll: true });
    }
    hadForm.current = hasForm;
  }, [hasForm, isWanted]);
}

/** Keeps the composer above the keyboard of a phone where the browser lets it cover the page. */
function useKeyboardSpace(panel: { current: HTMLDialogElement | null }, isWanted: boolean): void {
  useEffect(() => {
    const viewport = window.visualViewport;
    if (!isWanted || !viewport) {
      return;
    }
    const fit = (): void => {
      panel.current?.style.setProperty("--visible", `${viewport.height}px`);
      panel.current?.style.setProperty("--offset", `${viewport.offsetTop}px`);
    };
    fit();
    viewport.addEventListener("resize", fit);
    viewport.addEventListener("scroll", fit);
    return () => {
      viewport.removeEventListener("resize", fit);
      viewport.removeEventListener("scroll", fit);
    };
  }, [isWanted]);
}

/** The theme that the page asks for, else that of its reader. */
function useTheme(host: HTMLElement): ThemeName {
  const isDark = useMedia("(prefers-color-scheme: dark)");
  const [wanted, setWanted] = useState(() => host.getAttribute("theme"));
  useEffect(() => {
    const observer = new MutationObserver(() => {
      setWanted(host.getAttribute("theme"));
    });
    observer.observe(host, { attributes: true, attributeFilter: ["theme"] });
    return () => {
      observer.disconnect();
    };
  }, [host]);
  return wanted === "dark" || wanted === "light" ? wanted : isDark ? "dark" : "light";
}

/** The page's accent, made readable on the theme. */
function useAccent(panel: { current: HTMLDialogElement | null }, host: HTMLElement, theme: ThemeName): void {
  useLayoutEffect(() => {
    const dialog = panel.current;
    const button = host.shadowRoot?.querySelector(".launcher");
    const wanted = button && parseComputed(getComputedStyle(button).backgroundColor);
    if (dialog && wanted) {
      for (const [name, value] of Object.entries(accentOn(theme, wanted)) as [string, string][]) {
        dialog.style.setProperty(`--${name}`, value);
      }
    }
  }, [theme, host]);
}
