/** The agents' pages. */

import { type DeskPage } from "../shell/pages.js";

export const AGENT_PAGES: readonly DeskPage[] = [
  {
    path: "/inbox/:scope?/:id?",
    name: "page-inbox",
    icon: "inbox",
    needs: ["conversations.read"],
    rail: "agent",
    load: () => import("./inbox-page.js"),
  },
  {
    path: "/tickets/:id?",
    name: "page-tickets",
    icon: "ticket",
    needs: ["tickets.read"],
    rail: "agent",
    load: () => import("./tickets-page.js"),
  },
  {
    path: "/customers/:id?",
    name: "page-customers",
    icon: "user",
    needs: ["customers.read"],
    rail: "agent",
    load: () => import("./customers-page.js"),
  },
  {
    path: "/search",
    name: "page-search",
    icon: "search",
    needs: ["search"],
    rail: "agent",
    load: () => import("./search-page.js"),
  },
];
