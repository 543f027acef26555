/** Who sits at the desk. */

import { computed, signal } from "@preact/signals";

import { address, call, Problem, type Schemas, segment } from "../api/index.js";
import { refusals, signInIsOver } from "../api/http.js";

/** What the server says of whoever is signed in. */
export type Me = Schemas["Me"];
/** What somebody types to sign in. */
export interface SignIn {
  tenant: string;
  agentId: string;
  password: string;
  code?: string;
}
/** A way of signing in elsewhere. */
export interface Provider {
  id: string;
  name: string;
}

/** Who is signed in; nothing before the first sign-in. It stays when a sign-in is over, so that nothing on the page is lost. */
export const me = signal<Me | undefined>(undefined);
/** Whether the server was reached at the start. */
export const unreachable = signal(false);
/** What they may do. */
const permissions = computed(() => new Set(me.value?.permissions ?? []));

const KEPT = "frontdesk.desk.who";
const TABS = "frontdesk.desk.sign-in";
const tabs = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(TABS);

/** Whether they may do something. Without names: everybody may. */
export function may(...names: string[]): boolean {
  return names.length === 0 || names.some((name) => permissions.value.has(name));
}

/** Finds out who is signed in. */
export async function beginSession(): Promise<void> {
  tabs?.addEventListener("message", () => void look());
  refusals.subscribe((count) => {
    if (count > 0) {
      void look();
    }
  });
  await look();
}

/** Signs in, by cookie. The problem's code `TOTP_REQUIRED` asks for a code. */
export async function signIn(given: SignIn): Promise<void> {
  await call("POST", "/agent/login", { body: { ...given, cookie: true }, anonymous: true });
  localStorage.setItem(KEPT, JSON.stringify({ tenant: given.tenant, agentId: given.agentId }));
  await look();
  tabs?.postMessage("in");
}

/** Signs out, here and in every tab, and forgets what was kept of the work. */
export async function signOut(): Promise<void> {
  await call("POST", "/agent/logout", { body: {}, anonymous: true }).catch(() => undefined);
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith("frontdesk.desk.draft"))) {
    localStorage.removeItem(key);
  }
  tabs?.postMessage("out");
  window.location.assign("/desk/");
}

/** Looks again who is signed in and what they may do. */
export async function look(): Promise<void> {
  try {
    const found = await call<Me>("GET", "/agent/me", { anonymous: true });
    const before = me.value;
    if (before && (before.tenant !== found.tenant || before.agentId !== found.agentId)) {
      // Nothing of one person's may be seen by another.
      window.location.assign("/desk/");
      return;
    }
    me.value = found;
    unreachable.value = false;
    signInIsOver.value = false;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      signInIsOver.value = true;
      unreachable.value = false;
    } else {
      unreachable.value = me.value === undefined;
    }
  }
}

/** Who signed in here last, for the form. */
export function lastSignedIn(): { tenant: string; agentId: string } {
  const asked = new URLSearchParams(window.location.search).get("tenant");
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<
      Record<"tenant" | "agentId", string>
    >;
    return { tenant: asked ?? kept.tenant ?? "", agentId: kept.agentId ?? "" };
  } catch {
    return { tenant: asked ?? "", agentId: "" };
  }
}

/** Where the browser begins to sign in with a provider; it comes back to where it is. */
export function signInAddress(tenant: string, provider: string): string {
  const returnTo = window.location.pathname + window.location.search;
  return address(`/signin/${segment(tenant)}/${segment(provider)}`, { returnTo });
}

/** Other ways of signing in that a tenant offers; none if it offers none. */
export async function providersOf(tenant: string, abort: AbortSignal): Promise<Provider[]> {
  if (tenant === "") {
    return [];
  }
  const path = `/signin/${segment(tenant)}`;
  const answer = await call<{ providers?: Provider[] }>("GET", path, {
    anonymous: true,
    signal: abort,
  }).catch(() => ({
    providers: [],
  }));
  return answer.providers ?? [];
}
