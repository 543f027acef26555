// The desk while it is being changed: built anew with each change, everything else from a server that runs already.
// node scripts/serve.mjs [http://127.0.0.1:8080]
import { createServer } from "vite";

import { CONFIG, writeTypes } from "./parts.mjs";

await writeTypes();
const target = process.argv[2] ?? "http://127.0.0.1:8080";
const passed = { target, changeOrigin: false };
const server = await createServer({
  ...CONFIG,
  logLevel: "info",
  server: { host: "127.0.0.1", port: 5173, proxy: { "/api": passed, "/widget": passed } },
});
await server.listen();
server.printUrls();
