// Says how large the built widget is, and fails if it has outgrown its budgets: brotli, as it is served.
import { readFileSync, readdirSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

import { ROOT } from "./parts.mjs";

const LOADER = 5 * 1024;
const WHOLE = 45 * 1024;

const size = (name) => brotliCompressSync(readFileSync(`${ROOT}/dist/${name}`)).length;
const loader = size("widget.js");
const assets = readdirSync(`${ROOT}/dist/assets`).map((name) => ({ name, bytes: size(`assets/${name}`) }));
const isLanguage = ({ name }) => /^(?:ar|en|es|fr|pt|zh)-/.test(name);
// Everything but the languages, and the largest of those: what the worst customer loads.
const code = assets.filter((asset) => !isLanguage(asset)).reduce((sum, { bytes }) => sum + bytes, 0);
const language = Math.max(...assets.filter(isLanguage).map(({ bytes }) => bytes));
const whole = loader + code + language;
console.log(`loader: ${loader} of ${LOADER} bytes`);
console.log(`whole: ${whole} of ${WHOLE} bytes (largest language ${language})`);
process.exitCode = loader > LOADER || whole > WHOLE ? 1 : 0;
