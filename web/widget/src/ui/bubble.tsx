/** One message. Whatever it holds becomes text, or an address that was checked: never HTML. */

import { useState } from "preact/hooks";

import type { CardContent, PlaceContent } from "../model/content.js";
import type { Item } from "../model/transcript.js";
import { LINK, linkify } from "../text/links.js";
import { useSurroundings } from "./context.js";
import { FileView, Picture } from "./files.js";
import { Icon } from "./icons.js";

/** Longest reason that a robot's rating can have, in characters. */
const MOST_WHY = 64;

interface BubbleProps {
  item: Item;
  /** Whether it is the last, so that its questions can still be asked. */
  isCurrent: boolean;
  isRated: boolean;
}

/** One message. */
export function Bubble({ item, isCurrent, isRated }: BubbleProps) {
  const { words, chat } = useSurroundings();
  const { content } = item;
  if (item.isRecalled) {
    return <div class="bubble recalled">{words.text("message-recalled")}</div>;
  }
  switch (content.kind) {
    case "text":
      return (
        <>
          <div class={`bubble${isEmoji(content.text) ? " emoji" : ""}`} dir="auto">
            <Linked text={content.text} />
          </div>
          {isCurrent && item.similar && (
            <ul class="chips" aria-label={words.text("similar")}>
              {item.similar.map((question) => (
                <li key={question}>
                  <button
                    type="button"
                    class="chip"
                    dir="auto"
                    onClick={() => {
                      chat.say(question);
                    }}
                  >
                    {question}
                  </button>
                </li>
              ))}
            </ul>
          )}
          {item.turn !== undefined && !item.similar && <RateRobot item={item} isRated={isRated} />}
        </>
      );
    case "file":
      return <FileView content={content} part={item.progress === "uploading" ? item.part : undefined} />;
    case "card":
      return <Card card={content} />;
    case "place":
      return <Place place={content} />;
    case "unknown":
      return <div class="bubble recalled">{words.text("message-unknown")}</div>;
  }
}

/** A text with its links. */
export function Linked({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((piece, index) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a key={index} href={piece.href} {...LINK}>
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}

function isEmoji(text: string): boolean {
  return (
    text.length <= 16 &&
    /^(?:\p{Extended_Pictographic}(?:\ufe0f|\u200d|\p{Emoji_Modifier})*){1,4}$/u.test(text)
  );
}

function Card({ card: { title, description, url, imageKey } }: { card: CardContent }) {
  const { words } = useSurroundings();
  return (
    <div class="bubble card" dir="auto">
      {imageKey !== undefined && <Picture content={{ kind: "file", media: "image", key: imageKey }} />}
      {title !== "" && <strong>{title}</strong>}
      {description !== "" && <p>{description}</p>}
      {url && (
        <a class="action" href={url.href} {...LINK}>
          <Icon name="link" />
          {words.text("open-link", { host: url.host })}
        </a>
      )}
    </div>
  );
}

function Place({ place: { latitude, longitude, label } }: { place: PlaceContent }) {
  const { words } = useSurroundings();
  const at = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  return (
    <div class="bubble card place">
      <div class="map" aria-hidden="true">
        <Icon name="pin" />
      </div>
      <strong>
        <bdi>{label === "" ? words.text("place") : label}</bdi>
      </strong>
      <p>
        <bdi dir="ltr">{at}</bdi>
      </p>
      <a class="action" href={map} {...LINK}>
        <Icon name="link" />
        {words.text("open-map")}
      </a>
    </div>
  );
}

function RateRobot({ item, isRated }: Omit<BubbleProps, "isCurrent">) {
  const { words, chat } = useSurroundings();
  const [isAsking, setAsking] = useState(false);
  const [why, setWhy] = useState("");
  if (isRated) {
    return <p class="rated">{words.text("rate-thanks")}</p>;
  }
  if (isAsking) {
    const send = (event: Event): void => {
      event.preventDefault();
      if (why.trim() !== "") {
        void chat.rateRobot(item, false, why.trim());
      }
    };
    return (
      <form class="why" onSubmit={send}>
        <input
          aria-label={words.text("rate-why")}
          placeholder={words.text("rate-why")}
          maxLength={MOST_WHY}
          required
          dir="auto"
          value={why}
          ref={(input) => {
            input?.focus();
          }}
          onInput={(event) => {
            setWhy(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") {
              event.preventDefault();
              event.stopPropagation();
              setAsking(false);
            }
          }}
        />
        <button type="submit" class="plain" aria-label={words.text("send")}>
          <Icon name="send" mirrored />
        </button>
      </form>
    );
  }
  return (
    <div class="rate" role="group" aria-label={words.text("rate-question")}>
      <span>{words.text("rate-question")}</span>
      <button
        type="button"
        class="plain small"
        aria-label={words.text("rate-yes")}
        onClick={() => void chat.rateRobot(item, true)}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        class="plain small flipped"
        aria-label={words.text("rate-no")}
        onClick={() => {
          setAsking(true);
        }}
      >
        <Icon name="up" />
      </button>
    </div>
  );
}
