/** Where somebody is in the desk: the address tells, below `/desk`. */

import { computed, signal } from "@preact/signals";

const BASE = "/desk";

/** An address below `/desk`, such as `/inbox/mine`, with its query. */
export const location = signal({ path: "/", query: new URLSearchParams() });

/** The path alone. */
export const path = computed(() => location.value.path);

/** Follows the browser's address from now on. */
export function listenToAddress(): void {
  window.addEventListener("popstate", read);
  read();
}

/** Goes somewhere else. With `replace` the place before it is forgotten. */
export function go(to: string, options: { replace?: boolean } = {}): void {
  const address = hrefOf(to);
  if (address !== window.location.pathname + window.location.search) {
    window.history[options.replace === true ? "replaceState" : "pushState"](null, "", address);
  }
  read();
}

/** The address of a place, for links. */
export function hrefOf(to: string): string {
  return BASE + to;
}

/** The values of a pattern's names, such as `/inbox/:scope/:id?`, or nothing if it is another place. */
export function match(pattern: string, place: string): Record<string, string> | undefined {
  const wanted = pattern.split("/").filter(Boolean);
  const given = place.split("/").filter(Boolean);
  if (given.length > wanted.length) {
    return undefined;
  }
  const values: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index];
    if (part.startsWith(":")) {
      const name = part.replace(/^:|\?$/g, "");
      if (value !== undefined) {
        values[name] = decoded(value);
      } else if (!part.endsWith("?")) {
        return undefined;
      }
    } else if (part !== value) {
      return undefined;
    }
  }
  return values;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function read(): void {
  const { pathname, search } = window.location;
  const below = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  location.value = { path: below === "" ? "/" : below, query: new URLSearchParams(search) };
}
