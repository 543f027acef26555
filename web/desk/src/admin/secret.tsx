/** A secret that is shown once. */

import { type VNode } from "preact";

import { Button, Notice, say } from "../shell/ui/index.js";
import { t } from "../texts/index.js";

/** Shows it, with a way to copy it. */
export function Secret({ value, label }: { value: string; label: string }): VNode {
  return (
    <div class="stack">
      <Notice tone="warn" icon="key">
        {t("shown-once")}
      </Notice>
      <Copied value={value} label={label} />
    </div>
  );
}

/** A text to be copied. */
export function Copied({
  value,
  label,
  area = false,
}: {
  value: string;
  label: string;
  area?: boolean;
}): VNode {
  return (
    <div class="copied">
      {area ? (
        <textarea class="input mono" rows={3} readOnly value={value} aria-label={label} spellcheck={false} />
      ) : (
        <input class="input mono" readOnly value={value} aria-label={label} spellcheck={false} />
      )}
      <Button
        icon="copy"
        onClick={() => {
          navigator.clipboard.writeText(value).then(
            () => {
              say(t("copied"));
            },
            () => {
              say(t("not-copied"), "error");
            },
          );
        }}
      >
        {t("copy")}
      </Button>
    </div>
  );
}
