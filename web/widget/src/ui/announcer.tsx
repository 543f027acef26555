/** Tells screen readers what is new, and only that: the list itself would be read from the beginning. */

import { useEffect, useRef, useState } from "preact/hooks";

import { describe } from "../model/content.js";
import type { ChatState } from "../model/state.js";
import { useSurroundings } from "./context.js";
import { nameOf, wordsForContent } from "./names.js";

/** Tells screen readers what is new. */
export function Announcer({ state }: { state: ChatState }) {
  const { words } = useSurroundings();
  const [text, setText] = useState("");
  const told = useRef<number | undefined>(undefined);
  const { items, phase } = state;
  useEffect(() => {
    const received = items.filter(({ author, code }) => author !== "customer" && code !== undefined);
    const last = received.at(-1)?.at ?? 0;
    if (phase === "unknown") {
      return;
    }
    if (told.current === undefined) {
      told.current = last;
      return;
    }
    const since = told.current;
    const fresh = received.filter(({ at }) => at > since);
    if (fresh.length > 0) {
      told.current = last;
      setText(
        fresh
          .map((item) =>
            words.text("says", {
              name: nameOf(item, words),
              text: describe(item.content, wordsForContent(words)),
            }),
          )
          .join("\n"),
      );
    }
  }, [items, phase]);
  return (
    <div class="unseen" role="status" aria-live="polite" aria-atomic="true">
      {text}
    </div>
  );
}
