/** What all components need. */

import { createContext } from "preact";
import { useContext, useEffect, useReducer, useState } from "preact/hooks";

import type { Chat } from "../model/chat.js";
import type { ChatState } from "../model/state.js";
import type { Words } from "../text/words.js";

/** What all components need. */
export interface Surroundings {
  chat: Chat;
  words: Words;
  channel: string;
  heading: string | undefined;
  close: () => void;
}

export const SurroundingsContext = createContext<Surroundings | undefined>(undefined);

/** What all components need. */
export function useSurroundings(): Surroundings {
  const found = useContext(SurroundingsContext);
  if (!found) {
    throw new Error("drawn outside of the chat");
  }
  return found;
}

/** The state, drawn anew with every change. */
export function useChatState(chat: Chat): ChatState {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(
    () =>
      chat.subscribe(() => {
        redraw(undefined);
      }),
    [chat],
  );
  return chat.get();
}

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const changed = (): void => {
      setHolds(list.matches);
    };
    changed();
    list.addEventListener("change", changed);
    return () => {
      list.removeEventListener("change", changed);
    };
  }, [query]);
  return holds;
}

/** Whether something has lasted for so long. */
export function useLasting(since: number | undefined, ms: number): boolean {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (since === undefined) {
      return;
    }
    const timer = setTimeout(
      () => {
        redraw(undefined);
      },
      Math.max(0, since + ms - Date.now()) + 5,
    );
    return () => {
      clearTimeout(timer);
    };
  }, [since, ms]);
  return since !== undefined && Date.now() >= since + ms;
}
