/** The bytes of messages: fetched once, and shown by addresses that only this page knows. */

import type { Client, DownloadFileType } from "@frontdesk/client";

import type { FileMedia } from "./content.js";
import { type Known, sniff } from "./files.js";

/** Bytes that can be shown or saved. */
export interface Media extends Known {
  blob: Blob;
  /** A `blob:` address. */
  url: string;
}

const TYPES: readonly DownloadFileType[] = [
  "jpg",
  "jpeg",
  "png",
  "bmp",
  "mp3",
  "aac",
  "mp4",
  "txt",
  "csv",
  "doc",
  "docx",
  "pdf",
  "zip",
];
const USUAL: Record<FileMedia, DownloadFileType> = { image: "jpg", audio: "mp3", video: "mp4", file: "txt" };

/** Fetches and keeps the bytes of one chat. */
export class MediaKeeper {
  private readonly held = new Map<string, Promise<Media>>();

  constructor(private readonly client: Client) {}

  /** Keeps the bytes of a file that is sent from here. */
  async keep(key: string, blob: Blob): Promise<void> {
    const bytes = new Uint8Array(await blob.slice(0, 16).arrayBuffer());
    this.held.set(key, Promise.resolve(media(blob, sniff(bytes))));
  }

  /** The bytes of a message. The type is only asked for because it is mandatory. */
  get(key: string, claimed: FileMedia, type?: string): Promise<Media> {
    const known = this.held.get(key);
    if (known) {
      return known;
    }
    const wanted = TYPES.find((name) => name === type?.toLowerCase()) ?? USUAL[claimed];
    const fetched = this.client.download(key, wanted).then((bytes) => {
      const is = sniff(bytes);
      return media(new Blob([bytes], { type: is.mime }), is);
    });
    this.held.set(key, fetched);
    fetched.catch(() => {
      this.held.delete(key);
    });
    return fetched;
  }

  /** Forgets everything. */
  close(): void {
    for (const held of this.held.values()) {
      held.then(
        ({ url }) => {
          URL.revokeObjectURL(url);
        },
        () => undefined,
      );
    }
    this.held.clear();
  }
}

/** A blob of that very type, whatever the file was said to be: a browser must not take it for anything else. */
function media(blob: Blob, known: Known): Media {
  const typed = blob.type === known.mime ? blob : new Blob([blob], { type: known.mime });
  return { ...known, blob: typed, url: URL.createObjectURL(typed) };
}
