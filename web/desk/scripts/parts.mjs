// What the build, the development server and the tests have in common.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import openapiTS, { astToString } from "openapi-typescript";

import { fluent } from "../../widget/scripts/parts.mjs";

export { fluent };
export const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** What the desk shares with the widget, as source: texts, links, colours. */
export const ALIAS = {
  "@frontdesk/widget": fileURLToPath(new URL("../../widget/src", import.meta.url)),
};

/** Writes the types of the native API out of its document. */
export async function writeTypes() {
  const document = new URL("../../../docs/openapi.json", import.meta.url);
  writeFileSync(`${ROOT}/src/api/schema.d.ts`, astToString(await openapiTS(document)));
}

/** How Vite makes the pages. */
export const CONFIG = {
  root: ROOT,
  configFile: false,
  publicDir: false,
  logLevel: "warn",
  base: "/desk/",
  resolve: { alias: ALIAS },
  plugins: [fluent()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
};
