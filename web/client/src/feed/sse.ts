/** The feed as Server-sent events, read with `fetch`, so that credentials stay in headers. */

import { NetworkError, ProtocolError } from "../errors.js";
import { linked } from "../time.js";
import type { FeedEvent, Message, WireGap } from "../wire.js";
import { EventStreamParser, type ServerSentEvent } from "./event-stream.js";
import { OPEN_MS, type Stream, type StreamContext, Watchdog } from "./transport.js";

/** Acknowledging is a call of its own here, so it is done less often. In milliseconds. */
const ACKNOWLEDGE_MS = 3_000;

/** Begins a stream of Server-sent events. */
export function openEventStream(context: StreamContext): Stream {
  const { client, deviceId, signal } = context;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = "";
  const ended = run(context).finally(() => {
    clearTimeout(timer);
  });
  return {
    ended,
    acknowledge: (cursor) => {
      latest = cursor;
      timer ??= setTimeout(() => {
        timer = undefined;
        // If it fails, the next one, or the cursor of the next connection, says the same.
        client.ack(latest, deviceId, signal).catch(() => undefined);
      }, ACKNOWLEDGE_MS);
    },
  };
}

async function run(context: StreamContext): Promise<void> {
  const { client, cursor, deviceId, events } = context;
  const { controller, release } = linked(context.signal);
  const silence = { yes: false };
  const watchdog = new Watchdog(() => {
    silence.yes = true;
    controller.abort();
  });
  try {
    const options = { cursor, deviceId, events, signal: controller.signal };
    const body = await client.stream(options, OPEN_MS);
    // A proxy that keeps answers back lets nothing through, not even the greeting.
    watchdog.feed(OPEN_MS);
    await read(body.getReader(), context, watchdog);
  } catch (error) {
    if (silence.yes) {
      throw new NetworkError("the stream fell silent");
    }
    if (error instanceof TypeError) {
      throw new NetworkError("the stream broke off", error);
    }
    throw error;
  } finally {
    watchdog.stop();
    release();
    controller.abort();
  }
}

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  context: StreamContext,
  watchdog: Watchdog,
): Promise<void> {
  const parser = new EventStreamParser();
  let isEstablished = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    watchdog.feed();
    if (!isEstablished) {
      isEstablished = true;
      context.established();
    }
    for (const event of parser.push(value)) {
      take(event, context);
    }
  }
}

function take(event: ServerSentEvent, context: StreamContext): void {
  const json = parse(event.data);
  const cursor = event.id === undefined ? {} : { cursor: event.id };
  switch (event.type) {
    case "message":
      context.batch({ items: [{ kind: "message", message: json as Message }], ...cursor });
      break;
    case "event":
      context.batch({ items: [{ kind: "event", event: json as FeedEvent }], ...cursor });
      break;
    case "gap":
      context.gap(json as WireGap);
      break;
    case "head":
      context.head((json as { seq: number }).seq);
      break;
    default:
    // A newer server may have more to say.
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProtocolError("an event of the stream is not JSON", error);
  }
}
