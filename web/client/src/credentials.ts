/** The credentials that a client holds, and their renewal: one at a time, however many calls want it. */

import { CredentialsError, asFailure } from "./errors.js";

/**
 * What a customer's client calls with. All of it is bound to one customer: the app's secret, and an AccessToken of scope
 * *server*, stay on the integrator's server.
 */
export interface Credentials {
  appKey: string;
  /** AccessToken of scope *customer*. */
  accessToken: string;
  ccmessagingToken: string;
  /** The customer's id. */
  userId: string;
  /** The channel's Configuration ID. */
  channelId: string;
}

/** Gives credentials: asked at the first call, and whenever the server refuses those given before. */
export type CredentialsProvider = () => Credentials | Promise<Credentials>;

/** The credentials that one call uses. */
export interface Lease {
  credentials: Credentials;
  /** How often the provider had given credentials. */
  generation: number;
}

/** Credentials shared by all calls of one client. */
export class Session {
  private held: Lease | undefined;
  private renewal: Promise<Lease> | undefined;

  constructor(private readonly provider: CredentialsProvider) {}

  /** The credentials to use now. */
  async current(): Promise<Lease> {
    return this.held ?? (await this.renew());
  }

  /** Other credentials than those of the lease, which the server refused. */
  async afterRefusal(refused: Lease): Promise<Lease> {
    if (this.held && this.held.generation > refused.generation) {
      return this.held;
    }
    return this.renew();
  }

  /** Takes over a token that the server renewed in its answer, unless the credentials were replaced since. */
  adopt(lease: Lease, ccmessagingToken: string): void {
    if (this.held?.generation === lease.generation) {
      this.held = { ...this.held, credentials: { ...this.held.credentials, ccmessagingToken } };
    }
  }

  private renew(): Promise<Lease> {
    this.renewal ??= this.ask().finally(() => {
      this.renewal = undefined;
    });
    return this.renewal;
  }

  private async ask(): Promise<Lease> {
    let fresh: Credentials;
    try {
      fresh = { ...(await this.provider()) };
    } catch (error) {
      const failure = asFailure(error);
      const { temporary, retryAfterMs } = failure;
      throw new CredentialsError(failure.code, "no credentials could be had", {
        temporary,
        retryAfterMs,
        cause: error,
      });
    }
    check(fresh);
    const known = this.held?.credentials;
    if (known && (known.userId !== fresh.userId || known.channelId !== fresh.channelId)) {
      // What was received so far would be mixed with what is somebody else's.
      throw new CredentialsError("CUSTOMER_CHANGED", "the new credentials are another customer's");
    }
    this.held = { credentials: fresh, generation: (this.held?.generation ?? 0) + 1 };
    return this.held;
  }
}

function check(credentials: Credentials): void {
  for (const name of ["appKey", "accessToken", "ccmessagingToken", "userId", "channelId"] as const) {
    if (typeof credentials[name] !== "string" || credentials[name] === "") {
      throw new CredentialsError("CREDENTIALS_INVALID", `the credentials have no ${name}`);
    }
  }
}
