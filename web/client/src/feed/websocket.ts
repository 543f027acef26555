/** The feed over a WebSocket. */

import { toBase64Url } from "../bytes.js";
import type { Credentials } from "../credentials.js";
import { FrontdeskError, NetworkError, ProtocolError } from "../errors.js";
import { abortError } from "../time.js";
import type { FeedEvent, Message, WireGap } from "../wire.js";
import { OPEN_MS, type Stream, type StreamContext, Watchdog } from "./transport.js";

/** The part of a WebSocket that is used here. */
export interface WebSocketLike {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** What makes WebSockets: that of browsers and of Node from 22 on, or that of the package `ws`. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** A frame from the server. */
type Frame =
  | { type: "message"; message: Message; cursor: string }
  | { type: "event"; event: FeedEvent; cursor?: string }
  | { type: "gap"; gap: WireGap }
  | { type: "head"; seq: number | null }
  | { type: "error"; code: string; text: string };

const PROTOCOL = "frontdesk";
const OPEN = 1;
const NORMAL = 1000;
const ACKNOWLEDGE_MS = 500;

/** Begins a feed over a WebSocket. */
export function openWebSocket(context: StreamContext): Stream {
  let socket: WebSocketLike | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = "";
  const connect = async (): Promise<void> => {
    const { client, signal } = context;
    const credentials = await client.credentials();
    if (signal.aborted) {
      throw abortError();
    }
    if (!client.WebSocket) {
      throw new FrontdeskError("UNSUPPORTED", "there is no WebSocket here");
    }
    const url = `${client.endpoint.url.replace(/^http/, "ws")}/apiaccess/ccmessaging/ws`;
    socket = new client.WebSocket(url, [PROTOCOL, sealed(credentials)]);
    await speak(socket, context);
  };
  return {
    ended: connect().finally(() => {
      clearTimeout(timer);
    }),
    acknowledge: (cursor) => {
      latest = cursor;
      timer ??= setTimeout(() => {
        timer = undefined;
        if (socket?.readyState === OPEN) {
          socket.send(JSON.stringify({ type: "ack", cursor: latest }));
        }
      }, ACKNOWLEDGE_MS);
    },
  };
}

/** Browsers cannot set headers here; a subprotocol, unlike a query, stands in no log. */
function sealed(credentials: Credentials): string {
  const { appKey, accessToken, ccmessagingToken } = credentials;
  return toBase64Url(JSON.stringify({ appKey, accessToken, ccmessagingToken }));
}

/** Reads until the end. */
function speak(socket: WebSocketLike, context: StreamContext): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error): void => {
      watchdog.stop();
      context.signal.removeEventListener("abort", abort);
      // After this nothing is heard of the socket any more, whatever it still says. An error without a listener would
      // be thrown by some implementations.
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.onerror = () => undefined;
      socket.close(NORMAL);
      if (error) {
        reject(error);
      } else {
        resolve();
      }
    };
    const abort = (): void => {
      end(abortError());
    };
    const watchdog = new Watchdog(() => {
      end(new NetworkError("the WebSocket fell silent"));
    });
    context.signal.addEventListener("abort", abort);
    watchdog.feed(OPEN_MS);
    socket.onopen = () => {
      watchdog.feed();
      const { cursor, deviceId, events } = context;
      socket.send(JSON.stringify({ type: "resume", cursor, deviceId, events }));
      context.established();
    };
    socket.onmessage = (event: { data: unknown }) => {
      watchdog.feed();
      try {
        take(event.data, context);
      } catch (error) {
        end(error instanceof Error ? error : new ProtocolError("a frame could not be read", error));
      }
    };
    socket.onerror = () => {
      end(new NetworkError("the WebSocket could not be opened, or broke off"));
    };
    socket.onclose = (event: { code?: number }) => {
      // 1006: the connection is gone without a word.
      const isOrderly = event.code !== undefined && event.code !== 1006;
      end(isOrderly ? undefined : new NetworkError("the WebSocket broke off"));
    };
  });
}

function take(data: unknown, context: StreamContext): void {
  if (typeof data !== "string") {
    throw new ProtocolError("a frame is not text");
  }
  const frame = JSON.parse(data) as Frame;
  switch (frame.type) {
    case "message":
      context.batch({ items: [{ kind: "message", message: frame.message }], cursor: frame.cursor });
      break;
    case "event":
      context.batch({
        items: [{ kind: "event", event: frame.event }],
        ...(frame.cursor === undefined ? {} : { cursor: frame.cursor }),
      });
      break;
    case "gap":
      context.gap(frame.gap);
      break;
    case "head":
      if (frame.seq !== null) {
        context.head(frame.seq);
      }
      break;
    case "error":
      throw new FrontdeskError(frame.code, frame.text, { temporary: true });
    default:
    // A newer server may have more to say.
  }
}
