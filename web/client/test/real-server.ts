/** A whole server in a process of its own, its demonstration's back end and agents, and a network that breaks. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import readline from "node:readline";

import WebSocket from "ws";

import {
  type ClientOptions,
  type Credentials,
  type CredentialsProvider,
  createClient,
} from "../src/index.js";

/** The demonstration's web channel. */
export const CHANNEL = "1011577355744904195";
/** The program. */
export const PROGRAM = process.env["FRONTDESK_BIN"] ?? path.resolve("../../target/debug/frontdesk");

/** A running server. */
export class RealServer {
  url = "";
  private process: ChildProcess | undefined;
  private readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Starts a server on an empty folder. */
  static async start(): Promise<RealServer> {
    if (!existsSync(PROGRAM)) {
      throw new Error(`there is no ${PROGRAM}: build it (cargo build -p frontdesk), or set FRONTDESK_BIN`);
    }
    const server = new RealServer(await mkdtemp(path.join(tmpdir(), "frontdesk-client-")));
    await server.run("127.0.0.1:0");
    return server;
  }

  /** Ends the process without a warning, and starts another at the same address and on the same folder. */
  async crashAndRestart(): Promise<void> {
    await this.end("SIGKILL");
    await this.run(new URL(this.url).host);
  }

  /** The same, but in order. */
  async restart(): Promise<void> {
    await this.end("SIGTERM");
    await this.run(new URL(this.url).host);
  }

  async stop(): Promise<void> {
    await this.end("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Calls with JSON. */
  async call(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: unknown,
  ): Promise<unknown> {
    const init: RequestInit = { method, headers: { ...headers, "content-type": "application/json" } };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
    }
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${text}`);
    }
    return text === "" ? undefined : JSON.parse(text);
  }

  private async run(listen: string): Promise<void> {
    const flags = [
      "serve",
      "--demo",
      "--listen",
      listen,
      "--internal-listen",
      "off",
      "--data-dir",
      this.folder,
    ];
    const child = spawn(PROGRAM, flags, { stdio: ["ignore", "pipe", "inherit"] });
    this.process = child;
    const ended = once(child, "exit").then(() => {
      throw new Error("the server did not start");
    });
    // Once it has started, it may end.
    ended.catch(() => undefined);
    const lines = readline.createInterface({ input: child.stdout });
    const [first] = (await Promise.race([once(lines, "line"), ended])) as [string];
    this.url = first.replace("frontdesk listening on ", "");
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child?.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    }
  }
}

/** What an integrator's back end does for a customer's client. The secret stays here. */
export function backEnd(server: RealServer, userId: string, tokenSeconds?: number): CredentialsProvider {
  return async (): Promise<Credentials> => {
    const expire: Record<string, string> =
      tokenSeconds === undefined ? {} : { "x-token-expire": `${tokenSeconds}` };
    const secret = { app_key: "demo-app", app_secret: "demo-secret" };
    const signedIn = await server.call("POST", "/apigovernance/api/oauth/tokenByAkSk", expire, secret);
    const { AccessToken: accessToken } = signedIn as { AccessToken: string };
    const headers = { "x-app-key": "demo-app", authorization: `Bearer ${accessToken}` };
    const applicant = { userId, userName: userId, channelId: CHANNEL, locale: "en" };
    const applied = await server.call("POST", "/apiaccess/ccmessaging/applyToken", headers, applicant);
    const { token: ccmessagingToken } = applied as { token: string };
    return { appKey: "demo-app", accessToken, ccmessagingToken, userId, channelId: CHANNEL };
  };
}

/** A client of a customer, over a WebSocket of the package `ws`, which older versions of Node lack. */
export function clientOf(server: RealServer, userId: string, options: Partial<ClientOptions> = {}) {
  return createClient({
    url: server.url,
    credentials: backEnd(server, userId),
    WebSocket,
    ...options,
  });
}

/** A signed-in agent. */
export class Agent {
  private constructor(
    private readonly server: RealServer,
    private readonly headers: Record<string, string>,
  ) {}

  static async signIn(server: RealServer, agentId: string): Promise<Agent> {
    const body = { tenant: "demo", agentId, password: `demo-${agentId}` };
    const { token } = (await server.call("POST", "/api/v1/agent/login", {}, body)) as { token: string };
    const agent = new Agent(server, { authorization: `Bearer ${token}` });
    await agent.call("PUT", "/status", { status: "online" });
    return agent;
  }

  /** Waits until this agent has a conversation with a customer. */
  async conversationWith(userId: string): Promise<string> {
    for (;;) {
      const list = (await this.call("GET", "/conversations")) as {
        conversations: { id: string; customer: { userId: string } }[];
      };
      const found = list.conversations.find(({ customer }) => customer.userId === userId);
      if (found) {
        return found.id;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async say(conversation: string, content: string): Promise<void> {
    await this.call("POST", `/conversations/${conversation}/messages`, { mediaType: "TEXT", content });
  }

  /** What the customer has said. */
  async heard(conversation: string): Promise<string[]> {
    const list = (await this.call("GET", `/conversations/${conversation}/messages`)) as {
      messages: { content: string; author: { kind: string } }[];
    };
    return list.messages.filter(({ author }) => author.kind === "customer").map(({ content }) => content);
  }

  call(method: string, path: string, body?: unknown): Promise<unknown> {
    return this.server.call(method, `/api/v1/agent${path}`, this.headers, body);
  }
}

/** A proxy that resets connections after so many bytes of answers. */
export class BreakingNetwork {
  url = "";
  private readonly proxy: net.Server;
  private readonly sockets = new Set<net.Socket>();
  private mostBytes: () => number = () => Number.POSITIVE_INFINITY;

  private constructor(target: URL) {
    this.proxy = net.createServer((client) => {
      const upstream = net.connect(Number(target.port), target.hostname);
      let left = this.mostBytes();
      this.sockets.add(client).add(upstream);
      const end = (): void => {
        this.sockets.delete(client);
        this.sockets.delete(upstream);
        client.destroy();
        upstream.destroy();
      };
      client.on("error", end).on("close", end);
      upstream.on("error", end).on("close", end);
      client.pipe(upstream);
      upstream.on("data", (bytes: Buffer) => {
        const part = bytes.subarray(0, Math.max(0, left));
        left -= bytes.length;
        client.write(part);
        if (left <= 0) {
          client.resetAndDestroy();
          upstream.resetAndDestroy();
        }
      });
    });
  }

  static async before(server: RealServer): Promise<BreakingNetwork> {
    const network = new BreakingNetwork(new URL(server.url));
    network.proxy.listen(0, "127.0.0.1");
    await once(network.proxy, "listening");
    network.url = `http://127.0.0.1:${(network.proxy.address() as net.AddressInfo).port}`;
    return network;
  }

  /** From now on each connection lets through only so many bytes. */
  breakAfter(mostBytes: () => number): void {
    this.mostBytes = mostBytes;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) {
      socket.destroy();
    }
    this.proxy.close();
    await once(this.proxy, "close");
  }
}
