/** What roles there are. */

import { may } from "../shell/session.js";
import { t } from "../texts/index.js";
import { useChoices } from "./config.js";
import { type Choice } from "./fields.js";

/** Roles that are there without being made. */
export const BUILT_IN = ["agent", "supervisor", "administrator", "integrator", "auditor"];

/** Roles as choices: the built-in ones and the tenant's. */
export function useRoles(): Choice[] {
  const own = useChoices("roles", may("people.manage"));
  return [
    ...BUILT_IN.map((value) => ({ value, label: t(`role-${value}`) })),
    ...own.filter(({ value }) => !BUILT_IN.includes(value)),
  ];
}
