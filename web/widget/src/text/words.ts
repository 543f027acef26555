/** The widget's own texts, in the customer's language. */

import { FluentBundle, type FluentResource } from "@fluent/bundle";

/** Values for a text. */
export type Values = Record<string, string | number>;

/** Texts of one language. */
export interface Words {
  /** The tag of the language, for dates and numbers. */
  locale: string;
  language: Language;
  direction: "ltr" | "rtl";
  text(id: string, values?: Values): string;
  /** The time of day. */
  time(at: number): string;
  /** The date. */
  date(at: number): string;
}

/** The languages that are shipped. */
export const LANGUAGES = ["en", "zh", "es", "fr", "ar", "pt"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The shipped language of a tag, such as `zh_CN` or `pt-BR`; English where there is none. */
export function languageOf(tag: string): Language {
  const wanted = tag.split(/[-_]/)[0]?.toLowerCase();
  return LANGUAGES.find((language) => language === wanted) ?? "en";
}

const LOADERS: Record<Language, () => Promise<{ default: FluentResource["body"] }>> = {
  en: () => import("../../locales/en.ftl"),
  zh: () => import("../../locales/zh.ftl"),
  es: () => import("../../locales/es.ftl"),
  fr: () => import("../../locales/fr.ftl"),
  ar: () => import("../../locales/ar.ftl"),
  pt: () => import("../../locales/pt.ftl"),
};

/** Fetches the texts of the language of a tag. */
export async function loadWords(tag: string): Promise<Words> {
  const language = languageOf(tag);
  return wordsOf((await LOADERS[language]()).default, language, tag);
}

/** Texts out of a Fluent file, which the build has read. */
export function wordsOf(body: FluentResource["body"], language: Language, tag: string): Words {
  const direction = language === "ar" ? "rtl" : "ltr";
  const locale = localeOf(tag, language);
  // Marks that isolate values are needed where directions mix.
  const bundle = new FluentBundle(locale, { useIsolating: direction === "rtl" });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the class would bring its parser
  bundle.addResource({ body });
  // Making one takes longer than drawing a message.
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
  return {
    locale,
    language,
    time: (at) => time.format(at),
    date: (at) => date.format(at),
    direction,
    text: (id, values = {}) => {
      const pattern = bundle.getMessage(id)?.value;
      return pattern ? bundle.formatPattern(pattern, values, []) : id;
    },
  };
}

/** A tag that dates and numbers can be written with. */
function localeOf(tag: string, language: Language): string {
  const written = tag.replaceAll("_", "-");
  try {
    const [canonical = language] = Intl.getCanonicalLocales(written);
    return languageOf(canonical) === language && canonical.toLowerCase().startsWith(language)
      ? canonical
      : language;
  } catch {
    return language;
  }
}
