/** Files, pictures, recordings and places of a message. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { readContent } from "@frontdesk/widget/model/content.js";
import { LINK } from "@frontdesk/widget/text/links.js";

import { raw, segment } from "../../api/index.js";
import { Button, Icon, sayProblem } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { number } from "../../texts/when.js";
import { type Message } from "../model/types.js";
import { contentName } from "./words.js";

/** Types that a browser shows without running anything of them. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif)|audio\/[\w.+-]+|video\/[\w.+-]+)$/;

/** What a message has besides text. */
export function Attachment({ message }: { message: Message }): VNode {
  const content = readContent(message.mediaType, message.content, message.fileType);
  if (content.kind === "place") {
    const at = `${content.latitude}/${content.longitude}`;
    return (
      <a
        href={`https://www.openstreetmap.org/?mlat=${content.latitude}&mlon=${content.longitude}#map=16/${at}`}
        {...LINK}
        class="file"
      >
        <Icon name="place" />
        {content.label === "" ? t("content-place") : content.label}
      </a>
    );
  }
  if (content.kind !== "file") {
    return <p class="text muted">{t("content-unknown")}</p>;
  }
  return <File message={message} fileKey={content.key} isMedia={content.media !== "file"} />;
}

function File({ message, fileKey, isMedia }: { message: Message; fileKey: string; isMedia: boolean }): VNode {
  const [blob, setBlob] = useState<Blob>();
  const url = useUrl(blob);
  useEffect(() => {
    const abort = new AbortController();
    if (isMedia) {
      fetchFile(fileKey, abort.signal)
        .then(setBlob)
        .catch(() => undefined);
    }
    return () => {
      abort.abort();
    };
  }, [fileKey, isMedia]);
  const name = contentName(message);
  if (url !== undefined && blob && SHOWN.test(blob.type)) {
    if (blob.type.startsWith("image/")) {
      return (
        <a href={url} download={message.fileName ?? name}>
          <img class="picture" src={url} alt={name} />
        </a>
      );
    }
    return blob.type.startsWith("audio/") ? (
      <audio controls src={url} aria-label={name} />
    ) : (
      <video class="picture" controls src={url} aria-label={name} />
    );
  }
  const size = message.fileSize;
  return (
    <div class="file">
      <Icon name="file" />
      <span class="grow">
        <bdi>{name}</bdi>
        {size != null && <span class="muted"> · {number(size / 1024)} KiB</span>}
      </span>
      <Button
        small
        icon="download"
        onClick={() => {
          fetchFile(fileKey)
            .then((found) => {
              save(found, message.fileName ?? name);
            })
            .catch(sayProblem);
        }}
      >
        {t("download")}
      </Button>
    </div>
  );
}

async function fetchFile(key: string, signal?: AbortSignal): Promise<Blob> {
  return (await raw("GET", `/files/${segment(key)}`, { signal })).blob();
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 10_000);
}

function useUrl(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!blob) {
      return undefined;
    }
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
    };
  }, [blob]);
  return url;
}
