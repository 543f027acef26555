/** Credentials for a page without a back end of its own: the widget session. */

import type { Credentials, CredentialsProvider } from "./credentials.js";
import { ProtocolError, StatusError } from "./errors.js";
import { Endpoint, type FetchLike } from "./http.js";
import { type KeyValueStorage, browserStorage, readItem, writeItem } from "./storage.js";

/** What an anonymous visitor comes back with. */
export interface Visitor {
  userId: string;
  /** Whoever has it is this visitor. */
  secret: string;
}

/** How a widget session is opened. */
export interface WidgetSessionOptions {
  /** The server's address. */
  url: string;
  /** The channel's Configuration ID. */
  channelId: string;
  /** The channel's tenant; needed only where several have a channel of this id. */
  tenant?: string;
  /** A short-lived token by which the shop's back end says who is signed in; asked for anew at each renewal if a function. */
  identity?: string | (() => string | Promise<string>);
  /** The anonymous visitor who comes back; absent: the one kept in the storage, if any. */
  visitor?: Visitor;
  /** The customer's language, such as `en` or `zh_CN`. */
  locale?: string;
  /** The customer's display name. */
  userName?: string;
  /** Where an anonymous visitor is kept; the browser's `localStorage` if absent, in Node memory. */
  storage?: KeyValueStorage;
  fetch?: FetchLike;
}

interface SessionAnswer {
  appKey: string;
  accessToken: string;
  ccmessagingToken: string;
  userId: string;
  channelId: string;
  visitorSecret?: string;
  /** Seconds. */
  expiresIn: number;
}

/** A provider of credentials that opens a widget session whenever it is asked. */
export function widgetSession(options: WidgetSessionOptions): CredentialsProvider {
  const endpoint = new Endpoint(options.url, options.fetch);
  const storage = options.storage ?? browserStorage("localStorage");
  const key = `frontdesk:visitor:${endpoint.url}:${options.channelId}`;
  let visitor = options.visitor;

  const open = async (): Promise<SessionAnswer> => {
    const identity = typeof options.identity === "function" ? await options.identity() : options.identity;
    const { channelId, tenant, locale, userName } = options;
    const json = {
      channelId,
      tenant,
      identity,
      visitor: identity === undefined ? visitor : undefined,
      locale,
      userName,
    };
    const answer = await endpoint.call({ method: "POST", path: "/api/v1/widget/session", json });
    return sessionAnswer(answer.json);
  };

  const isAnonymous = options.identity === undefined;
  const ask = async (): Promise<Credentials> => {
    if (isAnonymous) {
      visitor ??= visitorOf(await readItem(storage, key));
    }
    let session: SessionAnswer;
    try {
      session = await open();
    } catch (error) {
      if (!(isAnonymous && visitor && isUnknownVisitor(error))) {
        throw error;
      }
      // The server does not know this visitor any more: a new one.
      visitor = undefined;
      await writeItem(storage, key, null);
      session = await open();
    }
    if (isAnonymous && session.visitorSecret !== undefined) {
      visitor = { userId: session.userId, secret: session.visitorSecret };
      await writeItem(storage, key, JSON.stringify(visitor));
    }
    const { appKey, accessToken, ccmessagingToken, userId, channelId } = session;
    return { appKey, accessToken, ccmessagingToken, userId, channelId };
  };
  return () => (isAnonymous ? oneTabAtATime(key, ask) : ask());
}

/** Two tabs that are opened together are one visitor: the second finds whom the first became. */
async function oneTabAtATime<T>(name: string, run: () => Promise<T>): Promise<T> {
  const locks = typeof window === "undefined" ? undefined : (navigator as { locks?: LockManager }).locks;
  return locks ? await locks.request(name, run) : run();
}

function isUnknownVisitor(error: unknown): boolean {
  return error instanceof StatusError && (error.status === 401 || error.status === 404);
}

function visitorOf(text: string | null): Visitor | undefined {
  try {
    const { userId, secret } = JSON.parse(text ?? "null") as Partial<Visitor>;
    return typeof userId === "string" && typeof secret === "string" ? { userId, secret } : undefined;
  } catch {
    return undefined;
  }
}

function sessionAnswer(json: unknown): SessionAnswer {
  if (typeof json !== "object" || json === null || !("accessToken" in json)) {
    throw new ProtocolError("the answer is not a widget session");
  }
  return json as SessionAnswer;
}
