/** The supervisors' pages. */

import { type DeskPage } from "../shell/pages.js";

export const SUPERVISOR_PAGES: readonly DeskPage[] = [
  {
    path: "/wall",
    name: "page-wall",
    icon: "gauge",
    needs: ["reports.read"],
    rail: "supervisor",
    load: () => import("./wall-page.js"),
  },
  {
    path: "/team",
    name: "page-team",
    icon: "headset",
    needs: ["agents.read"],
    rail: "supervisor",
    load: () => import("./team-page.js"),
  },
  {
    path: "/watch/:id?",
    name: "page-watch",
    icon: "ear",
    needs: ["conversations.supervise"],
    rail: "supervisor",
    load: () => import("./watch-page.js"),
  },
  {
    path: "/reports/:kind?",
    name: "page-reports",
    icon: "chart",
    needs: ["reports.read"],
    rail: "supervisor",
    load: () => import("./reports-page.js"),
  },
];
