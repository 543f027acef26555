/** Calls of the native API. The sign-in is a cookie that no script can read; whoever is not signed in is asked to. */

import { signal } from "@preact/signals";

/** What the API answers instead of what was asked for. */
export class Problem extends Error {
  readonly status: number;
  /** Stable; 0 and `NETWORK` if the server was not reached. */
  readonly code: string;
  readonly field: string | undefined;
  /** The whole answer. */
  readonly body: Record<string, unknown>;
  /** Seconds to wait before it is asked again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, body: Record<string, unknown>, retryAfter?: number) {
    const text = (name: string): string | undefined =>
      typeof body[name] === "string" ? body[name] : undefined;
    super(text("detail") ?? text("code") ?? `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.code = text("code") ?? "UNKNOWN";
    this.field = text("field");
    this.body = body;
    this.retryAfter = retryAfter;
  }

  /** Whether asking again may well help: the server was not reached, or is busy. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Whether the sign-in is known to be over. Calls that need one wait until it is not. */
export const signInIsOver = signal(false);

/** Raised when something was refused that was permitted before: what one may do has changed. */
export const refusals = signal(0);

/** What a query may have. Absent values are left out. */
export type Query = Record<string, string | number | boolean | undefined>;

/** How a call is made. */
export interface CallOptions {
  query?: Query | undefined;
  /** JSON, unless it is a form or a blob. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Give up with 401 rather than wait for another sign-in. */
  anonymous?: boolean;
}

const API = "/api/v1";
const SECONDS_FOR_ANSWER = 75;

/** Makes a call; `path` is below `/api/v1`. Nothing comes back from 204. */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const response = await raw(method, path, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  call<T>("GET", path, { query, signal });
export const post = <T = unknown>(path: string, body?: unknown): Promise<T> =>
  call<T>("POST", path, { body: body ?? {} });
export const put = <T = unknown>(path: string, body?: unknown): Promise<T> =>
  call<T>("PUT", path, { body: body ?? {} });
export const patch = <T = unknown>(path: string, body?: unknown): Promise<T> =>
  call<T>("PATCH", path, { body: body ?? {} });
export const remove = <T = unknown>(path: string): Promise<T> => call<T>("DELETE", path);

/** Makes a call and leaves the answer to the caller: for files. What is not a success is thrown. */
export async function raw(method: string, path: string, options: CallOptions = {}): Promise<Response> {
  for (;;) {
    if (signInIsOver.value && options.anonymous !== true) {
      await signedIn(options.signal);
    }
    const response = await fetchOnce(method, path, options);
    if (response.ok) {
      return response;
    }
    const problem = await problemOf(response);
    if (problem.code === "FORBIDDEN" || problem.code === "TOTP_ENROLMENT_REQUIRED") {
      refusals.value += 1;
    }
    if (problem.status !== 401 || options.anonymous === true) {
      throw problem;
    }
    signInIsOver.value = true;
  }
}

/** The address of a call, with what is asked. */
export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  const text = new URLSearchParams(given).toString();
  return `${API}${path}${text === "" ? "" : `?${text}`}`;
}

/** A piece of a path, such as an id that others chose. */
export const segment = encodeURIComponent;

async function fetchOnce(method: string, path: string, options: CallOptions): Promise<Response> {
  const isForm = options.body instanceof FormData || options.body instanceof Blob;
  // Other origins' pages cannot add this header, which is what the server knows its own pages by.
  const headers: Record<string, string> = { "x-frontdesk": "1", ...options.headers };
  if (options.body !== undefined && !isForm) {
    headers["content-type"] = "application/json";
  }
  const limit = AbortSignal.timeout(SECONDS_FOR_ANSWER * 1000);
  try {
    return await fetch(address(path, options.query), {
      method,
      headers,
      body: isForm
        ? (options.body as FormData | Blob)
        : options.body === undefined
          ? null
          : JSON.stringify(options.body),
      credentials: "same-origin",
      cache: "no-store",
      signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
    });
  } catch (error) {
    if (options.signal?.aborted === true) {
      throw error;
    }
    throw new Problem(0, { code: "NETWORK" });
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as unknown;
  const wait = Number(response.headers.get("retry-after") ?? "");
  return new Problem(
    response.status,
    typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {},
    Number.isFinite(wait) && wait > 0 ? wait : undefined,
  );
}

function signedIn(abort?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = signInIsOver.subscribe((isOver) => {
      if (!isOver) {
        // The first call comes before `subscribe` has returned.
        queueMicrotask(() => {
          stop();
        });
        resolve();
      }
    });
    abort?.addEventListener("abort", () => {
      stop();
      reject(new DOMException("aborted", "AbortError"));
    });
  });
}
