/** Short messages at the edge of the desk. */

import { normalizeProps, useMachine } from "@zag-js/preact";
import * as toast from "@zag-js/toast";
import { type VNode } from "preact";
import { useId } from "preact/hooks";

import { sentence } from "../../api/problem.js";
import { t } from "../../texts/index.js";
import { IconButton } from "./button.js";
import { Icon } from "./icon.js";

const store = toast.createStore({ placement: "bottom", overlap: false, max: 4, gap: 8 });

/** Says that something was done, or what went wrong. */
export function say(text: string, tone: "success" | "error" | "info" = "success"): void {
  store.create({ title: text, type: tone, duration: tone === "error" ? 8000 : 4000 });
}

/** Says what went wrong, whatever was thrown. */
export function sayProblem(error: unknown): void {
  say(sentence(error), "error");
}

/** Where they appear. */
export function Toasts(): VNode {
  const service = useMachine(toast.group.machine, { id: useId(), store });
  const api = toast.group.connect(service, normalizeProps);
  return (
    <div {...api.getGroupProps({ label: t("messages-of-desk") })} class="toasts">
      {api.getToasts().map((one, index) => (
        <One key={one.id} one={one} index={index} parent={service} />
      ))}
    </div>
  );
}

function One({
  one,
  index,
  parent,
}: {
  one: toast.Options;
  index: number;
  parent: toast.GroupService;
}): VNode {
  const given = { ...one, index, parent } as Parameters<typeof useMachine<toast.Machine>>[1];
  const service = useMachine(toast.machine, given);
  const api = toast.connect(service, normalizeProps);
  return (
    <div {...api.getRootProps()} class={`toast ${api.type}`}>
      <Icon name={api.type === "error" ? "alert" : "done"} />
      <span {...api.getTitleProps()} class="grow">
        {api.title}
      </span>
      <IconButton {...(api.getCloseTriggerProps() as object)} icon="close" label={t("close")} small />
    </div>
  );
}
