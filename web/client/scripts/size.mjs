// Says how large the built package is, and fails if it has outgrown its budget: gzip, comments stripped, not minified.
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

import ts from "typescript";

const BUDGET = 16 * 1024;

const files = readdirSync("dist", { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".js"),
);
const compilerOptions = { removeComments: true, target: "ES2022", module: "ESNext" };
const code = files.sort().map((name) => {
  const { outputText } = ts.transpileModule(readFileSync(`dist/${name}`, "utf8"), { compilerOptions });
  return outputText;
});
const size = gzipSync(code.join("\n")).length;
console.log(`@frontdesk/client: ${size} of ${BUDGET} bytes`);
process.exitCode = size > BUDGET ? 1 : 0;
