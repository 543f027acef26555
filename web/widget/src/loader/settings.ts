/** How a page wants its chat: the attributes of `<frontdesk-chat>`, or `data-…` of the script. */

/** Attributes that a page may set. */
export const ATTRIBUTES = [
  "channel",
  "server",
  "tenant",
  "identity",
  "user-name",
  "locale",
  "theme",
  "position",
  "heading",
  "hide-launcher",
] as const;

/** Who is signed in: a token that the shop's back end signed, or a function that fetches one. */
export type Identity = string | (() => string | Promise<string>);

/** How a page wants its chat. */
export interface Settings {
  channel: string;
  server: string;
  tenant: string | undefined;
  identity: Identity | undefined;
  userName: string | undefined;
  locale: string;
  heading: string | undefined;
}

/** What a browser has, as it was when the script ran: others may put something of theirs in its place later. */
export interface Platform {
  fetch: typeof fetch;
  WebSocket: typeof WebSocket | undefined;
  XMLHttpRequest: typeof XMLHttpRequest | undefined;
}

/** The language of the page, else of its reader. */
export function pageLocale(): string {
  return document.documentElement.lang || navigator.language || "en";
}
