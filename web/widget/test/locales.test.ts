// @vitest-environment node

import { readFileSync, readdirSync } from "node:fs";

import { FluentBundle, FluentResource } from "@fluent/bundle";
import { describe, expect, it } from "vitest";

import { labels, ROOT } from "../scripts/parts.mjs";
import { labelsOf } from "../src/loader/labels.js";
import { LANGUAGES, type Language, languageOf, loadWords, wordsOf } from "../src/text/words.js";

function source(language: string): string {
  return readFileSync(`${ROOT}/locales/${language}.ftl`, "utf8");
}

/** Each text's name, with the values that it mentions. */
function mentioned(language: string): Record<string, string[]> {
  const texts: Record<string, string[]> = {};
  for (const { id, value } of new FluentResource(source(language)).body) {
    const found = JSON.stringify(value).matchAll(/"type":"var","name":"([^"]+)"/g);
    texts[id] = [...new Set([...found].map(([, name = ""]) => name))].sort();
  }
  return texts;
}

describe.each(LANGUAGES)("the texts in %s", (language) => {
  it("are those of English, with the same values", () => {
    const english = mentioned("en");
    const texts = mentioned(language);
    expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort());
    for (const [id, values] of Object.entries(texts)) {
      // A singular may well leave a number away.
      expect(english[id]).toEqual(expect.arrayContaining(values));
    }
  });

  it("can all be written", () => {
    const bundle = new FluentBundle(language);
    expect(bundle.addResource(new FluentResource(source(language)))).toEqual([]);
    const values = {
      name: "Alex",
      text: "Hello",
      count: 2,
      percent: 50,
      position: 2,
      minutes: 3,
      size: "2 MB",
      host: "a.example",
      keyword: "agent",
      time: "12:00",
      seconds: 5,
      agent: "Kim",
    };
    for (const id of Object.keys(mentioned(language))) {
      const errors: Error[] = [];
      const pattern = bundle.getMessage(id)?.value;
      expect(pattern && bundle.formatPattern(pattern, values, errors)).toBeTruthy();
      expect(errors).toEqual([]);
    }
  });
});

describe("texts", () => {
  it("that the code names exist, and no others", () => {
    const code = readdirSync(`${ROOT}/src`, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(`${ROOT}/src/${name}`, "utf8"))
      .join("\n");
    const literals = new Set([...code.matchAll(/"([a-z]+(?:-[a-z]+)*)"/g)].map(([, id]) => id));
    const ids = Object.keys(mentioned("en")).filter((id) => !/^(launcher|server)-/.test(id));
    expect(ids.filter((id) => !literals.has(id))).toEqual([]);
    const asked = [...code.matchAll(/words\.text\("([^"]+)"/g)].map(([, id = ""]) => id);
    expect(asked.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it("are found for any way of naming a language", async () => {
    const found = ["zh_CN", "zh-Hans", "PT-br", "ar-SA", "tlh", ""].map(languageOf);
    expect(found).toEqual<Language[]>(["zh", "zh", "pt", "ar", "en", "en"]);
    expect((await loadWords("pt_BR")).locale).toBe("pt-BR");
    expect((await loadWords("not a tag")).locale).toBe("en");
    expect((await loadWords("ar")).direction).toBe("rtl");
  });

  it("keep directions apart where they mix", () => {
    const { body } = new FluentResource("typing = { $name } writes");
    expect(wordsOf(body, "ar", "ar").text("typing", { name: "Alex" })).toBe("\u2068Alex\u2069 writes");
    expect(wordsOf(body, "en", "en").text("typing", { name: "Alex" })).toBe("Alex writes");
    expect(wordsOf(body, "en", "en").text("unknown")).toBe("unknown");
  });

  it("of the button need nothing to be loaded", () => {
    expect(labelsOf("fr-CA")).toBe(labelsOf("fr"));
    expect(labelsOf("constructor").open).toBe("Open the chat");
    expect(Object.keys(labels()).sort()).toEqual([...LANGUAGES].sort());
  });
});
