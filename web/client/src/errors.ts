/** What can go wrong. No error carries a credential, or what somebody wrote. */

/** Any failure of this package. */
export class FrontdeskError extends Error {
  /** Stable symbolic code: the server's, or one of this package. */
  readonly code: string;
  /** Whether the same call may well succeed later. */
  readonly temporary: boolean;
  /** The pause that the server asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, text: string, options: FailureOptions = {}) {
    super(text, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.temporary = options.temporary ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** More about a failure. */
export interface FailureOptions {
  temporary?: boolean;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** The server was not reached, or its answer broke off. It may have taken the request. */
export class NetworkError extends FrontdeskError {
  constructor(text: string, cause?: unknown) {
    super("NETWORK", text, { temporary: true, cause });
  }
}

/** The server answered with another status than success. */
export class StatusError extends FrontdeskError {
  readonly status: number;

  constructor(status: number, code: string, text: string, retryAfterMs?: number) {
    super(code, text, { temporary: TEMPORARY.has(status), retryAfterMs });
    this.status = status;
  }
}

/** A business failure (HTTP 200 with another result code than `0`) of a call that yields one thing. */
export class RefusedError extends FrontdeskError {}

/** No credentials could be had. */
export class CredentialsError extends FrontdeskError {}

/** What was received is not what it should be. */
export class ProtocolError extends FrontdeskError {
  constructor(text: string, cause?: unknown) {
    super("PROTOCOL", text, { cause });
  }
}

const TEMPORARY = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Whether the caller gave up, so that nothing has failed. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** Any thrown thing as a failure. */
export function asFailure(error: unknown): FrontdeskError {
  if (error instanceof FrontdeskError) {
    return error;
  }
  return new FrontdeskError("UNEXPECTED", error instanceof Error ? error.message : "something failed", {
    temporary: true,
    cause: error,
  });
}
