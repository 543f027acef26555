/** A real identity provider in a process of its own: that of the server's tests. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import readline from "node:readline";

const ROOT = path.resolve(import.meta.dirname, "../../..");

export class IdentityProvider {
  issuer = "";
  readonly client = "frontdesk";
  readonly secret = "a secret of the tests";

  private constructor(private readonly child: ChildProcess) {}

  /** Starts one that sends people back to this address. */
  static async start(redirect: string): Promise<IdentityProvider> {
    execFileSync(path.join(ROOT, "scripts/identity-provider.sh"), { stdio: "ignore" });
    const child = spawn(process.execPath, ["provider.mjs"], {
      cwd: path.join(ROOT, "tests/oidc"),
      stdio: ["pipe", "pipe", "ignore"],
    });
    const provider = new IdentityProvider(child);
    const client = { id: provider.client, secret: provider.secret };
    child.stdin.write(`${JSON.stringify({ client, redirects: [redirect] })}\n`);
    const [line] = (await once(readline.createInterface({ input: child.stdout }), "line")) as [string];
    provider.issuer = (JSON.parse(line) as { issuer: string }).issuer;
    return provider;
  }

  /** The address at which somebody agrees to sign in. */
  as(interaction: string, name: string): string {
    const account = { sub: `sub-${name}`, preferred_username: name, name };
    return `${interaction}?account=${encodeURIComponent(JSON.stringify(account))}`;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill();
    await ended;
  }
}
