/** What the element loads when the chat is opened. */

import { render } from "preact";

import type { ChatHost, MountedChat } from "../loader/bridge.js";
import { setActive } from "../loader/traces.js";
import { createChat } from "../model/chat.js";
import { loadWords } from "../text/words.js";
import { App } from "../ui/app.js";
import css from "../ui/chat.css?inline";
import { themeCss } from "../ui/theme.js";
import { Attention } from "./attention.js";

/** Draws a chat into an element, closed. */
export async function mount(host: ChatHost): Promise<MountedChat> {
  const { root, place, settings, platform } = host;
  const words = await loadWords(settings.locale);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(themeCss() + css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const attention = new Attention();
  const { channel, server, tenant, identity, userName } = settings;
  const chat = createChat({
    url: server,
    channelId: channel,
    tenant,
    identity,
    userName,
    locale: words.locale,
    ...platform,
    arrived: ({ author, at }) => {
      host.tell("message", { author, at });
      if (!chat.get().isOpen || document.visibilityState !== "visible") {
        attention.call(chat.get().isMuted);
      }
    },
  });
  let told = "";
  const unsubscribe = chat.subscribe(() => {
    const { unread, phase, connection } = chat.get();
    host.unread(unread);
    attention.count(unread);
    if (phase !== "unknown") {
      setActive(channel, phase === "robot" || phase === "queue" || phase === "agent");
    }
    const state = `${phase} ${connection.status}`;
    if (state !== told) {
      told = state;
      host.tell("state", { phase, connection: connection.status });
    }
  });
  render(
    <App
      host={root.host as HTMLElement}
      chat={chat}
      words={words}
      channel={channel}
      heading={settings.heading}
      close={() => {
        host.close();
      }}
    />,
    place,
  );
  return {
    setOpen: (isOpen, takesFocus) => {
      chat.setOpen(isOpen, takesFocus);
    },
    say: (text) => {
      chat.say(text);
    },
    sayCard: (title, description, url) => {
      chat.sayCard(title, description, url);
    },
    close: () => {
      unsubscribe();
      attention.close();
      chat.close();
      render(null, place);
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
    },
  };
}
