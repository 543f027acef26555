/** Where agents write: to the customer, to colleagues, or a note. */

import { type VNode } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";

import { get, post, raw, type Schemas, segment } from "../../api/index.js";
import { Button, Icon, IconButton, sayProblem } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { directory, isSpeaker, refreshDirectory, threadOf } from "../model/book.js";
import { composerWanted, mode } from "../model/open.js";
import { type CannedReply, type Conversation, type Outgoing } from "../model/types.js";

const TYPING_EVERY_MS = 4_000;
const MEDIA: Record<string, string> = { image: "IMAGE", audio: "AUDIO", video: "VIDEO" };

/** Something to choose while writing: a reply, or a colleague. */
interface Suggestion {
  id: string;
  title: string;
  detail: string;
  /** What stands in the field once it is chosen. */
  becomes: string;
}

/** The composer. With `notesOnly` there is nobody to talk to any more. */
export function Composer({
  conversation,
  notesOnly = false,
}: {
  conversation: Conversation;
  notesOnly?: boolean;
}): VNode | null {
  const thread = threadOf(conversation.id);
  const kinds = kindsOf(conversation, notesOnly);
  const kind = kinds.includes(mode.value) ? mode.value : kinds[0];
  const area = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const told = useRef(0);
  const id = useId();
  const text = kind === undefined ? "" : thread.drafts.value[kind];
  const { found, index, setIndex, close } = useSuggestions(conversation.id, kind, text);

  useLayoutEffect(() => {
    const element = area.current;
    if (element) {
      element.style.blockSize = "auto";
      element.style.blockSize = `${Math.min(element.scrollHeight + 2, 220)}px`;
    }
  }, [text, kind]);
  const wanted = composerWanted.value;
  useEffect(() => {
    area.current?.focus();
  }, [wanted, conversation.id]);

  if (kind === undefined) {
    return null;
  }
  const change = (value: string): void => {
    thread.draft(kind, value);
    if (kind === "message" && value !== "" && Date.now() - told.current > TYPING_EVERY_MS) {
      told.current = Date.now();
      post(`/agent/conversations/${segment(conversation.id)}/typing`).catch(() => undefined);
    }
  };
  const send = (): void => {
    const content = text.trim();
    if (content !== "") {
      thread.say({ kind, content, ...(kind === "note" ? { mentions: mentioned(content) } : {}) });
      told.current = 0;
    }
    area.current?.focus();
  };
  const choose = (suggestion: Suggestion): void => {
    change(suggestion.becomes);
    close();
    area.current?.focus();
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.isComposing) {
      return;
    }
    const chosen = found[index];
    if (chosen && event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      choose(chosen);
    } else if (chosen && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      choose(chosen);
    } else if (found.length > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      setIndex((index + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    } else if (found.length > 0 && event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  const attach = (files: FileList | null | undefined): void => {
    for (const one of files ?? []) {
      upload(one)
        .then((stored) => {
          const mediaType = MEDIA[one.type.split("/")[0] ?? ""] ?? "DOCUMENT";
          thread.say({ kind: "message", content: stored.key, mediaType, fileName: one.name });
        })
        .catch(sayProblem);
    }
  };
  return (
    <div
      class={`composer to-${kind}`}
      onDragOver={(event) => {
        event.preventDefault();
      }}
      onDrop={(event) => {
        event.preventDefault();
        if (kind === "message") {
          attach(event.dataTransfer?.files);
        }
      }}
    >
      <div class="composer-kinds" role="group" aria-label={t("composer-kinds")}>
        {kinds.map((name) => (
          <button
            key={name}
            type="button"
            class="composer-kind"
            aria-pressed={name === kind}
            onClick={() => {
              mode.value = name;
              composerWanted.value += 1;
            }}
          >
            <Icon name={name === "note" ? "note" : name === "whisper" ? "ear" : "chat"} />
            {t(`write-${name}`)}
          </button>
        ))}
      </div>
      {found.length > 0 && (
        <ul
          class="suggestions"
          id={`${id}-list`}
          role="listbox"
          aria-label={t(kind === "note" ? "colleagues" : "canned-replies")}
        >
          {found.map((suggestion, place) => (
            <li
              key={suggestion.id}
              id={`${id}-${place}`}
              role="option"
              aria-selected={place === index}
              onMouseDown={(event) => {
                event.preventDefault();
                choose(suggestion);
              }}
            >
              <strong>{suggestion.title}</strong>
              <span class="suggestion-detail" dir="auto">
                {suggestion.detail}
              </span>
            </li>
          ))}
        </ul>
      )}
      <textarea
        ref={area}
        rows={1}
        dir={text === "" ? undefined : "auto"}
        aria-label={t(`write-${kind}-to`, { name: conversation.customer.name })}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={found.length > 0 ? `${id}-list` : undefined}
        aria-activedescendant={found.length > 0 ? `${id}-${index}` : undefined}
        placeholder={t(`write-${kind}-here`)}
        value={text}
        maxLength={4000}
        onInput={(event) => {
          change(event.currentTarget.value);
        }}
        onKeyDown={keys}
        onPaste={(event) => {
          if (kind === "message" && (event.clipboardData?.files.length ?? 0) > 0) {
            event.preventDefault();
            attach(event.clipboardData?.files);
          }
        }}
      />
      <div class="composer-foot">
        {kind === "message" && (
          <>
            <IconButton icon="attach" small label={t("attach")} onClick={() => file.current?.click()} />
            <input
              ref={file}
              type="file"
              class="unseen"
              tabIndex={-1}
              aria-hidden="true"
              multiple
              onChange={(event) => {
                attach(event.currentTarget.files);
                event.currentTarget.value = "";
              }}
            />
            <IconButton
              icon="zap"
              small
              label={t("canned-replies")}
              onClick={() => {
                change("/");
                area.current?.focus();
              }}
            />
          </>
        )}
        <span class="composer-hint">{t(`write-${kind}-hint`)}</span>
        <Button kind="primary" small icon="send" disabled={text.trim() === ""} onClick={send}>
          {t(kind === "note" ? "add-note" : "send")}
        </Button>
      </div>
    </div>
  );
}

function kindsOf(conversation: Conversation, notesOnly: boolean): Outgoing["kind"][] {
  if (notesOnly) {
    return ["note"];
  }
  const isIn = conversation.role != null;
  return [
    ...(isSpeaker(conversation) ? (["message"] as const) : []),
    ...(isIn && ((conversation.participants?.length ?? 0) > 0 || !isSpeaker(conversation))
      ? (["whisper"] as const)
      : []),
    "note" as const,
  ];
}

/** Agents whose names stand in a note behind `@`. */
function mentioned(text: string): string[] {
  return directory
    .peek()
    .colleagues.filter(({ nickname }) => text.includes(`@${nickname}`))
    .map(({ id }) => id);
}

async function upload(file: File): Promise<Schemas["StoredFile"]> {
  const form = new FormData();
  form.append("file", file, file.name);
  return (await (await raw("POST", "/files", { body: form })).json()) as Schemas["StoredFile"];
}

interface Found {
  found: readonly Suggestion[];
  index: number;
  setIndex: (index: number) => void;
  close: () => void;
}

/** What there is to choose for what is written: replies behind `/` at the beginning, colleagues behind `@` in a note. */
function useSuggestions(conversation: string, kind: Outgoing["kind"] | undefined, text: string): Found {
  const [found, setFound] = useState<readonly Suggestion[]>([]);
  const [index, setIndex] = useState(0);
  const [closedAt, setClosedAt] = useState<string>();
  const canned = kind === "message" ? /^\/(\S*)$/.exec(text)?.[1] : undefined;
  const mention = kind === "note" ? /(?:^|\s)@([^\s@]*)$/.exec(text)?.[1] : undefined;

  useEffect(() => {
    setIndex(0);
    if (mention !== undefined) {
      void refreshDirectory().catch(() => undefined);
      return undefined;
    }
    setFound([]);
    if (canned === undefined) {
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      get<Schemas["CannedReplyList"]>("/agent/canned-replies", { q: canned, conversation }, abort.signal)
        .then((answer) => {
          setFound(answer.cannedReplies.slice(0, 8).map(suggestionOf));
        })
        .catch(() => undefined);
    }, 80);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [canned, mention === undefined, conversation]);

  const colleagues =
    mention === undefined
      ? []
      : directory.value.colleagues
          .filter(({ nickname }) => nickname.toLowerCase().startsWith(mention.toLowerCase()))
          .slice(0, 8)
          .map(({ id, nickname, status }) => ({
            id,
            title: nickname,
            detail: t(`status-${status}`),
            becomes: `${text.slice(0, text.length - mention.length)}${nickname} `,
          }));
  const all = mention === undefined ? found : colleagues;
  return {
    found: closedAt === text ? [] : all,
    index: Math.min(index, Math.max(0, all.length - 1)),
    setIndex,
    close: () => {
      setClosedAt(text);
    },
  };
}

function suggestionOf(reply: CannedReply): Suggestion {
  const text = reply.rendered ?? reply.text;
  return { id: reply.id, title: `/${reply.shortcut}`, detail: `${reply.title} — ${text}`, becomes: text };
}
