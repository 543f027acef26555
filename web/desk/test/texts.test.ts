// @vitest-environment node

import { readFileSync, readdirSync } from "node:fs";

import { FluentBundle, FluentResource } from "@fluent/bundle";
import { describe, expect, it } from "vitest";

import { LANGUAGES } from "@frontdesk/widget/text/words.js";

import { ROOT } from "../scripts/parts.mjs";

const FILES = readdirSync(`${ROOT}/src/texts/en`).sort();

function resource(language: string, file: string): FluentResource {
  return new FluentResource(readFileSync(`${ROOT}/src/texts/${language}/${file}`, "utf8"));
}

/** Each text's name, with the values that it mentions. */
function mentioned(language: string, file: string): Record<string, string[]> {
  const texts: Record<string, string[]> = {};
  for (const { id, value } of resource(language, file).body) {
    const found = JSON.stringify(value).matchAll(/"type":"var","name":"([^"]+)"/g);
    texts[id] = [...new Set([...found].map(([, name = ""]) => name))].sort();
  }
  return texts;
}

describe.each(LANGUAGES)("the desk's texts in %s", (language) => {
  it("are those of English, with the same values", () => {
    expect(readdirSync(`${ROOT}/src/texts/${language}`).sort()).toEqual(FILES);
    for (const file of FILES) {
      const english = mentioned("en", file);
      const texts = mentioned(language, file);
      expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort());
      for (const [id, values] of Object.entries(texts)) {
        // A singular may well leave a number away.
        expect(english[id]).toEqual(expect.arrayContaining(values));
      }
    }
  });

  it("can all be read", () => {
    for (const file of FILES) {
      expect(new FluentBundle(language).addResource(resource(language, file))).toEqual([]);
    }
  });
});

describe("the desk's texts", () => {
  it("have each name once", () => {
    const names = FILES.flatMap((file) => resource("en", file).body.map(({ id }) => id));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("that the code names exist", () => {
    const code = readdirSync(`${ROOT}/src`, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(`${ROOT}/src/${name}`, "utf8"))
      .join("\n");
    const names = new Set(FILES.flatMap((file) => resource("en", file).body.map(({ id }) => id)));
    const asked = [...code.matchAll(/\bt\("([^"]+)"/g)].map(([, id = ""]) => id);
    expect(asked.length).toBeGreaterThan(50);
    expect(asked.filter((id) => !names.has(id))).toEqual([]);
  });
});
