/** Requests and their answers. */

import { FrontdeskError, NetworkError, ProtocolError, StatusError, isAbort } from "./errors.js";
import { abortError, linked } from "./time.js";
import { type MeasuredFetch, type XhrConstructor, measuredFetch } from "./xhr.js";

/** The part of `fetch` that is used here. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

/** One request. */
export interface HttpRequest {
  method: "GET" | "POST";
  /** Path and query, behind the server's address. */
  path: string;
  headers?: Record<string, string>;
  /** What is sent as JSON. */
  json?: unknown;
  /** How long the head of the answer may take, and unless it is a stream all of it; in milliseconds. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
  /** Told how much of the request has gone out, where that can be known. */
  progress?: ProgressListener | undefined;
}

/** Told how many bytes of how many have gone out. */
export type ProgressListener = (sentBytes: number, allBytes: number) => void;

/** An answer of success. */
export interface HttpAnswer {
  json: unknown;
  headers: Headers;
}

const TIMEOUT_MS = 30_000;

/** A server's address, and how it is called. */
export class Endpoint {
  /** Without a slash at the end. */
  readonly url: string;
  private readonly fetch: FetchLike;
  private readonly measured: MeasuredFetch | undefined;

  /** `Xhr`: what requests are sent with whose progress is asked for, as `fetch` tells none. */
  constructor(url: string, fetch?: FetchLike, Xhr?: XhrConstructor) {
    const parsed = new URL(url);
    if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
      throw new FrontdeskError("ADDRESS", "the server's address must begin with http:// or https://");
    }
    if (parsed.username !== "" || parsed.password !== "") {
      throw new FrontdeskError("ADDRESS", "the server's address must not carry a password");
    }
    this.url = `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, "");
    this.fetch = fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.measured = Xhr && measuredFetch(Xhr);
  }

  /** Calls, and reads the JSON of the answer. Anything but success is an error. */
  async call(request: HttpRequest): Promise<HttpAnswer> {
    return this.within(request, false, async (response) => {
      const text = await response.text();
      return { json: parse(text), headers: response.headers };
    });
  }

  /** Calls, and gives the answer once its head is there. Its body ends with the request's signal. */
  async open(request: HttpRequest): Promise<Response> {
    return this.within(request, true, (response) => Promise.resolve(response));
  }

  private async within<T>(
    request: HttpRequest,
    isStream: boolean,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    if (request.signal?.aborted) {
      throw abortError();
    }
    const { controller, release } = linked(request.signal);
    const late = { yes: false };
    const timer = setTimeout(() => {
      late.yes = true;
      controller.abort();
    }, request.timeoutMs ?? TIMEOUT_MS);
    try {
      const response = await this.fetched(request, controller.signal);
      if (!response.ok) {
        throw await failure(response);
      }
      return await read(response);
    } catch (error) {
      if (error instanceof FrontdeskError) {
        throw error;
      }
      if (late.yes) {
        throw new NetworkError("the server did not answer in time");
      }
      if (request.signal?.aborted || isAbort(error)) {
        throw abortError();
      }
      throw new NetworkError("the server was not reached, or its answer broke off", error);
    } finally {
      clearTimeout(timer);
      if (!isStream) {
        release();
      }
    }
  }

  private fetched(request: HttpRequest, signal: AbortSignal): Promise<Response> {
    const url = this.url + request.path;
    return request.progress && this.measured
      ? this.measured(url, init(request, signal), request.progress)
      : this.fetch(url, init(request, signal));
  }
}

function init(request: HttpRequest, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = { ...request.headers };
  const init: RequestInit = {
    method: request.method,
    headers,
    signal,
    cache: "no-store",
    credentials: "omit",
    // Credentials stand in headers of their own, which would follow a redirect to anywhere.
    redirect: "error",
    referrerPolicy: "no-referrer",
  };
  if (request.keepalive) {
    init.keepalive = true;
  }
  if (request.json !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(request.json);
  }
  return init;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProtocolError("the answer is not JSON", error);
  }
}

async function failure(response: Response): Promise<StatusError> {
  let body: Record<string, unknown> = {};
  try {
    const json: unknown = JSON.parse(await response.text());
    if (typeof json === "object" && json !== null) {
      body = json as Record<string, unknown>;
    }
  } catch {
    // Proxies answer in HTML; the status says enough.
  }
  const text = (...names: string[]): string | undefined =>
    names.map((name) => body[name]).find((value): value is string => typeof value === "string");
  const code = text("errorCode", "code", "resultCode") ?? `HTTP_${response.status}`;
  const sentence = text("exceptionInfo", "detail", "resultDesc") ?? `the server answered ${response.status}`;
  return new StatusError(response.status, code, sentence, retryAfter(response.headers.get("retry-after")));
}

/** `Retry-After` in milliseconds: seconds, or a date. */
export function retryAfter(value: string | null, now = Date.now()): number | undefined {
  if (value === null) {
    return undefined;
  }
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
