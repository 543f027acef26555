/** A round picture of whoever speaks: the first letters of a name, or the robot's mark. */

import type { Author } from "../model/transcript.js";
import { Icon } from "./icons.js";

/** A round picture. The name stands beside it, so it says nothing to screen readers. */
export function Avatar({ author, name }: { author: Author; name?: string | undefined }) {
  return (
    <span class={`avatar ${author}`} aria-hidden="true">
      {author === "agent" && name ? initials(name) : <Icon name={author === "agent" ? "person" : "spark"} />}
    </span>
  );
}

function initials(name: string): string {
  const [first = "", second = ""] = name.trim().split(/\s+/);
  // Characters, not halves of them.
  const [a = ""] = first;
  const [b = ""] = second;
  return (a + b).toUpperCase();
}
