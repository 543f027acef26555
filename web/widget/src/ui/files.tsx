/** Pictures, sounds, films and files of messages. */

import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { FileContent } from "../model/content.js";
import { safeFileName, sizeText } from "../model/files.js";
import type { Media } from "../model/media.js";
import { useSurroundings } from "./context.js";
import { Icon } from "./icons.js";
import { save } from "./save.js";

type Loading = { state: "idle" | "loading" | "failed" } | { state: "there"; media: Media };

/** The bytes of a file, once they are wanted. */
function useBytes({ key, media, type }: FileContent): [Loading, () => Promise<Media | undefined>] {
  const { chat } = useSurroundings();
  const [loading, setLoading] = useState<Loading>({ state: "idle" });
  const load = async (): Promise<Media | undefined> => {
    setLoading({ state: "loading" });
    try {
      const found = await chat.media(key, media, type);
      setLoading({ state: "there", media: found });
      return found;
    } catch {
      setLoading({ state: "failed" });
      return undefined;
    }
  };
  return [loading, load];
}

/** A file, as what it is. `part`: how much of it has gone out. */
export function FileView({ content, part }: { content: FileContent; part?: number | undefined }) {
  const progress =
    part === undefined ? null : <progress value={part} max={1} aria-label={content.name ?? ""} />;
  switch (content.media) {
    case "image":
      return (
        <div class="bubble media">
          <Picture content={content} />
          {progress}
        </div>
      );
    case "audio":
    case "video":
      return (
        <div class="bubble media">
          <Film content={content} />
          {progress}
        </div>
      );
    case "file":
      return (
        <div class="bubble file">
          <Download content={content} />
          {progress}
        </div>
      );
  }
}

/** A picture: fetched when it comes into view, and shown in full size on demand. */
export function Picture({ content }: { content: FileContent }) {
  const { words } = useSurroundings();
  const [loading, load] = useBytes(content);
  const [isLarge, setLarge] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element || loading.state !== "idle") {
      return;
    }
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) {
        observer.disconnect();
        void load();
      }
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  if (loading.state === "there" && loading.media.media !== "image") {
    return <Download content={content} />;
  }
  return (
    <div class="picture" ref={place}>
      {loading.state === "there" ? (
        <button
          type="button"
          aria-label={words.text("image-open")}
          onClick={() => {
            setLarge(true);
          }}
        >
          <Drawn media={loading.media} name={content.name ?? words.text("image")} />
        </button>
      ) : loading.state === "failed" ? (
        <button type="button" class="link" onClick={() => void load()}>
          {words.text("download-failed")} {words.text("load")}
        </button>
      ) : (
        <span class="waiting" />
      )}
      {isLarge && loading.state === "there" && (
        <Lightbox
          media={loading.media}
          name={content.name ?? words.text("image")}
          close={() => {
            setLarge(false);
          }}
        />
      )}
    </div>
  );
}

/** Where the page's policy forbids pictures from `blob:`, a canvas shows the same. */
function Drawn({ media, name }: { media: Media; name: string }) {
  const [isForbidden, setForbidden] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (isForbidden) {
      void createImageBitmap(media.blob).then((bitmap) => {
        const element = canvas.current;
        if (element) {
          element.width = bitmap.width;
          element.height = bitmap.height;
          element.getContext("2d")?.drawImage(bitmap, 0, 0);
        }
      });
    }
  }, [isForbidden]);
  return isForbidden ? (
    <canvas ref={canvas} role="img" aria-label={name} />
  ) : (
    <img
      src={media.url}
      alt={name}
      onError={() => {
        setForbidden(true);
      }}
    />
  );
}

function Lightbox({ media, name, close }: { media: Media; name: string; close: () => void }) {
  const { words } = useSurroundings();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="lightbox"
      aria-label={name}
      onClose={close}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          // The browser closes this one; the chat must not close with it.
          event.stopPropagation();
        }
      }}
      onCancel={(event) => {
        event.stopPropagation();
      }}
      onClick={() => dialog.current?.close()}
    >
      <button type="button" class="plain" aria-label={words.text("close")}>
        <Icon name="close" />
      </button>
      <Drawn media={media} name={name} />
    </dialog>
  );
}

/** A sound or a film: fetched when it is wanted. What the browser or the page's policy does not play can be saved. */
function Film({ content }: { content: FileContent }) {
  const { words } = useSurroundings();
  const [loading, load] = useBytes(content);
  const [isForbidden, setForbidden] = useState(false);
  const label = content.name ?? words.text(content.media);
  if (loading.state !== "there") {
    return (
      <button
        type="button"
        class="attached"
        onClick={() => void load()}
        disabled={loading.state === "loading"}
      >
        <span class="kind">
          <Icon name="play" />
        </span>
        <span>
          <strong>
            <bdi>{label}</bdi>
          </strong>
          <small>{words.text(loading.state === "failed" ? "download-failed" : "load")}</small>
        </span>
      </button>
    );
  }
  const { media, url } = loading.media;
  const forbid = (): void => {
    setForbidden(true);
  };
  if (isForbidden || (media !== "audio" && media !== "video")) {
    return <Download content={content} />;
  }
  return media === "audio" ? (
    <audio controls src={url} aria-label={label} onError={forbid} />
  ) : (
    <video controls playsInline src={url} aria-label={label} onError={forbid} />
  );
}

/** A file to be saved. It is never opened: what it is cannot be trusted. */
function Download({ content }: { content: FileContent }) {
  const { words } = useSurroundings();
  const [loading, load] = useBytes(content);
  const name = content.name ?? words.text("file");
  const extension = content.type?.replace(/[^a-z0-9]/gi, "").slice(0, 8) ?? "";
  const fetchIt = async (): Promise<void> => {
    const media = await load();
    if (media) {
      save(media.url, safeFileName(content.name ?? `file.${extension || "bin"}`, "file"));
    }
  };
  const details = [
    extension.toUpperCase(),
    content.size === undefined ? "" : sizeText(content.size, words.locale),
  ].filter((part) => part !== "");
  return (
    <button
      type="button"
      class="attached"
      aria-label={words.text("download", { name })}
      disabled={loading.state === "loading"}
      onClick={() => void fetchIt()}
    >
      <span class="kind">
        <Icon name="file" />
      </span>
      <span>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <small>
          {loading.state === "failed"
            ? words.text("download-failed")
            : details.map((detail, index) => (
                <Fragment key={detail}>
                  {index > 0 && " · "}
                  <bdi>{detail}</bdi>
                </Fragment>
              ))}
        </small>
      </span>
      <Icon name="download" />
    </button>
  );
}
