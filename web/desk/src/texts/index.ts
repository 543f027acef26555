/** The desk's texts, in the language of whoever sits at it. */

import { type FluentResource } from "@fluent/bundle";
import { signal } from "@preact/signals";

import {
  type Language,
  languageOf,
  LANGUAGES,
  type Values,
  type Words,
  wordsOf,
} from "@frontdesk/widget/text/words.js";

export { type Language, LANGUAGES };

type Body = FluentResource["body"];
const FILES = import.meta.glob<{ default: Body }>("./*/*.ftl");
const KEPT = "frontdesk.desk.language";

/** Names of the languages, each in itself. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: "English",
  zh: "简体中文",
  es: "Español",
  fr: "Français",
  ar: "العربية",
  pt: "Português",
};

/** The texts that are shown. Whatever reads them is drawn again when they change. */
export const words = signal<Words>(wordsOf([], "en", "en"));

/** A text by its name. */
export function t(id: string, values?: Values): string {
  return words.value.text(id, values);
}

/** The language that was chosen here before, else that of the browser. */
export function preferredTag(): string {
  const kept = localStorage.getItem(KEPT);
  if (kept !== null) {
    return kept;
  }
  const known: readonly string[] = LANGUAGES;
  return navigator.languages.find((tag) => known.includes(tag.split("-")[0] ?? "")) ?? "en";
}

/** Shows everything in another language. */
export async function speak(tag: string, remember = false): Promise<void> {
  const language = languageOf(tag);
  const files = Object.entries(FILES).filter(([name]) => name.startsWith(`./${language}/`));
  const bodies = await Promise.all(files.map(async ([, load]) => (await load()).default));
  words.value = wordsOf(bodies.flat(), language, tag);
  document.documentElement.lang = words.value.locale;
  document.documentElement.dir = words.value.direction;
  if (remember) {
    localStorage.setItem(KEPT, tag);
  }
}
