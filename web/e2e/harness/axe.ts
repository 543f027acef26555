/** What axe finds wrong with a page, as a list that reads well when it is not empty. */

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** The violations of the whole page: WCAG 2.2 A and AA, and axe's best practices. */
export async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help} (${String(target)})`),
  );
}
