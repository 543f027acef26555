/** The few texts that are needed before the chat is loaded; the build takes them out of the `.ftl` files. */

/** Texts of the button. */
export interface Labels {
  open: string;
  close: string;
  /** With `{ $count }` in it. */
  unread: string;
  failed: string;
}

declare const __LABELS__: Record<string, Labels>;

/** The button's texts in the language of a tag; in English where there is none. */
export function labelsOf(tag: string): Labels {
  const language = tag.split(/[-_]/)[0]?.toLowerCase() ?? "";
  const labels = Object.hasOwn(__LABELS__, language) ? __LABELS__[language] : __LABELS__["en"];
  if (!labels) {
    throw new Error("the widget was built without English");
  }
  return labels;
}
