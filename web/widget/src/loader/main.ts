/** The script of the page: defines the element, and puts one into the page if the script names a channel. */

import type { ChatModule } from "./bridge.js";
import { FrontdeskChat } from "./element.js";
import { ATTRIBUTES } from "./settings.js";

/** Path of the chat's module beside the script; known when the build has made it. */
declare const __CHAT__: string;

const script = document.currentScript;
if (script instanceof HTMLScriptElement && !customElements.get("frontdesk-chat")) {
  FrontdeskChat.origin = {
    script: script.src,
    platform: {
      fetch: window.fetch.bind(window),
      WebSocket: window.WebSocket,
      XMLHttpRequest: window.XMLHttpRequest,
    },
    load: () => import(/* @vite-ignore */ new URL(__CHAT__, script.src).href) as Promise<ChatModule>,
  };
  customElements.define("frontdesk-chat", FrontdeskChat);
  if (script.dataset["channel"] !== undefined) {
    const chat = document.createElement("frontdesk-chat");
    for (const name of ATTRIBUTES) {
      const value = script.getAttribute(`data-${name}`);
      if (value !== null) {
        chat.setAttribute(name, value);
      }
    }
    const add = (): void => {
      document.body.append(chat);
    };
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", add);
    } else {
      add();
    }
  }
}
