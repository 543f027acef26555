/** What several of the supervisors' pages show. */

import { type ComponentChildren, type VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import { type Schemas } from "../api/index.js";
import { Icon, type IconName, type Tone } from "../shell/ui/index.js";
import { t } from "../texts/index.js";

/** A number that matters, and what it is. */
export function Figure({
  icon,
  label,
  value,
  about,
  tone = "neutral",
}: {
  icon: IconName;
  label: string;
  value: ComponentChildren;
  about?: ComponentChildren;
  tone?: Tone;
}): VNode {
  return (
    <div class={`figure ${tone}`}>
      <div class="figure-label">
        <Icon name={icon} />
        {label}
      </div>
      <div class="figure-value">{value}</div>
      <div class="figure-about">{about}</div>
    </div>
  );
}

/** How much of something is in use. */
export function Meter({ used, most, label }: { used: number; most: number; label: string }): VNode {
  const bar = useRef<HTMLSpanElement>(null);
  const share = most <= 0 ? 0 : Math.min(1, used / most);
  // A style of the element itself: the policy lets no style stand in the markup.
  useLayoutEffect(() => {
    bar.current?.style.setProperty("inline-size", `${Math.round(share * 100)}%`);
  }, [share]);
  return (
    <span class={`meter${share >= 1 ? " full" : ""}`} role="img" aria-label={label}>
      <span ref={bar} class="meter-bar" />
    </span>
  );
}

/** What an agent declares, in words. */
export function statusName(status: Schemas["AgentStatus"], isReachable: boolean): string {
  return status !== "offline" && !isReachable ? t("standing-unreachable") : t(`standing-${status}`);
}

/** The dot before it. */
export function statusDot(status: Schemas["AgentStatus"], isReachable: boolean): string {
  return status !== "offline" && !isReachable ? "offline" : status;
}
