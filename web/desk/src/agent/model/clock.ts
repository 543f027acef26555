/** The time, once a second, for whatever counts. */

import { signal } from "@preact/signals";

export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 1000);
