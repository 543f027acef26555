/** Buttons. */

import { type ButtonHTMLAttributes, type ComponentChildren, type VNode } from "preact";

import { Icon, type IconName } from "./icon.js";

type Native = Omit<ButtonHTMLAttributes, "class" | "icon" | "size">;

/** What a button looks like. */
export interface ButtonProps extends Native {
  class?: string | undefined;
  kind?: "primary" | "danger" | "plain" | "soft";
  small?: boolean;
  icon?: IconName;
  busy?: boolean;
  children?: ComponentChildren;
}

/** A button with a text. */
export function Button({ kind, small, icon, busy, children, ...rest }: ButtonProps): VNode {
  const classes = ["btn", kind ?? "", small === true ? "small" : "", rest.class ?? ""]
    .filter(Boolean)
    .join(" ");
  return (
    <button
      type="button"
      {...rest}
      class={classes}
      aria-busy={busy === true}
      disabled={rest.disabled === true || busy === true}
    >
      {busy === true ? <Icon name="loading" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that is an icon; `label` says what it does. */
export function IconButton({
  icon,
  label,
  small,
  mirrored,
  ...rest
}: Native & {
  class?: string | undefined;
  icon: IconName;
  label: string;
  small?: boolean;
  mirrored?: boolean;
}): VNode {
  return (
    <button
      type="button"
      {...rest}
      class={["icon-btn", small === true ? "small" : "", rest.class ?? ""].filter(Boolean).join(" ")}
      aria-label={label}
      title={label}
    >
      <Icon name={icon} mirrored={mirrored ?? false} />
    </button>
  );
}
