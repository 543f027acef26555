/** What a message's content is: read from the wire, and written for it. Nothing of it is trusted. */

import type { SentMediaType } from "@frontdesk/client";

import { safeWebUrl } from "../text/links.js";

/** How a file is shown. */
export type FileMedia = "image" | "audio" | "video" | "file";

/** A file of a message. */
export interface FileContent {
  kind: "file";
  media: FileMedia;
  /** Names the bytes. */
  key: string;
  /** The type that the message claims, such as `png`; what the bytes are, they say themselves. */
  type?: string;
  name?: string;
  /** In bytes, as the message claims. */
  size?: number;
}

/** A card: a page of the shop, say. */
export interface CardContent {
  kind: "card";
  title: string;
  description: string;
  url?: URL;
  /** Names the bytes of a picture. */
  imageKey?: string;
}

/** A place on earth. */
export interface PlaceContent {
  kind: "place";
  latitude: number;
  longitude: number;
  label: string;
}

/** Anything that a message can hold. */
export type MessageContent =
  { kind: "text"; text: string } | FileContent | CardContent | PlaceContent | { kind: "unknown" };

const MEDIA: Record<string, FileMedia> = {
  IMAGE: "image",
  FILE_IMAGE: "image",
  AUDIO: "audio",
  VIDEO: "video",
  FILE_VIDEO: "video",
  DOCUMENT: "file",
};

/** Reads a message's content. `fileType`: the type that stands beside it, if any. */
export function readContent(
  mediaType: string | null,
  content: string | null,
  fileType?: string | null,
): MessageContent {
  const text = content ?? "";
  switch (mediaType) {
    case null:
    case "TEXT":
      return { kind: "text", text };
    case "FILE":
      return readFile(text);
    case "WEBCARD":
      return readCard(text);
    case "LOCATE":
      return readPlace(text);
    default: {
      const media = MEDIA[mediaType];
      const [key = "", type = fileType ?? ""] = text.split(",").map((part) => part.trim());
      return media && key !== "" ? { kind: "file", media, key, ...(type === "" ? {} : { type }) } : UNKNOWN;
    }
  }
}

const UNKNOWN: MessageContent = { kind: "unknown" };

/** `name,bytes,key,type` */
function readFile(text: string): MessageContent {
  const [name = "", bytes = "", key = "", type = ""] = text.split(",").map((part) => part.trim());
  if (key === "") {
    return UNKNOWN;
  }
  const size = Number.parseInt(bytes, 10);
  return {
    kind: "file",
    media: "file",
    key,
    ...(name === "" ? {} : { name }),
    ...(type === "" ? {} : { type }),
    ...(size >= 0 ? { size } : {}),
  };
}

function readCard(text: string): MessageContent {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return UNKNOWN;
  }
  if (typeof json !== "object" || json === null) {
    return UNKNOWN;
  }
  const field = (name: string): string => {
    const value = (json as Record<string, unknown>)[name];
    return typeof value === "string" ? value : "";
  };
  const url = safeWebUrl(field("redirectUrl"));
  const imageKey = field("mediaFileId");
  return {
    kind: "card",
    title: field("title"),
    description: field("description"),
    ...(url ? { url } : {}),
    ...(imageKey === "" ? {} : { imageKey }),
  };
}

/** `latitude/longitude/description` */
function readPlace(text: string): MessageContent {
  const [first = "", second = "", ...rest] = text.split("/");
  const [latitude, longitude] = [Number(first), Number(second)];
  const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  if (first.trim() === "" || second.trim() === "" || !isOnEarth) {
    return UNKNOWN;
  }
  return { kind: "place", latitude, longitude, label: rest.join("/").trim() };
}

/** A place for the wire. */
export function placeForWire(latitude: number, longitude: number, label: string): string {
  return `${latitude.toFixed(6)}/${longitude.toFixed(6)}/${label}`;
}

/** A card of a page that the shop shows, for the wire. */
export function cardForWire(title: string, description: string, url: URL): string {
  return JSON.stringify({ title, description, mediaFileId: "", mediaFileType: "", redirectUrl: url.href });
}

/** A file for the wire: only a plain file has its name with it. */
export function fileForWire(
  media: FileMedia,
  key: string,
  type: string,
  name: string,
  bytes: number,
): { mediaType: SentMediaType; content: string } {
  switch (media) {
    case "image":
      return { mediaType: "IMAGE", content: key };
    case "audio":
      return { mediaType: "AUDIO", content: key };
    case "video":
      return { mediaType: "VIDEO", content: key };
    case "file":
      return { mediaType: "FILE", content: `${name.replaceAll(",", " ")},${bytes},${key},${type}` };
  }
}

/** A content in a line of text: for announcements and the transcript. */
export function describe(
  content: MessageContent,
  words: { image: string; audio: string; video: string; file: string; place: string },
): string {
  switch (content.kind) {
    case "text":
      return content.text;
    case "file":
      return `[${words[content.media]}${content.name === undefined ? "" : `: ${content.name}`}]`;
    case "card":
      return [content.title, content.description, content.url?.href].filter((part) => part).join(" – ");
    case "place":
      return `[${words.place}: ${content.label} ${content.latitude}, ${content.longitude}]`;
    case "unknown":
      return "";
  }
}
