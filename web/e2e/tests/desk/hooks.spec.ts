/** A channel's web hook, from nothing to a rotated secret, with a receiver that verifies what comes. */

import { violations } from "../../harness/axe.js";
import { atDesk, callerOf, goTo, told } from "../../harness/desk-pages.js";
import { CHANNEL, Visitor } from "../../harness/desk.js";
import { Receiver } from "../../harness/receiver.js";
import { expect, test } from "../../harness/test.js";

const KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
const OLD = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const NEW = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;

test("is set up, tested, read, paused, sent again, and given another secret", async ({
  context,
  server,
  agent,
  console,
}) => {
  // A channel without a web hook has no deliveries.
  console.expects(/404 \(Not Found\)/);
  const receiver = await Receiver.start(KEY, [OLD, NEW]);
  try {
    const desk = await atDesk(context, server, "901", "/hooks");
    await desk.getByRole("link", { name: CHANNEL }).click();
    await expect(desk.getByText("This channel has no web hook.")).toBeVisible();
    await desk.getByRole("button", { name: "Set up" }).click();
    const dialog = desk.getByRole("dialog");
    expect(await violations(desk)).toEqual([]);
    await dialog.getByLabel("Address", { exact: true }).fill(receiver.url);
    await dialog.getByLabel("Push key").fill(KEY);
    await dialog.getByLabel("Secrets for Standard Webhooks").fill(OLD);
    await dialog.getByLabel("The address may be in a private network").check();
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(told(desk, "Saved. It holds at once.")).toBeVisible();
    await expect(desk.getByText("Nothing was sent yet.")).toBeVisible();

    await desk.getByRole("button", { name: "Send a signed test" }).click();
    await expect(desk.getByText(/^Delivered: 200 after/)).toBeVisible();
    expect(receiver.came).toHaveLength(1);
    expect(receiver.came[0]).toMatchObject({
      path: "/webhooks/v1/messages",
      isGenuine: true,
      signedWith: [OLD],
    });

    // What an agent says is pushed, and stands in the log of deliveries.
    await Visitor.waiting(server, "hook-ann");
    await agent.say(await agent.conversationWith("hook-ann"), "Your parcel is in the post.");
    const arrived = (): number =>
      receiver.came.filter(({ text }) => text.includes("Your parcel is in the post.")).length;
    await expect.poll(arrived).toBe(1);
    const rows = desk.getByRole("row", { name: /hook-ann/ });
    await expect(rows.first()).toContainText("200");
    expect(await violations(desk)).toEqual([]);

    // A receiver that refuses shows in the log, and gets it once it no longer does.
    receiver.status = 500;
    await agent.say(await agent.conversationWith("hook-ann"), "It comes on Monday.");
    await expect(rows.filter({ hasText: "500" }).first()).toBeVisible();
    await desk.getByRole("button", { name: "Pause" }).click();
    await expect(desk.getByText("Everything is kept back until you resume.")).toBeVisible();
    receiver.status = 200;
    await desk.getByRole("button", { name: "Resume" }).click();
    await expect(desk.getByText("Messages are sent as they come.")).toBeVisible();
    await expect
      .poll(() => receiver.came.filter(({ text }) => text.includes("It comes on Monday.")).length)
      .toBeGreaterThan(1);

    // Once more, from the beginning.
    const before = arrived();
    await desk.getByRole("button", { name: "Send again" }).click();
    await dialog.getByLabel("Since").fill("2020-01-01T00:00");
    await dialog.getByLabel("Customer").fill("hook-ann");
    await dialog.getByRole("button", { name: "Send again" }).click();
    await expect(told(desk, "Of 1 customers.")).toBeVisible();
    await expect.poll(arrived).toBe(before + 1);

    // A rotation: both secrets for a while, then the new one alone.
    for (const [secrets, expected] of [
      [
        [OLD, NEW],
        [OLD, NEW],
      ],
      [[NEW], [NEW]],
    ] as const) {
      await desk.getByRole("button", { name: "Set up" }).click();
      await expect(dialog.getByLabel("Secrets for Standard Webhooks")).toHaveValue("");
      await dialog.getByLabel("Secrets for Standard Webhooks").fill(secrets.join("\n"));
      await dialog.getByRole("button", { name: "Save" }).click();
      await expect(dialog).toHaveCount(0);
      const count = receiver.came.length;
      await desk.getByRole("button", { name: "Send a signed test" }).click();
      await expect.poll(() => receiver.came.length).toBeGreaterThan(count);
      // The key of before stayed.
      expect(receiver.came.at(-1)).toMatchObject({ isGenuine: true, signedWith: [...expected] });
    }
    expect(await desk.content()).not.toContain("whsec_");
    expect(await desk.content()).not.toContain(KEY);

    await goTo(desk, server, "/hooks");
    const row = desk.getByRole("row", { name: new RegExp(CHANNEL) });
    await expect(row).toContainText(receiver.url);
    await expect(row).toContainText("On");
    await goTo(desk, server, `/hooks/${CHANNEL}`);
    await desk.getByRole("button", { name: "Set up" }).click();
    await dialog.getByRole("button", { name: "Switch off" }).click();
    await desk.getByRole("alertdialog").getByRole("button", { name: "Switch off" }).click();
    await expect(desk.getByText("This channel has no web hook.")).toBeVisible();
  } finally {
    await (
      await callerOf(server, "901")
    )("PATCH", `/config/channels/${CHANNEL}`, { push: null });
    await receiver.stop();
  }
});
