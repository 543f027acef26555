/** The demonstration's shop. */

import { existsSync } from "node:fs";
import path from "node:path";

import type { BrowserContext } from "@playwright/test";

import { violations } from "../harness/axe.js";
import { expect, test } from "../harness/test.js";

const hasWidget = existsSync(path.resolve(import.meta.dirname, "../../widget"));

test.beforeEach(async ({ context }) => {
  await withoutWidget(context);
});

/** The shop stands on its own, too: a tree without the chat's package shows it with nothing in the corner. */
async function withoutWidget(context: BrowserContext): Promise<void> {
  if (!hasWidget) {
    await context.route("**/widget.js", (route) =>
      route.fulfill({ contentType: "text/javascript", body: "" }),
    );
  }
}

test("answers with a policy that lets nothing inline run", async ({ server, request }) => {
  const answer = await request.get(`${server.url}/demo`);
  const headers = answer.headers();
  expect(answer.status()).toBe(200);
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(headers["content-encoding"]).toBe("br");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  const policy = headers["content-security-policy"] ?? "";
  const directives = new Map(
    policy.split(";").map((part) => {
      const [name = "", ...values] = part.trim().split(" ");
      return [name, values] as const;
    }),
  );
  expect(directives.get("script-src")).toEqual(["'self'"]);
  expect(directives.get("style-src")).toEqual(["'self'"]);
  expect(policy).not.toContain("unsafe");
});

test("is what the server's address shows", async ({ page, server }) => {
  await page.goto(server.url);
  await expect(page).toHaveURL(`${server.url}/demo`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Warm things for long evenings");
});

test("changes its language", async ({ page, server }) => {
  await page.goto(`${server.url}/demo`);
  await page.getByRole("link", { name: "中文" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("好物暖居，相伴长夜");
  await expect(page.locator("script[data-channel]")).toHaveAttribute("data-locale", "zh");
  await page.getByRole("link", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
});

test("lets nothing inline run", async ({ page, server, console }) => {
  console.expects(/Content Security Policy/);
  await page.goto(`${server.url}/demo`);
  const violated = await page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => {
          resolve(event.effectiveDirective);
        });
        const script = document.createElement("script");
        script.textContent = "document.title = 'ran'";
        document.body.append(script);
      }),
  );
  expect(violated).toBe("script-src-elem");
  expect(await page.title()).not.toBe("ran");
});

for (const language of ["en", "zh"]) {
  for (const scheme of ["light", "dark"] as const) {
    for (const [device, width, height] of [
      ["a desktop", 1280, 800],
      ["a phone", 360, 740],
    ] as const) {
      test(`is fine for everybody: ${language}, ${scheme}, ${device}`, async ({ page, server }) => {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height });
        await page.goto(`${server.url}/demo?lang=${language}`, { waitUntil: "networkidle" });
        const broken = await page
          .locator("img")
          .evaluateAll(
            (images: HTMLImageElement[]) => images.filter((image) => image.naturalWidth === 0).length,
          );
        expect(broken).toBe(0);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow).toBeLessThanOrEqual(0);
        expect(await violations(page)).toEqual([]);
      });
    }
  }
}
