/** What axe finds wrong with a page, as a list that reads well when it is not empty. */

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** WCAG 2.2 A and AA, and axe's best practices. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What depends on colours. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** The violations of the whole page. */
export async function violations(page: Page): Promise<string[]> {
  return told(await axe(page).withTags(TAGS).analyze());
}

/** Those that another appearance of the same page may have brought about. */
export async function violationsOfColours(page: Page): Promise<string[]> {
  return told(await axe(page).withRules(OF_COLOURS).analyze());
}

/** Frames of other origins are not looked into, which would take a page of its own each time; there are none. */
function axe(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode(true);
}

function told(found: Awaited<ReturnType<AxeBuilder["analyze"]>>): string[] {
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help} (${String(target)})`),
  );
}
