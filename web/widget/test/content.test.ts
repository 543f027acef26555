import { describe, expect, it } from "vitest";

import { cardForWire, fileForWire, placeForWire, readContent } from "../src/model/content.js";
import { safeFileName, sniff } from "../src/model/files.js";
import { linkify, safeWebUrl } from "../src/text/links.js";

const DANGEROUS = [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "java\nscript:alert(1)",
  "java\tscript:alert(1)",
  "\u0001javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)",
  "file:///etc/passwd",
  "blob:https://shop.example/1",
  "https://user:password@evil.example/",
  "//evil.example/",
  "/relative",
  "https:evil",
  "",
];

describe("an address", () => {
  it.each(DANGEROUS)("that is no plain one of the web is refused: %j", (address) => {
    expect(safeWebUrl(address)).toBeUndefined();
    const card = readContent("WEBCARD", JSON.stringify({ title: "t", redirectUrl: address }));
    expect(card).not.toHaveProperty("url");
  });

  it("of the web is taken", () => {
    expect(safeWebUrl("https://shop.example/a b")?.href).toBe("https://shop.example/a%20b");
  });
});

describe("a text", () => {
  it.each<[string, string[]]>([
    ["see https://a.example/x?y=1&z=2.", ["https://a.example/x?y=1&z=2"]],
    ["(https://en.example/wiki/Chair_(furniture))", ["https://en.example/wiki/Chair_(furniture)"]],
    ["链接是https://a.example/订单，谢谢", ["https://a.example/%E8%AE%A2%E5%8D%95"]],
    ["www.a.example and ann@b.example", ["https://www.a.example/", "mailto:ann@b.example"]],
    ["call tel:+47-12345678 or mailto:a@b.example", ["tel:+47-12345678", "mailto:a@b.example"]],
    ["1.5 a.b c@d", []],
    ["nohttps://a.example", []],
    ['"https://a.example/"onmouseover="alert(1)', ["https://a.example/"]],
    ["https://a.example/<script>", ["https://a.example/"]],
    ["https://a.example/\u202egpj.exe", ["https://a.example/"]],
    [DANGEROUS.slice(0, 9).join(" , "), []],
  ])("has its links and stays what it is: %j", (text, links) => {
    const pieces = linkify(text);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    expect(pieces.flatMap(({ href }) => href ?? [])).toEqual(links);
  });

  it("of any kind stays what it is, quickly", () => {
    for (const text of [
      "a@".repeat(20_000),
      "www.".repeat(20_000),
      "https://".repeat(20_000),
      ").".repeat(20_000),
      `https://a.example/${")".repeat(20_000)}`,
    ]) {
      expect(
        linkify(text)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
    }
  });
});

describe("content", () => {
  it("is read in each documented form", () => {
    expect(readContent("IMAGE", "key1")).toEqual({ kind: "file", media: "image", key: "key1" });
    expect(readContent("FILE_VIDEO", "key1, mp4")).toEqual({
      kind: "file",
      media: "video",
      key: "key1",
      type: "mp4",
    });
    expect(readContent("DOCUMENT", "key1", "pdf")).toEqual({
      kind: "file",
      media: "file",
      key: "key1",
      type: "pdf",
    });
    expect(readContent("FILE", "notes.txt,6,key1,txt")).toEqual({
      kind: "file",
      media: "file",
      key: "key1",
      type: "txt",
      name: "notes.txt",
      size: 6,
    });
    expect(readContent("LOCATE", "60.39/5.32/Bergen / Norway")).toEqual({
      kind: "place",
      latitude: 60.39,
      longitude: 5.32,
      label: "Bergen / Norway",
    });
  });

  it.each([
    ["IMAGE", ""],
    ["FILE", "notes.txt"],
    ["WEBCARD", "{"],
    ["WEBCARD", "null"],
    ["LOCATE", "91/0/x"],
    ["LOCATE", "//"],
    ["LOCATE", "a/b/c"],
    ["HOLOGRAM", "x"],
  ])("that makes no sense is shown as such: %s %j", (mediaType, content) => {
    expect(readContent(mediaType, content)).toEqual({ kind: "unknown" });
  });

  it("comes back as it was written", () => {
    const { mediaType, content } = fileForWire("file", "key1", "txt", "a,b.txt", 3);
    expect(readContent(mediaType, content)).toMatchObject({
      name: "a b.txt",
      size: 3,
      key: "key1",
      type: "txt",
    });
    expect(readContent("LOCATE", placeForWire(-1.5, 2, "here"))).toMatchObject({
      latitude: -1.5,
      label: "here",
    });
    const card = readContent("WEBCARD", cardForWire("Chair", "Oak", new URL("https://shop.example/chair")));
    expect(card).toMatchObject({ title: "Chair", description: "Oak" });
  });
});

describe("bytes", () => {
  const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

  it.each([
    ["\x89PNG\r\n\x1a\n", "image/png"],
    ["\xff\xd8\xff\xe0", "image/jpeg"],
    ["GIF89a", "image/gif"],
    ["BM....", "image/bmp"],
    ["RIFF....WEBP", "image/webp"],
    ["\0\0\0\x18ftypmp42", "video/mp4"],
    ["ID3\x04", "audio/mpeg"],
    ["\xff\xfb\x90\x64", "audio/mpeg"],
    ["\xff\xf1\x50\x80", "audio/aac"],
  ])("are what they are: %j", (head, mime) => {
    expect(sniff(bytes(head)).mime).toBe(mime);
  });

  it.each([
    "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "<!doctype html>",
    "%PDF-1.7",
    "PK\x03\x04",
    "",
    "#!/bin/sh",
  ])("that could run something are only bytes: %j", (text) => {
    expect(sniff(bytes(text))).toEqual({ media: "file", mime: "application/octet-stream" });
  });

  it.each([
    ["../../etc/passwd", "_.._etc_passwd"],
    ["..\\evil.exe", "_evil.exe"],
    ["invoice\u202efdp.exe", "invoice_fdp.exe"],
    ["a\0b.txt", "a_b.txt"],
    ["", "file"],
    ["订单.csv", "订单.csv"],
  ])("are saved under a harmless name: %j", (name, safe) => {
    expect(safeFileName(name, "file")).toBe(safe);
  });
});
