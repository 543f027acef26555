/** The pictures of the README: made where `PICTURES` names a folder, and gone through without it. */

import { Desk, Visitor } from "../../harness/desk.js";
import { expect, test } from "../../harness/test.js";

const CUSTOMERS = ["Ann Miller", "Bruno Costa", "王小明", "Fatima Al-Sayed"];

for (const colorScheme of ["light", "dark"] as const) {
  test(`the desk, ${colorScheme}`, async ({ browser, server, agent }) => {
    const shown = CUSTOMERS.slice(0, colorScheme === "light" ? 4 : 3);
    for (const name of shown) {
      const visitor = await Visitor.come(server, name);
      await visitor.say("How long does delivery take?");
      await visitor.send("TRANS2AGENT");
      await agent.conversationWith(name);
      await visitor.say(
        "My parcel should have come on Monday. Tracking says “delivered”, but there is nothing.",
      );
    }
    const id = await agent.conversationWith("Ann Miller");
    await agent.say(id, "Hello Ann, Alex here. Let me look that up for you, one moment please.");
    await agent.call("POST", `/conversations/${id}/notes`, {
      text: "The third lost parcel this year. Offer express.",
      mentions: ["102"],
    });
    await agent.call("PATCH", `/conversations/${id}`, {
      tags: ["parcel", "lost"],
      priority: "high",
      attributes: { order: "A-10023", carrier: "PostX" },
    });
    const desk = await Desk.open(browser, server, "101", { colorScheme });
    await desk.choose("Ann Miller");
    await expect(desk.messages.locator(".noted")).toBeVisible();
    await expect(desk.page.locator(".panel-part")).toHaveCount(3);
    const folder = process.env["PICTURES"];
    if (folder !== undefined) {
      await desk.page.screenshot({ path: `${folder}/desk-${colorScheme}.png` });
    }
    await desk.close();
  });
}
