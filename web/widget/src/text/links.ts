/** Links: what of a text becomes one, and which addresses may be opened at all. */

/** A piece of a text. */
export interface Piece {
  text: string;
  /** Where it leads, if it is a link. */
  href?: string;
}

/** Attributes of every link: a new tab that knows nothing of this one. */
export const LINK = { target: "_blank", rel: "noopener noreferrer nofollow" } as const;

const CANDIDATE =
  /(?:https?:\/\/|www\.)[^\s<>"'`，。、；：！？（）「」『』《》\p{C}\p{Bidi_Control}]+|mailto:[^\s<>"'`，。、；：！？（）\p{C}]+|tel:\+?[\d().-]{3,32}|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/giu;
/** What belongs to the sentence around a link rather than to the link. */
const TRAILING = /[.,;:!?…'"”’»)\]}]+$/u;

/** An address of the web, checked; nothing for any other scheme, or one that hides a password. */
export function safeWebUrl(text: string): URL | undefined {
  if (!/^\s*https?:\/\//i.test(text) || !URL.canParse(text)) {
    return undefined;
  }
  const url = new URL(text);
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  return isWeb && url.username === "" && url.password === "" ? url : undefined;
}

/** Cuts a text into plain pieces and links. Put together, the pieces are the text. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const found = trimmed(match[0]);
    const href = hrefOf(found);
    // Chinese puts no space before a link; Latin letters make another word of it.
    if (href === undefined || /[\w@]/.test(text[match.index - 1] ?? "")) {
      continue;
    }
    if (match.index > end) {
      pieces.push({ text: text.slice(end, match.index) });
    }
    pieces.push({ text: found, href });
    end = match.index + found.length;
  }
  if (end < text.length) {
    pieces.push({ text: text.slice(end) });
  }
  return pieces;
}

function trimmed(text: string): string {
  let found = text;
  for (;;) {
    const trailing = TRAILING.exec(found)?.[0] ?? "";
    // A closing bracket belongs to the link if the link has the opening one.
    const keeps = trailing.startsWith(")") && found.includes("(") ? 1 : 0;
    const next = found.slice(0, found.length - trailing.length + keeps);
    if (next === found || trailing.length === keeps) {
      return next;
    }
    found = next;
  }
}

function hrefOf(text: string): string | undefined {
  if (/^mailto:/i.test(text)) {
    return `mailto:${encodeURI(text.slice("mailto:".length))}`;
  }
  if (/^tel:/i.test(text)) {
    return text.toLowerCase();
  }
  if (/^https?:/i.test(text)) {
    return safeWebUrl(text)?.href;
  }
  return /^www\./i.test(text) ? safeWebUrl(`https://${text}`)?.href : `mailto:${encodeURI(text)}`;
}
