/** What people and things are called. */

import type { Item } from "../model/transcript.js";
import type { Words } from "../text/words.js";

/** Whoever wrote a message. */
export function nameOf({ author, name }: Pick<Item, "author" | "name">, words: Words): string {
  switch (author) {
    case "customer":
      return words.text("you");
    case "agent":
      return name ?? words.text("agent");
    case "robot":
      return words.text("assistant");
    case "system":
      return name ?? words.text("title");
  }
}

/** Words for what is no text. */
export function wordsForContent(
  words: Words,
): Record<"image" | "audio" | "video" | "file" | "place", string> {
  return {
    image: words.text("image"),
    audio: words.text("audio"),
    video: words.text("video"),
    file: words.text("file"),
    place: words.text("place"),
  };
}
