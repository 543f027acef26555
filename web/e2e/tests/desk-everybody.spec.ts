/** What holds for every page of supervisors and administrators: axe, texts of others, what a role may not do. */

import { violations, violationsOfColours } from "../harness/axe.js";
import { atDesk, callerOf, goTo, walkTo } from "../harness/desk-pages.js";
import { expect, test } from "../harness/test.js";
import { PAYLOADS } from "./widget/payloads.js";

const PAGES = [
  "/wall",
  "/team",
  "/watch",
  "/reports",
  "/reports/agents",
  "/channels",
  "/channels/1011577355744904195",
  "/routing/queues",
  "/routing/queues/support",
  "/routing/skills",
  "/routing/promises",
  "/routing/replies",
  "/routing/replies/hello-en",
  "/robots",
  "/robots/shop-robot",
  "/knowledge",
  "/knowledge/shop",
  "/knowledge/shop/groups/+",
  "/knowledge/shop/publish",
  "/knowledge/shop/files",
  "/knowledge/shop/bench",
  "/knowledge/shop/unanswered",
  "/knowledge/shop/suggestions",
  "/people",
  "/people/people/101",
  "/people/roles",
  "/people/keys",
  "/hooks",
  "/settings",
  "/settings/apps",
  "/settings/apps/demo-app",
  "/settings/limits",
  "/settings/file",
  "/audit",
  "/tickets",
  "/customers",
  "/people/providers",
  "/account",
];

test("axe finds nothing on any page, light and dark", async ({ context, server }) => {
  test.setTimeout(600_000);
  const desk = await atDesk(context, server, "901", "/wall");
  const found: string[] = [];
  for (const place of PAGES) {
    await walkTo(desk, place);
    await desk.emulateMedia({ colorScheme: "light" });
    found.push(...(await violations(desk)).map((one) => `${place} ${one}`));
    await desk.emulateMedia({ colorScheme: "dark" });
    found.push(...(await violationsOfColours(desk)).map((one) => `${place}, dark: ${one}`));
  }
  expect(found).toEqual([]);
});

test("what others wrote stays text", async ({ context, server, console }) => {
  // A channel without a web hook has no deliveries.
  console.expects(/404 \(Not Found\)/);
  test.setTimeout(300_000);
  const call = await callerOf(server, "901");
  await call("PUT", "/knowledge/evil", { name: PAYLOADS[0] });
  for (const [index, payload] of PAYLOADS.entries()) {
    const text = payload.slice(0, 90);
    await call("PUT", `/config/queues/evil-${index}`, { name: text });
    await call("PUT", `/config/canned-replies/evil-${index}`, {
      shortcut: `evil${index}`,
      title: text,
      // An unknown variable is refused.
      text: text.replaceAll("{{", "{ {"),
    });
    await call("PUT", `/config/channels/evil-${index}`, { name: text, queue: `evil-${index}` });
    await call("PUT", `/config/roles/evil-${index}`, {
      name: text.slice(0, 40),
      permissions: ["agents.read"],
    });
    await call("PUT", `/knowledge/evil/groups/evil-${index}`, {
      category: text.slice(0, 60),
      tags: [text.slice(0, 30)],
      texts: [{ language: "en", questions: [`${index} ${text}`], answer: text }],
    });
  }
  await call("PUT", "/config/agents/evil", {
    nickname: PAYLOADS[3],
    queues: ["evil-1"],
    password: "a quiet little lamp",
  });
  await call("PUT", "/config/apps/evil", { name: PAYLOADS[3] });
  let pwned = 0;
  const desk = await atDesk(context, server, "901", "/wall");
  await desk.exposeFunction("pwn", () => {
    pwned += 1;
  });
  for (const place of [
    "/wall",
    "/team",
    "/channels",
    "/channels/evil-3",
    "/routing/queues",
    "/routing/queues/evil-3",
    "/routing/replies",
    "/routing/replies/evil-3",
    "/knowledge",
    "/knowledge/evil",
    "/knowledge/evil/groups/evil-3",
    "/knowledge/evil/publish",
    "/people",
    "/people/people/evil",
    "/people/roles",
    "/hooks",
    "/hooks/evil-3",
    "/settings/apps",
    "/settings/file",
  ]) {
    await walkTo(desk, place);
    expect(await desk.locator("main :is(img, object, embed, math, svg script)").count(), place).toBe(0);
  }
  expect(pwned).toBe(0);
});

test("what a role may not do is not shown", async ({ browser, server }) => {
  const seen = async (who: string): Promise<string[]> => {
    const context = await browser.newContext();
    const desk = await atDesk(context, server, who, "/");
    const names = await desk.locator(".rail-name").allTextContents();
    // Its address answers as if it were not there.
    await goTo(desk, server, "/people");
    if (who !== "901") {
      await expect(desk.getByText("There is nothing here.")).toBeVisible();
    }
    await context.close();
    return names;
  };
  const ofAgent = await seen("101");
  for (const name of ["Live wall", "Monitoring", "Reports", "Channels", "People", "Audit log"]) {
    expect(ofAgent).not.toContain(name);
  }
  const ofSupervisor = await seen("201");
  expect(ofSupervisor).toEqual(
    expect.arrayContaining(["Live wall", "Team", "Monitoring", "Reports", "Knowledge"]),
  );
  expect(ofSupervisor).not.toContain("Channels");
  expect(ofSupervisor).not.toContain("People");
  expect(await seen("901")).toEqual(expect.arrayContaining(["Channels", "People", "Web hooks", "Audit log"]));
  // Whoever may look but not change finds nothing that changes.
  const call = await callerOf(server, "901");
  await call("PUT", "/config/agents/looker", {
    nickname: "Lu",
    role: "auditor",
    password: "a quiet little lamp",
  });
  const context = await browser.newContext();
  const data = { tenant: "demo", agentId: "looker", password: "a quiet little lamp", cookie: true };
  const headers = { "x-frontdesk": "1", "sec-fetch-site": "same-origin" };
  await context.request.post(`${server.url}/api/v1/agent/login`, { headers, data });
  const desk = await context.newPage();
  await desk.goto(`${server.url}/desk/channels/1011577355744904195`);
  await expect(desk.getByLabel("Name").first()).toBeDisabled();
  await expect(desk.getByRole("button", { name: "Save" })).toHaveCount(0);
  await expect(desk.getByRole("button", { name: "Remove" })).toHaveCount(0);
  await context.close();
});
