/** Messages that customers left: read, taken, answered, closed, with a colleague who watches. */

import { violations } from "../../harness/axe.js";
import { Desk, Visitor } from "../../harness/desk.js";
import { expect, test } from "../../harness/test.js";

test("a message is taken, answered and closed, and colleagues see it", async ({ browser, server }) => {
  const visitor = await Visitor.come(server, "tick-ann");
  await visitor.leave("Please call me back.\nAfter six, if you can.");
  const other = await Visitor.come(server, "tick-bob");
  await other.leave("<img src=x onerror=alert(1)>");

  const alex = await Desk.open(browser, server, "101");
  const kim = await Desk.open(browser, server, "102");
  for (const { page } of [alex, kim]) {
    await page.locator(".rail").getByRole("link", { name: "Tickets" }).click();
  }
  const row = alex.list.locator(".row-link", { hasText: "tick-ann" });
  const rowOfKim = kim.list.locator(".row-link", { hasText: "tick-ann" });
  await expect(rowOfKim).toBeVisible();
  expect(await violations(alex.page)).toEqual([]);
  await row.click();
  await expect(alex.thread.locator(".ticket-text")).toHaveText(
    "Please call me back.\nAfter six, if you can.",
  );
  expect(await violations(alex.page)).toEqual([]);

  await rowOfKim.click();
  await alex.thread.getByRole("button", { name: "Take it" }).click();
  await expect(alex.thread.getByRole("textbox", { name: "Answer" })).toBeVisible();
  // The colleague is told, without asking.
  await expect(kim.thread.getByText("Alex sees to it.")).toBeVisible();
  await expect(kim.thread.getByRole("button", { name: "Take it" })).toHaveCount(0);
  await expect(rowOfKim).toHaveCount(0);

  await alex.thread.getByRole("textbox", { name: "Answer" }).fill("We call you at seven.");
  expect(await violations(alex.page)).toEqual([]);
  await alex.thread.getByRole("button", { name: "Send the answer" }).click();
  await expect(alex.thread.locator(".ticket-text.answered")).toHaveText("We call you at seven.");
  await expect.poll(() => visitor.heard()).toContain("We call you at seven.");
  await alex.thread.getByRole("button", { name: "Close it" }).click();
  await expect(alex.thread.getByRole("button", { name: "Close it" })).toHaveCount(0);
  await alex.list.getByRole("link", { name: "Closed" }).click();
  await expect(row).toContainText("Alex");

  // Taken and given back, and closed unanswered only when one is sure.
  await kim.list.locator(".row-link", { hasText: "tick-bob" }).click();
  await expect(kim.thread.locator(".ticket-text")).toHaveText("<img src=x onerror=alert(1)>");
  await kim.thread.getByRole("button", { name: "Take it" }).click();
  await kim.thread.getByRole("button", { name: "Give it back" }).click();
  await expect(kim.thread.getByRole("button", { name: "Take it" })).toBeVisible();
  await kim.thread.getByRole("button", { name: "Close it" }).click();
  await kim.page.getByRole("alertdialog").getByRole("button", { name: "Close it" }).click();
  await expect(kim.thread.locator(".thread-head .badge")).toHaveText("Closed");
  await expect(kim.list.getByText("No message waits for you.")).toBeVisible();
  await alex.close();
  await kim.close();
});
