/** The audit log: what persons and programs did, and whether somebody changed it. */

import { violations } from "../../harness/axe.js";
import { atDesk, callerOf, told } from "../../harness/desk-pages.js";
import { expect, test } from "../../harness/test.js";

test("tells who did what, finds it again, and verifies the chain", async ({ context, server }) => {
  const administer = await callerOf(server, "901");
  await administer("PUT", "/config/queues/chained", { name: "Chained" });
  await administer("PATCH", "/config/queues/chained", { name: "Chained & bound" });
  const key = (await administer("POST", "/keys", { name: "Program", role: "integrator" })) as {
    key: { id: string };
    secret: string;
  };
  const program = { authorization: `Bearer ${key.secret}` };
  await server.call("PATCH", "/api/v1/config/queues/chained", program, { name: "By a program" });
  await expect(server.call("DELETE", "/api/v1/config/agents/901", program)).rejects.toThrow("403");

  const desk = await atDesk(context, server, "901", "/audit");
  const rows = desk.locator("tbody tr");
  await expect(rows.filter({ hasText: "config.change" }).first()).toBeVisible();
  expect(await violations(desk)).toEqual([]);

  // What a program did, and what it was refused.
  await desk.getByLabel("Kind").selectOption("key");
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(0)).toContainText("FORBIDDEN");
  await expect(rows.nth(1)).toContainText(key.key.id);
  await expect(rows.nth(1)).toContainText("API key");

  // What happened to one thing, with what changed.
  await desk.getByLabel("Kind").selectOption("person");
  await desk.getByLabel("Target").fill("chained");
  await expect(rows).toHaveCount(2);
  await rows.nth(0).getByText("Changes: 1").click();
  await expect(rows.nth(0).locator(".changes")).toContainText("Chained → Chained & bound");
  expect(await violations(desk)).toEqual([]);

  // Nobody did anything in 2020.
  await desk.getByLabel("To", { exact: true }).fill("2020-01-01T00:00");
  await expect(desk.getByText("Nothing matches.")).toBeVisible();
  expect(await violations(desk)).toEqual([]);
  await desk.getByRole("button", { name: "Show everything" }).click();
  await expect(desk.getByLabel("Target")).toHaveValue("");
  await expect(rows.filter({ hasText: "agent.sign_in" }).first()).toBeVisible();
  await desk.getByLabel("Action").selectOption({ label: "API keys" });
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("key.make");

  await desk.getByRole("button", { name: "Verify" }).click();
  const dialog = desk.getByRole("dialog");
  await dialog.getByRole("button", { name: "Verify" }).click();
  await expect(dialog.getByText(/^Intact: \d+ records\.$/)).toBeVisible();
  const head = await dialog.getByRole("textbox", { name: "Head", exact: true }).inputValue();
  expect(head).toMatch(/^\d+:[0-9a-f]{64}$/);
  expect(await violations(desk)).toEqual([]);
  // A head that was noted is found in what was written since; another is not.
  await dialog.getByLabel("Head noted earlier").fill(head);
  await dialog.getByRole("button", { name: "Verify" }).click();
  await expect(dialog.getByText(/^Intact/)).toBeVisible();
  await expect(dialog.getByRole("textbox", { name: "Head", exact: true })).not.toHaveValue(head);
  await dialog
    .getByLabel("Head noted earlier")
    .fill(head.replace(/.$/, (last) => (last === "0" ? "1" : "0")));
  await dialog.getByRole("button", { name: "Verify" }).click();
  await expect(dialog.getByText(/the noted head is not in it/)).toBeVisible();

  // A record that was changed on its way is found.
  await desk.route("**/audit/export", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({
      response: answer,
      body: (await answer.text()).replace("By a program", "By nobody"),
    });
  });
  await dialog.getByLabel("Head noted earlier").fill("");
  await dialog.getByRole("button", { name: "Verify" }).click();
  await expect(dialog.getByText(/^The chain is broken at record \d+\.$/)).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).last().click();

  const saved = desk.waitForEvent("download");
  await desk.getByRole("link", { name: "Export" }).click();
  expect((await saved).suggestedFilename()).toBe("audit.jsonl");
  await expect(told(desk, "did not work")).toHaveCount(0);
});

test("older records come by asking for more", async ({ context, server }) => {
  const administer = await callerOf(server, "901");
  for (let index = 0; index < 105; index += 1) {
    await administer("PUT", `/config/queues/many`, { name: `Many ${index}` });
  }
  const desk = await atDesk(context, server, "901", "/audit");
  await desk.getByLabel("Target").fill("many");
  const rows = desk.locator("tbody tr").filter({ hasText: "many" });
  await expect(rows).toHaveCount(100);
  await desk.getByRole("button", { name: "More" }).click();
  await expect(rows).toHaveCount(105);
  await expect(desk.getByRole("button", { name: "More" })).toHaveCount(0);
});
