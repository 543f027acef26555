/** The desk of supervisors and administrators, as whoever sits at it sees it. */

import { type BrowserContext, type Locator, type Page, expect } from "@playwright/test";

import type { RealServer } from "../../client/test/real-server.js";

/** Signs somebody of the demonstration in, and goes to a page. */
export async function atDesk(
  context: BrowserContext,
  server: RealServer,
  who: string,
  place: string,
): Promise<Page> {
  const headers = { "x-frontdesk": "1", "sec-fetch-site": "same-origin" };
  const data = { tenant: "demo", agentId: who, password: `demo-${who}`, cookie: true };
  const answer = await context.request.post(`${server.url}/api/v1/agent/login`, { headers, data });
  expect(answer.ok()).toBe(true);
  const page = await context.newPage();
  await page.goto(`${server.url}/desk${place}`);
  await expect(page.locator(".rail")).toBeVisible();
  return page;
}

/** Goes to another page of the desk, as a link there would. */
export async function goTo(page: Page, server: RealServer, place: string): Promise<void> {
  await page.goto(`${server.url}/desk${place}`);
  await expect(page.locator(".rail")).toBeVisible();
}

/** Goes to another page as a link there would, without loading the desk anew, and waits until all of it is there. */
export async function walkTo(page: Page, place: string): Promise<void> {
  await page.evaluate(async (path) => {
    history.pushState(null, "", path);
    window.dispatchEvent(new PopStateEvent("popstate"));
    // The page of before stands until the next frame.
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
  }, `/desk${place}`);
  await expect(page.locator("h1").first()).toBeVisible();
  await expect(page.locator('main .empty[role="status"]')).toHaveCount(0);
  await page.evaluate(stillness, { quiet: 200, most: 5_000 });
}

/** Waits until nothing on the page changes for so long; some pages never hold still. */
function stillness({ quiet, most }: { quiet: number; most: number }): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      observer.disconnect();
      resolve();
    };
    let timer = setTimeout(done, quiet);
    const observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(done, quiet);
    });
    observer.observe(document.body, { childList: true, subtree: true, attributes: true });
    setTimeout(done, most);
  });
}

/** What tells that something was done. */
export function told(page: Page, text: string | RegExp): Locator {
  return page.locator(".toast", { hasText: text });
}

/** Calls the native API as somebody of the demonstration. */
export async function callerOf(
  server: RealServer,
  who: string,
): Promise<(method: string, path: string, body?: unknown) => Promise<unknown>> {
  const body = { tenant: "demo", agentId: who, password: `demo-${who}` };
  const { token } = (await server.call("POST", "/api/v1/agent/login", {}, body)) as { token: string };
  return (method, path, given) =>
    server.call(method, `/api/v1${path}`, { authorization: `Bearer ${token}` }, given);
}
