/** The administrators' pages. */

import { type DeskPage } from "../shell/pages.js";

export const ADMIN_PAGES: readonly DeskPage[] = [
  {
    path: "/channels/:id?",
    name: "page-channels",
    icon: "globe",
    needs: ["config.read"],
    rail: "admin",
    load: () => import("./channels-page.js"),
  },
  {
    path: "/routing/:tab?/:id?",
    name: "page-routing",
    icon: "list",
    needs: ["config.read"],
    rail: "admin",
    load: () => import("./routing-page.js"),
  },
  {
    path: "/robots/:id?",
    name: "page-robots",
    icon: "robot",
    needs: ["config.read"],
    rail: "admin",
    load: () => import("./robots-page.js"),
  },
  {
    path: "/knowledge/:base?/:tab?/:group?",
    name: "page-knowledge",
    icon: "book",
    needs: ["knowledge.read"],
    rail: "admin",
    load: () => import("./knowledge/knowledge-page.js"),
  },
  {
    path: "/people/:tab?/:id?",
    name: "page-people",
    icon: "people",
    needs: ["people.manage", "keys.manage"],
    rail: "admin",
    load: () => import("./people-page.js"),
  },
  {
    path: "/hooks/:id?",
    name: "page-hooks",
    icon: "webhook",
    needs: ["push.manage"],
    rail: "admin",
    load: () => import("./hooks/hooks-page.js"),
  },
  {
    path: "/settings/:tab?/:id?",
    name: "page-settings",
    icon: "settings",
    needs: ["config.read"],
    rail: "admin",
    load: () => import("./settings-page.js"),
  },
  {
    path: "/audit",
    name: "page-audit",
    icon: "log",
    needs: ["audit.read"],
    rail: "admin",
    load: () => import("./audit/audit-page.js"),
  },
];
