/** Keys that work wherever one is. Those without a modifier do nothing while somebody types. */

import { may } from "../../shell/session.js";
import { go } from "../../shell/route.js";
import { accept, chosen, conversations, offers } from "../model/book.js";
import { end } from "../model/doing.js";
import { commandBar, dialog, shortcutList, togglePanel, write } from "../model/open.js";
import { goAlong } from "./list-pane.js";

/** What the list of keys shows. */
export const SHORTCUTS = [
  { keys: ["Ctrl", "K"], text: "command-bar" },
  { keys: ["Alt", "↓"], text: "key-next" },
  { keys: ["Alt", "↑"], text: "key-before" },
  { keys: ["Alt", "O"], text: "key-accept" },
  { keys: ["Alt", "R"], text: "key-reply" },
  { keys: ["Alt", "N"], text: "key-note" },
  { keys: ["Alt", "T"], text: "transfer" },
  { keys: ["Alt", "I"], text: "invite" },
  { keys: ["Alt", "E"], text: "key-end" },
  { keys: ["Alt", "P"], text: "customer-panel" },
  { keys: ["Alt", "F"], text: "page-search" },
  { keys: ["/"], text: "key-canned" },
  { keys: ["?"], text: "shortcuts" },
] as const;

/** Listens until the answer is called. */
export function listenToKeys(): () => void {
  document.addEventListener("keydown", pressed);
  return () => {
    document.removeEventListener("keydown", pressed);
  };
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) {
    return;
  }
  const act = actionOf(event);
  if (act) {
    event.preventDefault();
    act();
  }
}

function actionOf(event: KeyboardEvent): (() => void) | undefined {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    return () => (commandBar.value = !commandBar.peek());
  }
  if (event.key === "?" && !isTyping(event)) {
    return () => (shortcutList.value = true);
  }
  const isBare = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!isBare || document.querySelector('[role="dialog"],[role="alertdialog"]')) {
    return undefined;
  }
  const { scope, id } = chosen.peek();
  const conversation = id === undefined ? undefined : conversations.peek().get(id);
  const holds = conversation?.role === "holder" && conversation.state === "open";
  switch (event.code) {
    case "ArrowDown":
      return () => {
        goAlong(1, scope, id);
      };
    case "ArrowUp":
      return () => {
        goAlong(-1, scope, id);
      };
    case "KeyO":
      return acceptFirst;
    case "KeyR":
      return (
        conversation &&
        (() => {
          write("message");
        })
      );
    case "KeyN":
      return (
        conversation &&
        (() => {
          write("note");
        })
      );
    case "KeyT":
      return holds ? () => (dialog.value = "transfer") : undefined;
    case "KeyI":
      return holds ? () => (dialog.value = "invite") : undefined;
    case "KeyE":
      return holds ? () => void end(conversation) : undefined;
    case "KeyP":
      return togglePanel;
    case "KeyF":
      return may("search")
        ? () => {
            go("/search");
          }
        : undefined;
    default:
      return undefined;
  }
}

/** Takes the offer that ends first. */
export function acceptFirst(): void {
  const [first] = [...offers.peek().values()].sort((a, b) => a.until - b.until);
  if (first) {
    void accept(first.conversation.id).catch(() => undefined);
  }
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : undefined;
  return target?.closest("input, textarea, select, [contenteditable]") != null;
}
