/** Makes a page for each language from `page.html` and `texts`; `{{name}}` stands for a text. */

import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";

const here = new URL("./", import.meta.url);
const out = new URL("dist/", here);

await rm(out, { recursive: true, force: true });
await mkdir(out);
const template = await readFile(new URL("page.html", here), "utf8");
const names = (await readdir(new URL("texts/", here))).sort();
const pages = await Promise.all(
  names.map(async (name) => {
    const texts = JSON.parse(await readFile(new URL(`texts/${name}`, here), "utf8"));
    return { language: name.replace(".json", ""), texts };
  }),
);
const languages = pages.map(({ language, texts }) => ({ language, name: texts.language }));
for (const { language, texts } of pages) {
  await writeFile(new URL(`${language}.html`, out), fill(language, texts));
}
await cp(new URL("shop.css", here), new URL("shop.css", out));
for (const name of await readdir(new URL("pictures/", here))) {
  await cp(new URL(`pictures/${name}`, here), new URL(name, out));
}

function fill(language, texts) {
  const links = languages.map(({ language: other, name }) => {
    const current = other === language ? ' aria-current="true"' : "";
    return `<a href="/demo?lang=${other}" lang="${other}" hreflang="${other}"${current}>${escape(name)}</a>`;
  });
  const used = new Set();
  const page = template.replace(/\{\{([a-z_0-9]+)\}\}/g, (_, name) => {
    if (name === "links") {
      return links.join("\n          ");
    }
    used.add(name);
    const text = name === "lang" ? language : texts[name];
    if (text === undefined) {
      throw new Error(`texts/${language}.json lacks ${name}`);
    }
    return escape(text);
  });
  const unused = Object.keys(texts).filter((name) => name !== "language" && !used.has(name));
  if (unused.length > 0) {
    throw new Error(`texts/${language}.json has what the page does not show: ${unused.join(", ")}`);
  }
  return page;
}

function escape(text) {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
