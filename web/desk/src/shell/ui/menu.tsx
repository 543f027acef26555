/** Menus behind a button. */

import * as menu from "@zag-js/menu";
import { normalizeProps, useMachine } from "@zag-js/preact";
import { type ComponentChildren, type VNode } from "preact";
import { useId } from "preact/hooks";

import { words } from "../../texts/index.js";
import { Icon, type IconName } from "./icon.js";
import { Portal } from "./portal.js";

/** An entry of a menu, or a line between entries. */
export type MenuEntry =
  | {
      id: string;
      label: string;
      icon?: IconName;
      /** A dot in the colour of a status before it. */
      dot?: string;
      checked?: boolean;
      danger?: boolean;
      disabled?: boolean;
      /** Keys that do the same. */
      keys?: string;
      act: () => void;
    }
  | "line";

/** A button that opens a menu. `class` is that of the button. */
export function Menu({
  label,
  entries,
  children,
  class: classes = "btn",
  placement = "bottom-end",
}: {
  label: string;
  entries: readonly MenuEntry[];
  children: ComponentChildren;
  class?: string;
  placement?: "bottom-start" | "bottom-end" | "top-start" | "top-end" | "right-end";
}): VNode {
  const service = useMachine(menu.machine, {
    id: useId(),
    dir: words.value.direction,
    "aria-label": label,
    positioning: { placement, strategy: "fixed" },
    onSelect: ({ value }) => {
      const chosen = entries.find((entry) => entry !== "line" && entry.id === value);
      if (chosen !== undefined && chosen !== "line") {
        chosen.act();
      }
    },
  });
  const api = menu.connect(service, normalizeProps);
  return (
    <>
      <button {...api.getTriggerProps()} type="button" class={classes} aria-label={label} title={label}>
        {children}
      </button>
      {api.open && (
        <Portal>
          <div {...api.getPositionerProps()} class="floating">
            <div {...api.getContentProps()} class="menu">
              {entries.map((entry, index) =>
                entry === "line" ? (
                  <hr key={`line ${index}`} />
                ) : (
                  <div
                    key={entry.id}
                    {...api.getItemProps({ value: entry.id, disabled: entry.disabled ?? false })}
                    class={`menu-item${entry.danger === true ? " danger" : ""}`}
                  >
                    {entry.dot !== undefined && <span class={`dot ${entry.dot}`} />}
                    {entry.icon && <Icon name={entry.icon} />}
                    <span class="grow">{entry.label}</span>
                    {entry.keys !== undefined && <kbd>{entry.keys}</kbd>}
                    {entry.checked === true && <Icon name="check" />}
                  </div>
                ),
              )}
            </div>
          </div>
        </Portal>
      )}
    </>
  );
}
