/** Puts the desk on its page. */

import { render } from "preact";

import { preferredTag, speak } from "../texts/index.js";
import { App } from "./app.js";
import { listenToAddress } from "./route.js";
import { beginSession } from "./session.js";
import { applyTheme } from "./theme.js";

export async function start(): Promise<void> {
  applyTheme();
  listenToAddress();
  const [root] = [document.getElementById("desk")];
  await Promise.all([speak(preferredTag()), beginSession()]);
  if (root !== null) {
    render(<App />, root);
  }
}
