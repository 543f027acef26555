/** Saving things on the customer's device. */

import type { Chat } from "../model/chat.js";
import { describe } from "../model/content.js";
import type { Words } from "../text/words.js";
import { nameOf, wordsForContent } from "./names.js";

/** Hands a file to the browser. */
export function save(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

/** Saves everything that was said as a text. */
export async function saveTranscript(chat: Chat, words: Words): Promise<void> {
  try {
    const items = await chat.everything();
    const when = new Intl.DateTimeFormat(words.locale, { dateStyle: "short", timeStyle: "medium" });
    const lines = items
      .filter(({ code, isRecalled }) => code !== undefined && !isRecalled)
      .map((item) => {
        const text = describe(item.content, wordsForContent(words));
        return `[${when.format(item.at)}] ${nameOf(item, words)}: ${text}`;
      });
    // Older editors take a text for UTF-8 only with a mark at its begin.
    const text = `\ufeff${words.text("transcript-title")}\r\n\r\n${lines.join("\r\n")}\r\n`;
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    save(url, `chat-${new Date().toISOString().slice(0, 10)}.txt`);
    setTimeout(() => {
      URL.revokeObjectURL(url);
    }, 10_000);
  } catch {
    chat.setNotice({ id: "failed-try-again", isProblem: true });
  }
}
