/** The desk's pages: what each is called, where it is, who sees it, and what draws it. */

import { type ComponentType } from "preact";

import { ADMIN_PAGES } from "../admin/pages.js";
import { AGENT_PAGES } from "../agent/pages.js";
import { SUPERVISOR_PAGES } from "../supervisor/pages.js";
import { may } from "./session.js";
import { type IconName } from "./ui/icon.js";

/** What a page is given: the values of its path's names. */
export interface PageProps {
  values: Record<string, string>;
}

/** A page. */
export interface DeskPage {
  /** Its pattern below `/desk`, such as `/inbox/:scope?/:id?`. */
  path: string;
  /** The name of its text, and what the rail leads to. */
  name: string;
  icon: IconName;
  /** One of these permissions is needed to see it; without any, everybody sees it. */
  needs: string[];
  /** Where the rail shows it; nowhere if it is reached from another page. */
  rail?: "agent" | "supervisor" | "admin";
  /** Fetches what draws it. */
  load(): Promise<{ default: ComponentType<PageProps> }>;
}

/** All of them. */
export const PAGES: readonly DeskPage[] = [
  ...AGENT_PAGES,
  ...SUPERVISOR_PAGES,
  ...ADMIN_PAGES,
  {
    path: "/account",
    name: "page-account",
    icon: "user",
    needs: [],
    load: () => import("./account-page.js"),
  },
];

/** Those that whoever is signed in may see. */
export function pagesSeen(): DeskPage[] {
  return PAGES.filter((page) => may(...page.needs));
}

/** Where the rail leads: the path without what varies. */
export function homeOf(page: DeskPage): string {
  return page.path.replace(/\/:.*$/, "");
}
