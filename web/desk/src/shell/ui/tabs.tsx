/** Tabs of a page. */

import { normalizeProps, useMachine } from "@zag-js/preact";
import * as tabs from "@zag-js/tabs";
import { type ComponentChildren, type VNode } from "preact";
import { useId } from "preact/hooks";

import { words } from "../../texts/index.js";

/** Shows one of several things; the keyboard goes between them with the arrows. */
export function Tabs({
  label,
  tabs: list,
  value,
  onValue,
  children,
}: {
  label: string;
  tabs: readonly { id: string; label: string; count?: number }[];
  value: string;
  onValue: (id: string) => void;
  /** What the chosen one shows. */
  children: ComponentChildren;
}): VNode {
  const service = useMachine(tabs.machine, {
    id: useId(),
    dir: words.value.direction,
    value,
    translations: { listLabel: label },
    onValueChange: (change) => {
      onValue(change.value);
    },
  });
  const api = tabs.connect(service, normalizeProps);
  return (
    <div {...api.getRootProps()} class="tabs">
      <div {...api.getListProps()} class="tab-list">
        {list.map((tab) => (
          <button key={tab.id} {...api.getTriggerProps({ value: tab.id })} type="button" class="tab">
            {tab.label}
            {tab.count !== undefined && tab.count > 0 && <span class="count">{tab.count}</span>}
          </button>
        ))}
      </div>
      {list.map((tab) => (
        <div key={tab.id} {...api.getContentProps({ value: tab.id })} class="tab-content">
          {tab.id === value && children}
        </div>
      ))}
    </div>
  );
}
