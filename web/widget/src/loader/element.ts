/** `<frontdesk-chat>`: the round button, and what it loads when it is pressed. */

import type { ChatModule, MountedChat } from "./bridge.js";
import { labelsOf } from "./labels.js";
import css from "./launcher.css?inline";
import { ATTRIBUTES, type Identity, type Platform, type Settings, pageLocale } from "./settings.js";
import { isActive, isLeftOpen, leaveOpen } from "./traces.js";

/** Where the script came from, and what the browser was like then. */
export interface Origin {
  /** The script's address. */
  script: string;
  platform: Platform;
  /** Loads the chat. */
  load(): Promise<ChatModule>;
}

const CHAT =
  "M12 3.2c-5.1 0-9.2 3.5-9.2 7.9 0 2.5 1.3 4.7 3.4 6.1-.1 1-.5 2.2-1.4 3.3 1.9-.2 3.6-.9 4.9-1.8.7.2 1.5.3 2.3.3 5.1 0 9.2-3.5 9.2-7.9s-4.1-7.9-9.2-7.9Z";
const DOWN = "m6 9 6 6 6-6";

/** The element. Everything that it knows of the customer is private. */
export class FrontdeskChat extends HTMLElement {
  static readonly observedAttributes = ATTRIBUTES;
  /** Set before the element is defined. */
  static origin: Origin;

  #button: HTMLButtonElement | undefined;
  #badge = document.createElement("span");
  #error = document.createElement("div");
  #place = document.createElement("div");
  #chat: Promise<MountedChat> | undefined;
  #identity: Identity | undefined;
  #isOpen = false;
  #unread = 0;
  #restart = 0;

  connectedCallback(): void {
    if (!this.shadowRoot) {
      this.#draw(this.attachShadow({ mode: "open" }));
    }
    this.#adoptIdentity();
    const { channel } = this.#settings();
    // It was open before the page was reloaded, or a conversation is under way: the customer expects to hear of it.
    if (isLeftOpen(channel)) {
      this.#open(false);
    } else if (isActive(channel)) {
      this.#load().catch(() => undefined);
    }
  }

  disconnectedCallback(): void {
    // Moving an element takes it out and puts it in again.
    queueMicrotask(() => {
      if (!this.isConnected) {
        this.#unload();
      }
    });
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || !this.shadowRoot || name === "position" || name === "hide-launcher") {
      return;
    }
    this.#label();
    if (name !== "theme" && this.#chat) {
      // Another customer, channel or language: several attributes may change in a row.
      clearTimeout(this.#restart);
      this.#restart = window.setTimeout(() => {
        this.#reload();
      });
    }
  }

  /** Whether the chat is open. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How many messages were not seen. */
  get unread(): number {
    return this.#unread;
  }

  /** Who is signed in. It cannot be read back. */
  set identity(identity: Identity | null | undefined) {
    this.#identity = identity ?? undefined;
    if (this.#chat) {
      this.#reload();
    }
  }

  open(): void {
    this.#open(true);
  }

  #open(takesFocus: boolean): void {
    if (!this.#isOpen) {
      this.#setOpen(true);
      this.#load().then(
        (chat) => {
          chat.setOpen(this.#isOpen, takesFocus);
        },
        () => {
          this.#setOpen(false);
          this.#error.textContent = labelsOf(this.#settings().locale).failed;
        },
      );
    }
  }

  close(): void {
    if (this.#isOpen) {
      this.#setOpen(false);
      this.#button?.focus({ preventScroll: true });
      void this.#chat?.then((chat) => {
        chat.setOpen(false);
      });
    }
  }

  toggle(): void {
    if (this.#isOpen) {
      this.close();
    } else {
      this.open();
    }
  }

  /** Opens the chat and says something in the customer's name. */
  async send(text: string): Promise<void> {
    this.open();
    (await this.#load()).say(text);
  }

  /** Opens the chat and shares a page of the shop, such as a product. */
  async sendCard(card: { title: string; description?: string; url: string }): Promise<void> {
    const url = new URL(card.url, location.href);
    if (url.protocol !== "https:" && url.protocol !== "http:") {
      throw new TypeError("a card leads to http: or https:");
    }
    this.open();
    (await this.#load()).sayCard(card.title, card.description ?? "", url);
  }

  #settings(): Settings {
    const attribute = (name: (typeof ATTRIBUTES)[number]): string | undefined =>
      this.getAttribute(name) ?? undefined;
    return {
      channel: attribute("channel") ?? "",
      server: attribute("server") ?? new URL(".", FrontdeskChat.origin.script).href,
      tenant: attribute("tenant"),
      identity: this.#identity ?? attribute("identity"),
      userName: attribute("user-name"),
      locale: attribute("locale") ?? pageLocale(),
      heading: attribute("heading"),
    };
  }

  /** A page may have set it before this script came. */
  #adoptIdentity(): void {
    if (Object.hasOwn(this, "identity")) {
      const { value } = Object.getOwnPropertyDescriptor(this, "identity") as { value?: Identity };
      Reflect.deleteProperty(this, "identity");
      this.identity = value;
    }
  }

  #draw(root: ShadowRoot): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    const button = document.createElement("button");
    button.type = "button";
    button.className = "launcher";
    button.part.add("launcher");
    const slot = document.createElement("slot");
    slot.name = "launcher";
    slot.append(icon(CHAT, true));
    const wrapped = document.createElement("span");
    wrapped.className = "icon";
    wrapped.append(slot);
    const down = icon(DOWN, false);
    down.classList.add("down");
    this.#badge.className = "badge";
    this.#badge.part.add("badge");
    this.#badge.ariaHidden = "true";
    this.#error.className = "error";
    this.#error.role = "alert";
    button.append(wrapped, down, this.#badge);
    button.addEventListener("click", () => {
      this.toggle();
    });
    this.#button = button;
    root.append(button, this.#error, this.#place);
    this.#label();
  }

  #label(): void {
    const labels = labelsOf(this.#settings().locale);
    const button = this.#button;
    if (button) {
      button.ariaExpanded = String(this.#isOpen);
      button.ariaLabel = this.#isOpen
        ? labels.close
        : this.#unread > 0
          ? labels.unread.replace("{ $count }", String(this.#unread))
          : labels.open;
    }
    this.#badge.textContent = this.#unread === 0 ? "" : this.#unread > 9 ? "9+" : String(this.#unread);
  }

  #setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#error.textContent = "";
    leaveOpen(this.#settings().channel, isOpen);
    this.#label();
    this.dispatchEvent(new CustomEvent(isOpen ? "open" : "close"));
  }

  #load(): Promise<MountedChat> {
    this.#chat ??= this.#mount().catch((error: unknown) => {
      this.#chat = undefined;
      throw error;
    });
    return this.#chat;
  }

  async #mount(): Promise<MountedChat> {
    const { origin } = FrontdeskChat;
    const root = this.shadowRoot;
    if (!root) {
      throw new Error("the element is not in a document");
    }
    this.#button?.toggleAttribute("data-busy", true);
    try {
      const chat = await origin.load();
      return await chat.mount({
        root,
        place: this.#place,
        settings: this.#settings(),
        platform: origin.platform,
        unread: (count) => {
          if (count !== this.#unread) {
            this.#unread = count;
            this.#label();
            this.dispatchEvent(new CustomEvent("unread", { detail: { count } }));
          }
        },
        close: () => {
          this.close();
        },
        tell: (name, detail) => {
          this.dispatchEvent(new CustomEvent(name, { detail }));
        },
      });
    } finally {
      this.#button?.removeAttribute("data-busy");
    }
  }

  #unload(): void {
    const chat = this.#chat;
    this.#chat = undefined;
    this.#unread = 0;
    this.#label();
    void chat?.then(
      (mounted) => {
        mounted.close();
      },
      () => undefined,
    );
  }

  #reload(): void {
    this.#unload();
    this.#load().then(
      (chat) => {
        chat.setOpen(this.#isOpen, false);
      },
      () => undefined,
    );
  }
}

function icon(path: string, isFilled: boolean): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(space, "path");
  shape.setAttribute("d", path);
  shape.setAttribute("fill", isFilled ? "currentColor" : "none");
  if (!isFilled) {
    shape.setAttribute("stroke", "currentColor");
    shape.setAttribute("stroke-width", "2.4");
    shape.setAttribute("stroke-linecap", "round");
    shape.setAttribute("stroke-linejoin", "round");
  }
  svg.append(shape);
  return svg;
}
