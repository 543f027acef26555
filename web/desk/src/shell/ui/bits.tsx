/** Small things that are everywhere. */

import { type ComponentChildren, type VNode } from "preact";

import { hrefOf, go } from "../route.js";
import { Icon, type IconName } from "./icon.js";

/** How much something matters. */
export type Tone = "neutral" | "accent" | "ok" | "warn" | "danger";

/** A word in a coloured field. */
export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ComponentChildren }): VNode {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** Somebody's first letter, in a colour of theirs. */
export function Avatar({
  name,
  icon,
  small,
  dot,
}: {
  name: string;
  icon?: IconName;
  small?: boolean;
  dot?: string | undefined;
}): VNode {
  const hue = Array.from(name).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 8, 7);
  return (
    <span class={`avatar hue-${hue}${small === true ? " small" : ""}`} aria-hidden="true">
      {icon ? <Icon name={icon} /> : (Array.from(name.trim())[0] ?? "?").toUpperCase()}
      {dot !== undefined && <span class={`dot ${dot}`} />}
    </span>
  );
}

/** That there is nothing, and what to do about it. */
export function Empty({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}): VNode {
  return (
    <div class="empty">
      <Icon name={icon} />
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** That something is on its way. */
export function Loading({ label }: { label: string }): VNode {
  return (
    <div class="empty" role="status">
      <Icon name="loading" />
      <span class="unseen">{label}</span>
    </div>
  );
}

/** Something to know, above what it is about. */
export function Notice({
  tone = "neutral",
  icon,
  children,
}: {
  tone?: Tone;
  icon?: IconName;
  children: ComponentChildren;
}): VNode {
  return (
    <div class={`notice ${tone}`} role={tone === "danger" ? "alert" : "status"}>
      {icon && <Icon name={icon} />}
      <div>{children}</div>
    </div>
  );
}

/** A link to another place of the desk. */
export function Link({
  to,
  children,
  ...rest
}: {
  to: string;
  class?: string;
  title?: string;
  "aria-label"?: string;
  "aria-current"?: "page" | "true" | undefined;
  children: ComponentChildren;
}): VNode {
  return (
    <a
      {...rest}
      href={hrefOf(to)}
      onClick={(event) => {
        if (!event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
          event.preventDefault();
          go(to);
        }
      }}
    >
      {children}
    </a>
  );
}

/** A page of forms or tables: its head and what is in it. */
export function Page({
  title,
  about,
  actions,
  children,
}: {
  title: string;
  about?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}): VNode {
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          {about !== undefined && <p class="muted">{about}</p>}
        </div>
        <div class="row">{actions}</div>
      </header>
      <div class="page-body">{children}</div>
    </div>
  );
}

/** A part of a page. */
export function Card({
  title,
  actions,
  children,
}: {
  title?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}): VNode {
  return (
    <section class="card">
      {(title !== undefined || actions !== undefined) && (
        <header class="card-head">
          {title !== undefined && <h2>{title}</h2>}
          <div class="row">{actions}</div>
        </header>
      )}
      {children}
    </section>
  );
}
