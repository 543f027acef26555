// What the build and the tests have in common.
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { FluentResource } from "@fluent/bundle";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The client's source, so that only what is used of it goes in. */
export const ALIAS = {
  "@frontdesk/client": fileURLToPath(new URL("../../client/src/index.ts", import.meta.url)),
};

/** The button's texts in every language, out of the files of all texts. */
export function labels() {
  const names = {
    open: "launcher-open",
    close: "launcher-close",
    unread: "launcher-unread",
    failed: "launcher-failed",
  };
  const files = readdirSync(`${ROOT}/locales`).filter((name) => name.endsWith(".ftl"));
  return Object.fromEntries(
    files.sort().map((file) => {
      const source = readFileSync(`${ROOT}/locales/${file}`, "utf8");
      const text = (id) => {
        const found = new RegExp(`^${id} = (.+)$`, "m").exec(source);
        if (!found) {
          throw new Error(`${file} has no ${id}`);
        }
        return found[1];
      };
      const texts = Object.entries(names).map(([name, id]) => [name, text(id)]);
      return [file.replace(".ftl", ""), Object.fromEntries(texts)];
    }),
  );
}

/** Reads `.ftl` files while building, so that no page has to: what goes in is what the parser would make of them. */
export function fluent() {
  return {
    name: "frontdesk-fluent",
    transform(source, id) {
      if (!id.endsWith(".ftl")) {
        return null;
      }
      // What the server says, it says itself.
      const body = new FluentResource(source).body.filter(({ id }) => !id.startsWith("server-"));
      return { code: `export default ${JSON.stringify(body)};`, map: null, moduleType: "js" };
    },
  };
}
