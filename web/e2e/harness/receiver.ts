/** A company's own server, to which messages are pushed; it believes nothing that is not signed. */

import { createHmac } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";

/** What came, and what of it was proved. */
export interface Pushed {
  path: string;
  body: { messages?: unknown[] } & Record<string, unknown>;
  text: string;
  /** Whether the documented `Authorization: auth-v2/…` fits the key. */
  isGenuine: boolean;
  /** The secrets of Standard Webhooks with which it was signed. */
  signedWith: string[];
}

export class Receiver {
  url = "";
  readonly came: Pushed[] = [];
  /** What is answered; anything but 200 is a failure. */
  status = 200;

  private constructor(
    private readonly listener: http.Server,
    readonly key: string,
    readonly secrets: readonly string[],
  ) {}

  /** Begins to listen; `secrets` are those that it knows. */
  static async start(key: string, secrets: readonly string[]): Promise<Receiver> {
    const listener = http.createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const text = Buffer.concat(parts).toString();
        receiver.came.push({
          path: request.url ?? "",
          body: JSON.parse(text === "" ? "{}" : text) as Pushed["body"],
          text,
          isGenuine: isGenuine(request, text, key),
          signedWith: secrets.filter((secret) => signedBy(request, text, secret)),
        });
        response.statusCode = receiver.status;
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ resultCode: "0", resultDesc: "success" }));
      });
    });
    const receiver = new Receiver(listener, key, secrets);
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    receiver.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    return receiver;
  }

  async stop(): Promise<void> {
    this.listener.close();
    this.listener.closeAllConnections();
    await once(this.listener, "close");
  }
}

/** As the documented page has it: the prefix signs into a key, which signs the request. */
function isGenuine(request: http.IncomingMessage, body: string, key: string): boolean {
  const authorization = request.headers.authorization ?? "";
  const end = authorization.lastIndexOf("/");
  const prefix = authorization.slice(0, end);
  const sign = (with_: string, text: string): string =>
    createHmac("sha256", with_).update(text).digest("hex");
  const canonical = [
    request.method,
    request.url,
    "host",
    `host:${escape(request.headers.host ?? "")}`,
    escape(body),
  ].join("\n");
  return prefix.startsWith("auth-v2/") && authorization.slice(end + 1) === sign(sign(key, prefix), canonical);
}

function escape(text: string): string {
  return Array.from(Buffer.from(text), (byte) => {
    const letter = String.fromCharCode(byte);
    return /[A-Za-z0-9_.~-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

function signedBy(request: http.IncomingMessage, body: string, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": given } = request.headers;
  const signature = createHmac("sha256", key)
    .update(`${String(id)}.${String(at)}.${body}`)
    .digest("base64");
  return String(given).split(" ").includes(`v1,${signature}`);
}
