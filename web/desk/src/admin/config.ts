/** What is configured: read and changed item by item. */

import { useEffect, useState } from "preact/hooks";

import { get, raw, remove, type Schemas, segment } from "../api/index.js";
import { sayProblem } from "../shell/ui/index.js";

/** An item as it is shown: its values by name. */
export type Item = Record<string, unknown>;
/** The kinds that the desk edits. */
export type Kind =
  | "tenants"
  | "apps"
  | "queues"
  | "robots"
  | "channels"
  | "agents"
  | "canned-replies"
  | "sla-policies"
  | "roles"
  | "identity-providers";

/** What an item is called by; apps call theirs `key`. */
export function idOf(item: Item): string {
  return textOf(item["id"]) || textOf(item["key"]);
}

/** What people call it. */
export function nameOf(item: Item): string {
  return textOf(item["name"]) || textOf(item["nickname"]) || textOf(item["title"]) || idOf(item);
}

/** A value as a text; empty if it is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** The texts of a list. */
export function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

/** Every item of a kind, and a function that asks again. */
export function useItems(
  kind: Kind,
  isWanted = true,
): { items: Item[] | undefined; ask: () => Promise<void> } {
  const [items, setItems] = useState<Item[]>();
  const ask = (): Promise<void> =>
    get<Schemas["ConfigItems"]>(`/config/${kind}`).then((answer) => {
      setItems(answer.items as Item[]);
    }, sayProblem);
  useEffect(() => {
    if (isWanted) {
      void ask();
    }
  }, [kind, isWanted]);
  return { items, ask };
}

/** Items of a kind as choices. */
export function useChoices(kind: Kind, isWanted = true): { value: string; label: string }[] {
  const { items } = useItems(kind, isWanted);
  return (items ?? []).map((item) => ({ value: idOf(item), label: nameOf(item) }));
}

/** An item, and the tag of what was seen. */
export interface Seen {
  item: Item;
  tag: string | undefined;
}

/** Reads an item. */
export async function readItem(kind: Kind, id: string): Promise<Seen> {
  return seen(await raw("GET", `/config/${kind}/${segment(id)}`));
}

/** What a change made, with what is shown once. */
export interface Saved extends Seen {
  password: string | undefined;
  secret: string | undefined;
}

/** Changes an item that was seen: nothing happens if somebody else has changed it since. */
export function changeItem(kind: Kind, id: string, patch: Item, tag: string | undefined): Promise<Saved> {
  return write("PATCH", kind, id, patch, tag === undefined ? {} : { "if-match": tag });
}

/** Makes an item; what is there already stays, and is told. */
export function makeItem(kind: Kind, id: string, item: Item): Promise<Saved> {
  return write("PUT", kind, id, item, { "if-none-match": "*" });
}

/** Takes an item away. */
export function removeItem(kind: Kind, id: string): Promise<unknown> {
  return remove(`/config/${kind}/${segment(id)}`);
}

async function write(
  method: "PUT" | "PATCH",
  kind: Kind,
  id: string,
  body: Item,
  headers: Record<string, string>,
): Promise<Saved> {
  const response = await raw(method, `/config/${kind}/${segment(id)}`, { body, headers });
  const answer = (await response.clone().json()) as Schemas["ConfigItem"];
  return {
    ...(await seen(response)),
    password: answer.password ?? undefined,
    secret: answer.secret ?? undefined,
  };
}

async function seen(response: Response): Promise<Seen> {
  const { item } = (await response.json()) as { item: Item };
  return { item, tag: response.headers.get("etag") ?? undefined };
}

/** The value at a path such as `patience.queue_wait`. */
export function at(item: Item, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => (isItem(value) ? value[name] : undefined), item);
}

/** The item with another value at a path. */
export function withValue(item: Item, path: string, value: unknown): Item {
  const [name = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    return { ...item, [name]: value };
  }
  const inner = item[name];
  return { ...item, [name]: withValue(isItem(inner) ? inner : {}, rest.join("."), value) };
}

/** What has to be sent so that `before` becomes `after`, as a merge patch of these paths. */
export function patchOf(before: Item, after: Item, paths: readonly string[]): Item {
  return paths.reduce<Item>((patch, path) => {
    const [was, is] = [at(before, path), at(after, path)];
    return JSON.stringify(was ?? null) === JSON.stringify(is ?? null)
      ? patch
      : withValue(patch, path, is ?? null);
  }, {});
}

/** Whether something is an object with values. */
export function isItem(value: unknown): value is Item {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
