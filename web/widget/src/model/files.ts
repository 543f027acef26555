/** Files: which can be sent, in which form, and what received bytes really are. */

import type { UploadFileType } from "@frontdesk/client";

import type { FileMedia } from "./content.js";

/** Most bytes of a file, as the server is configured unless told otherwise. */
export const MOST_BYTES = 2 * 1024 * 1024;
/** Longest side of a picture that had to be made smaller, in pixels, tried one after the other. */
const SIDES = [2_560, 1_600, 1_024];
const JPEG_QUALITY = 0.85;

/** A file that can be sent. */
export interface Prepared {
  blob: Blob;
  type: UploadFileType;
  media: FileMedia;
  name: string;
}

/** Why a file cannot be sent. */
export class FileRefused extends Error {
  constructor(readonly reason: "file-type" | "file-size") {
    super(reason);
  }
}

const SENT: Record<string, { type: UploadFileType; media: FileMedia }> = {
  jpg: { type: "jpg", media: "image" },
  jpeg: { type: "jpg", media: "image" },
  png: { type: "png", media: "image" },
  bmp: { type: "bmp", media: "image" },
  mp3: { type: "mp3", media: "audio" },
  aac: { type: "aac", media: "audio" },
  mp4: { type: "mp4", media: "video" },
  txt: { type: "txt", media: "file" },
  csv: { type: "csv", media: "file" },
};
/** Pictures that the server does not take, but that a browser can turn into some that it does. */
const CONVERTED = /^image\/(webp|gif|avif|heic|heif)$/;

/** What a file dialogue offers. */
export const ACCEPTED = [
  ...Object.keys(SENT).map((name) => `.${name}`),
  ".webp",
  ".gif",
  ".avif",
  ".heic",
].join(",");

/** Makes a file sendable: pictures that are too large become smaller, and other kinds of pictures JPEG. */
export async function prepare(file: File, mostBytes = MOST_BYTES): Promise<Prepared> {
  const extension = /\.([a-z0-9]+)$/i.exec(file.name)?.[1]?.toLowerCase() ?? "";
  const found = SENT[extension] ?? SENT[/^image\/(jpeg|png|bmp)$/.exec(file.type)?.[1] ?? ""];
  const name = file.name === "" ? `file.${found?.type ?? "jpg"}` : file.name;
  if (found && file.size <= mostBytes) {
    return { blob: file, name, ...found };
  }
  if (found?.media === "image" || CONVERTED.test(file.type)) {
    const blob = await asJpeg(file, mostBytes);
    return { blob, name: name.replace(/\.[^.]*$/, ".jpg"), type: "jpg", media: "image" };
  }
  throw new FileRefused(found ? "file-size" : "file-type");
}

async function asJpeg(file: Blob, mostBytes: number): Promise<Blob> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new FileRefused("file-type");
  });
  try {
    for (const side of SIDES) {
      const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise<Blob | null>((resolve) => {
        canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY);
      });
      if (blob && blob.size <= mostBytes) {
        return blob;
      }
    }
  } finally {
    bitmap.close();
  }
  throw new FileRefused("file-size");
}

/** What bytes are. */
export interface Known {
  media: FileMedia;
  mime: string;
}

/**
 * What bytes are, by themselves: what a message claims of them is not believed. Only what is known to be a picture,
 * sound or film is shown as one. Everything else, SVG and HTML too, is nothing but bytes to be saved.
 */
export function sniff(bytes: Uint8Array): Known {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  if (head.startsWith("\x89PNG\r\n\x1a\n")) {
    return { media: "image", mime: "image/png" };
  }
  if (head.startsWith("\xff\xd8\xff")) {
    return { media: "image", mime: "image/jpeg" };
  }
  if (/^GIF8[79]a/.test(head)) {
    return { media: "image", mime: "image/gif" };
  }
  if (head.startsWith("BM")) {
    return { media: "image", mime: "image/bmp" };
  }
  if (head.startsWith("RIFF") && head.endsWith("WEBP")) {
    return { media: "image", mime: "image/webp" };
  }
  if (head.slice(4, 8) === "ftyp") {
    return { media: "video", mime: "video/mp4" };
  }
  const [first = 0, second = 0] = bytes;
  if (first === 0xff && (second & 0xf6) === 0xf0) {
    return { media: "audio", mime: "audio/aac" };
  }
  if (head.startsWith("ID3") || (first === 0xff && (second & 0xe0) === 0xe0)) {
    return { media: "audio", mime: "audio/mpeg" };
  }
  return { media: "file", mime: "application/octet-stream" };
}

const DANGEROUS_NAME = /[\p{C}\p{Bidi_Control}/\\:*?"<>|]/gu;

/** A name under which bytes may be saved: no path, and nothing that hides its end. */
export function safeFileName(name: string, fallback: string): string {
  const safe = name.replace(DANGEROUS_NAME, "_").replace(/^\.+/, "").slice(-120);
  return safe === "" ? fallback : safe;
}

/** A size for people. */
export function sizeText(bytes: number, locale: string): string {
  const isLarge = bytes >= 1024 * 1024;
  const value = isLarge ? bytes / (1024 * 1024) : Math.max(1, bytes / 1024);
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: isLarge ? "megabyte" : "kilobyte",
    maximumFractionDigits: isLarge ? 1 : 0,
  }).format(value);
}
