/** Customers: found, kept out, made one with another, erased. */

import { violations } from "../../harness/axe.js";
import { atDesk, callerOf, goTo, told } from "../../harness/desk-pages.js";
import { Visitor } from "../../harness/desk.js";
import { expect, test } from "../../harness/test.js";

test("a customer is kept out and let in, made one with another, and erased", async ({
  browser,
  context,
  server,
  console,
}) => {
  // Of whom was erased there is nothing.
  console.expects(/404 \(Not Found\)/);
  const visitor = await Visitor.come(server, "cust-vera");
  await visitor.say("How long does delivery take?");
  await Visitor.come(server, "cust-viktor");
  const desk = await atDesk(context, server, "201", "/customers");
  const rows = desk.locator(".row-link");
  await desk.getByRole("searchbox").fill("cust-v");
  await expect(rows).toHaveCount(2);
  await rows.filter({ hasText: "cust-vera" }).click();
  await expect(desk.locator(".thread-name")).toHaveText("cust-vera");
  await expect(desk.locator(".earlier-link")).toHaveCount(1);
  expect(await violations(desk)).toEqual([]);

  const choose = async (name: string): Promise<void> => {
    await desk.getByRole("button", { name: "More", exact: true }).click();
    await desk.getByRole("menuitem", { name }).click();
  };
  await choose("Keep out");
  await desk.getByRole("dialog").getByLabel("Reason").fill("Nothing but spam");
  expect(await violations(desk)).toEqual([]);
  await desk.getByRole("dialog").getByRole("button", { name: "Keep out" }).click();
  await expect(desk.getByRole("alert")).toContainText("Nothing but spam");
  await desk.getByLabel("Only those who are kept out").check();
  await expect(rows).toHaveCount(1);
  expect(await violations(desk)).toEqual([]);
  await choose("Let in again");
  await expect(desk.getByRole("alert")).toHaveCount(0);
  await desk.getByLabel("Only those who are kept out").uncheck();
  await expect(rows).toHaveCount(2);

  await choose("Make one with another");
  await desk.getByRole("dialog").getByLabel("Find").fill("cust-viktor");
  await desk.getByRole("dialog").getByRole("button", { name: "cust-viktor" }).click();
  await expect(told(desk, "They are one now.")).toBeVisible();
  await expect(desk.locator(".thread-name")).toHaveText("cust-viktor");
  await expect(desk.locator(".earlier-link")).toHaveCount(2);
  await choose("Take cust-vera out again");
  await expect(desk.locator(".thread-name")).toHaveText("cust-vera");
  await expect(desk.locator(".earlier-link")).toHaveCount(1);

  const agent = await callerOf(server, "201");
  const id = (
    (await agent("GET", "/agent/conversations?scope=all")) as {
      conversations: { id: string; customer: { userId: string } }[];
    }
  ).conversations.find(({ customer }) => customer.userId === "cust-vera")?.id;
  await visitor.send("DISCONNECT");
  await expect
    .poll(async () => ((await agent("GET", `/agent/conversations/${id ?? ""}`)) as { state: string }).state)
    .toBe("ended");
  await desk.getByRole("button", { name: "More", exact: true }).click();
  await expect(desk.getByRole("menuitem", { name: "Keep out" })).toBeVisible();
  await expect(desk.getByRole("menuitem", { name: "Erase" })).toHaveCount(0);

  // Only administrators erase.
  const office = await browser.newContext();
  const place = new URL(desk.url()).pathname.replace("/desk", "");
  const admin = await atDesk(office, server, "901", place);
  await admin.getByRole("button", { name: "More", exact: true }).click();
  await admin.getByRole("menuitem", { name: "Erase" }).click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Erase" }).click();
  await expect(told(admin, /^Erased: \d+ messages, 0 files\.$/)).toBeVisible();
  await office.close();
  await desk.keyboard.press("Escape");
  await desk.getByRole("searchbox").fill("cust-vera");
  await expect(desk.getByText("Nothing was found.")).toBeVisible();
  await goTo(desk, server, "/customers");
});
