/** A company's own site, at another origin than the server: the folder `site`, and the SDK below `/sdk/`. */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

const WEB = path.resolve(import.meta.dirname, "../..");
const FOLDERS: Record<string, string> = {
  sdk: path.join(WEB, "client/dist"),
  site: path.join(WEB, "e2e/site"),
};
const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript" };

export class Site {
  url = "";

  private constructor(private readonly listener: http.Server) {}

  static async start(): Promise<Site> {
    const listener = http.createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://site.test");
      read(pathname).then(
        (bytes) => {
          response.setHeader("content-type", TYPES[path.extname(pathname)] ?? "application/octet-stream");
          response.end(bytes);
        },
        () => {
          response.statusCode = pathname === "/favicon.ico" ? 204 : 404;
          response.end();
        },
      );
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const site = new Site(listener);
    site.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    return site;
  }

  async stop(): Promise<void> {
    this.listener.close();
    this.listener.closeAllConnections();
    await once(this.listener, "close");
  }
}

async function read(pathname: string): Promise<Buffer> {
  const [, first = "", ...rest] = path.posix.normalize(pathname).split("/");
  const folder = FOLDERS[first];
  if (folder === undefined) {
    throw new Error("not on this site");
  }
  return readFile(path.join(folder, ...rest));
}
