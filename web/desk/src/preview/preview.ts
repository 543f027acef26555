/** The chat as a channel shows it, on a page of its own that the desk frames. What it looks like stands in the address. */

import "./preview.css";

const asked = new URLSearchParams(window.location.search);
const ATTRIBUTES = ["channel", "tenant", "locale", "theme", "position", "heading"] as const;

const loader = document.createElement("script");
loader.src = "/widget.js";
loader.addEventListener("load", () => {
  const chat = document.createElement("frontdesk-chat");
  for (const name of ATTRIBUTES) {
    const value = asked.get(name);
    if (value !== null && value !== "") {
      chat.setAttribute(name, value);
    }
  }
  const accent = asked.get("accent") ?? "";
  if (/^#[0-9a-f]{6}$/i.test(accent)) {
    chat.style.setProperty("--frontdesk-accent", accent);
  }
  document.body.append(chat);
});
document.body.classList.toggle("dark", asked.get("theme") === "dark");
document.head.append(loader);
