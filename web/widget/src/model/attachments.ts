/** Files on their way out: stored first, then said. */

import { type Client, FrontdeskError, type SendQueue } from "@frontdesk/client";

import { fileForWire } from "./content.js";
import { type Prepared, prepare } from "./files.js";
import type { MediaKeeper } from "./media.js";
import type { Transcript } from "./transcript.js";

interface Attachment {
  readonly at: number;
  readonly file: Prepared;
  readonly stop: AbortController;
  failed: boolean;
}

/** Sends files. A file that is not stored yet is lost with its tab; the browser asks before that. */
export class Attachments {
  private readonly open = new Map<string, Attachment>();
  private made = 0;

  constructor(
    private readonly client: Client,
    private readonly outbox: SendQueue,
    private readonly transcript: Transcript,
    private readonly media: MediaKeeper,
    private readonly show: () => void,
  ) {
    window.addEventListener("beforeunload", this.warn);
  }

  /** Sends a file. Throws `FileRefused` if it cannot be sent at all. */
  async send(file: File): Promise<void> {
    const prepared = await prepare(file);
    this.made += 1;
    const clientId = `file${Date.now().toString(36)}x${this.made}x${Math.random().toString(36).slice(2, 10)}`;
    const attachment = { at: Date.now(), file: prepared, stop: new AbortController(), failed: false };
    this.open.set(clientId, attachment);
    await this.media.keep(clientId, prepared.blob);
    await this.upload(clientId, attachment);
  }

  /** Tries again; whether it was for this to do. */
  retry(clientId: string): boolean {
    const attachment = this.open.get(clientId);
    if (attachment?.failed) {
      attachment.failed = false;
      void this.upload(clientId, attachment);
    }
    return attachment !== undefined;
  }

  /** Gives up. */
  discard(clientId: string): void {
    this.open.get(clientId)?.stop.abort();
    this.open.delete(clientId);
  }

  close(): void {
    window.removeEventListener("beforeunload", this.warn);
    for (const clientId of [...this.open.keys()]) {
      this.discard(clientId);
    }
  }

  private async upload(clientId: string, { at, file, stop }: Attachment): Promise<void> {
    const { media, type, name, blob } = file;
    const content = { kind: "file", media, key: clientId, type, name, size: blob.size } as const;
    const tell = (part: number): void => {
      this.transcript.uploading(clientId, { at, content, part });
      this.show();
    };
    tell(0);
    try {
      const key = await this.client.upload(type, blob, {
        signal: stop.signal,
        progress: (sent, all) => {
          if (this.open.has(clientId)) {
            tell(all === 0 ? 0 : sent / all);
          }
        },
      });
      if (this.open.delete(clientId)) {
        this.outbox.chat(fileForWire(media, key, type, name, blob.size), { messageId: clientId });
      }
    } catch (error) {
      const attachment = this.open.get(clientId);
      if (attachment) {
        attachment.failed = true;
        const reason = error instanceof FrontdeskError ? error.code : "UNEXPECTED";
        this.transcript.uploading(clientId, { at, content, progress: "failed", reason });
        this.show();
      }
    }
  }

  private readonly warn = (event: BeforeUnloadEvent): void => {
    if ([...this.open.values()].some(({ failed }) => !failed)) {
      event.preventDefault();
    }
  };
}
