/** What stands above the page stands at its end, so that nothing cuts it off. */

import { type ComponentChildren, type VNode } from "preact";
import { createPortal } from "preact/compat";

/** Draws its children at the end of the page. */
export function Portal({ children }: { children: ComponentChildren }): VNode {
  return createPortal(<>{children}</>, document.body) as VNode;
}
