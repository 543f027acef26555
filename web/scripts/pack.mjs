/**
 * Puts what browsers load where the server's build embeds it, each file beside its compressed forms.
 *
 * What has not changed is not written again, so that the server is not compiled again.
 */

import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const web = new URL("../", import.meta.url).pathname;
const target = path.join(web, "../crates/server/pages");

/** A package's built files, and the folder that the server knows them by. */
const SOURCES = [
  { package: "widget", files: /^(widget\.js|assets\/[^/]+)$/ },
  { package: "demo", files: /^[^/]+$/ },
  { package: "desk", files: /^(index\.html|preview\.html|assets\/[^/]+)$/ },
];
/** Everything else is compressed already. */
const IS_TEXT = /\.(html|js|mjs|css|json|ftl|txt|svg|wav)$/;
/** A compressed form that saves less than this share is not worth its place. */
const LEAST_SAVING = 0.05;

const packed = new Map();
for (const source of SOURCES) {
  const folder = path.join(web, source.package, "dist");
  if (!existsSync(path.join(web, source.package))) {
    continue;
  }
  for (const name of await filesBelow(folder)) {
    if (!source.files.test(name)) {
      throw new Error(`${source.package}/dist/${name} has no address on the server`);
    }
    const bytes = await readFile(path.join(folder, name));
    add(`${source.package}/${name}`, bytes);
  }
}

let written = 0;
for (const [name, bytes] of packed) {
  const file = path.join(target, name);
  if (existsSync(file) && bytes.equals(await readFile(file))) {
    continue;
  }
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  written += 1;
}
const kept = (await filesBelow(target)).filter((name) => !path.basename(name).startsWith("."));
const stale = kept.filter((name) => !packed.has(name));
for (const name of stale) {
  await rm(path.join(target, name));
}
console.log(`pages: ${packed.size} files, ${written} written, ${stale.length} removed`);

function add(name, bytes) {
  packed.set(name, bytes);
  if (!IS_TEXT.test(name)) {
    return;
  }
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const most = bytes.length * (1 - LEAST_SAVING);
  for (const [ending, compressed] of [
    [".br", brotliCompressSync(bytes, { params })],
    [".gz", gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION })],
  ]) {
    if (compressed.length <= most) {
      packed.set(name + ending, compressed);
    }
  }
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
