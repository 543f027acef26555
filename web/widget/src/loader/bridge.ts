/** What the element and the chat that it loads know of each other. */

import type { Platform, Settings } from "./settings.js";

/** What the chat needs of the element. */
export interface ChatHost {
  root: ShadowRoot;
  /** Where the chat is drawn. */
  place: HTMLElement;
  settings: Settings;
  platform: Platform;
  /** How many messages were not seen. */
  unread(count: number): void;
  /** The customer wants it closed. */
  close(): void;
  tell(name: "message" | "state", detail: unknown): void;
}

/** What the element needs of the chat. */
export interface MountedChat {
  /** `takesFocus`: the customer asked for it, rather than a reload. */
  setOpen(isOpen: boolean, takesFocus?: boolean): void;
  say(text: string): void;
  sayCard(title: string, description: string, url: URL): void;
  close(): void;
}

/** The module that the element loads. */
export interface ChatModule {
  mount(host: ChatHost): Promise<MountedChat>;
}
