/** What a page finds again after a reload: that the chat was open in this tab, and that a conversation is under way. */

import { read, write } from "../model/memory.js";

/** A conversation that was not heard of for longer is over. */
const ACTIVE_MS = 12 * 3_600_000;

/** Whether the chat was open in this tab before. */
export function isLeftOpen(channel: string): boolean {
  return read(`frontdesk:open:${channel}`, "sessionStorage") !== null;
}

/** Remembers whether the chat is open in this tab. */
export function leaveOpen(channel: string, isOpen: boolean): void {
  write(`frontdesk:open:${channel}`, isOpen ? "1" : null, "sessionStorage");
}

/** Whether this browser has a conversation under way, so that a page listens although the chat is closed. */
export function isActive(channel: string): boolean {
  const since = Number(read(`frontdesk:active:${channel}`) ?? "0");
  return Date.now() - since < ACTIVE_MS;
}

/** Remembers whether a conversation is under way. */
export function setActive(channel: string, isActive: boolean): void {
  write(`frontdesk:active:${channel}`, isActive ? String(Date.now()) : null);
}
