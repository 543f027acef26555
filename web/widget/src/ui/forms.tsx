/** Forms in place of the composer: leaving a message, ending, rating. */

import { type ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Form, Survey } from "../model/state.js";
import { useSurroundings } from "./context.js";

/** Longest texts of the forms, in characters. */
const MOST_CONTACT = 100;
const MOST_MESSAGE = 500;
const MOST_COMMENT = 512;

interface SheetProps {
  title: string;
  submit: string;
  dismiss: string;
  isBusy: boolean;
  canSubmit?: boolean;
  send: () => void;
  leave: () => void;
  children?: ComponentChildren;
}

/** A form that takes the composer's place, and the focus while it is there. */
function Sheet({ title, submit, dismiss, isBusy, canSubmit = true, send, leave, children }: SheetProps) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("input, textarea, button")?.focus();
  }, []);
  return (
    <form
      ref={form}
      class="sheet"
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          leave();
        }
      }}
    >
      <h3>{title}</h3>
      {children}
      <div class="buttons">
        <button type="button" class="quiet" onClick={leave}>
          {dismiss}
        </button>
        <button type="submit" class="main" disabled={isBusy || !canSubmit}>
          {submit}
        </button>
      </div>
    </form>
  );
}

/** A message for later, and how to be reached. */
export function LeaveForm({ why }: { why: Extract<Form, { kind: "leave" }>["why"] }) {
  const { words, chat } = useSurroundings();
  const [contact, setContact] = useState("");
  const [message, setMessage] = useState("");
  const { isBusy, hasFailed, run } = useSubmit(() => chat.leaveMessage(contact.trim(), message.trim()));
  return (
    <Sheet
      title={words.text("leave-title")}
      submit={words.text("leave-send")}
      dismiss={words.text("cancel")}
      isBusy={isBusy}
      send={run}
      leave={() => {
        chat.setForm(undefined);
      }}
    >
      {why && <p>{words.text(why)}</p>}
      <label>
        {words.text("leave-contact")}
        <input
          required
          dir="auto"
          autocomplete="tel"
          maxLength={MOST_CONTACT}
          value={contact}
          onInput={(event) => {
            setContact(event.currentTarget.value);
          }}
        />
      </label>
      <label>
        {words.text("leave-message")}
        <textarea
          required
          dir="auto"
          rows={3}
          maxLength={MOST_MESSAGE}
          value={message}
          onInput={(event) => {
            setMessage(event.currentTarget.value);
          }}
        />
      </label>
      {hasFailed && <Failed />}
    </Sheet>
  );
}

/** Whether the customer really wants to leave. */
export function EndForm() {
  const { words, chat } = useSurroundings();
  const { isBusy, run } = useSubmit(async () => {
    await chat.end();
    return true;
  });
  return (
    <Sheet
      title={words.text("end-title")}
      submit={words.text("end-confirm")}
      dismiss={words.text("cancel")}
      isBusy={isBusy}
      send={run}
      leave={() => {
        chat.setForm(undefined);
      }}
    >
      <p>{words.text("end-text")}</p>
    </Sheet>
  );
}

/** Mouths, from the worst level to the best. */
const MOUTHS = [
  "M8 17.2c1-1.9 2.4-2.7 4-2.7s3 .8 4 2.7",
  "M8.5 16.5c1-1 2.1-1.4 3.5-1.4s2.5.4 3.5 1.4",
  "M8.5 15.5h7",
  "M8.3 14.8c1 1.1 2.2 1.6 3.7 1.6s2.7-.5 3.7-1.6",
  "M7.8 14h8.4c-.5 2.3-2.1 3.6-4.2 3.6s-3.7-1.3-4.2-3.6z",
];
const NPS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

function Face({ level }: { level: number }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" focusable="false">
      <path d="M12 21.5a9.5 9.5 0 1 0 0-19 9.5 9.5 0 0 0 0 19ZM9 9.3v.9M15 9.3v.9" />
      <path d={MOUTHS[level - 1] ?? ""} class={level === MOUTHS.length ? "filled" : ""} />
    </svg>
  );
}

/** How it was. */
export function SurveyForm({ survey, agentName }: { survey: Survey; agentName: string | undefined }) {
  const { words, chat } = useSurroundings();
  const [level, setLevel] = useState<number | undefined>(undefined);
  const [nps, setNps] = useState<number | undefined>(undefined);
  const [isSolved, setSolved] = useState<boolean | undefined>(undefined);
  const [comment, setComment] = useState("");
  const { isBusy, hasFailed, run } = useSubmit(() =>
    level === undefined
      ? Promise.resolve(false)
      : chat.rate(level, {
          comment: comment.trim(),
          ...(nps === undefined ? {} : { nps }),
          ...(isSolved === undefined ? {} : { isSolved }),
        }),
  );
  const title =
    agentName === undefined ? words.text("survey-title") : words.text("survey-with", { name: agentName });
  return (
    <Sheet
      title={title}
      submit={words.text("survey-send")}
      dismiss={words.text("survey-skip")}
      isBusy={isBusy}
      canSubmit={level !== undefined}
      send={run}
      leave={() => {
        chat.setForm(undefined);
      }}
    >
      <fieldset class="faces">
        <legend class="unseen">{words.text("survey-level")}</legend>
        {survey.levels.map(({ key, label }) => (
          <label key={key} title={label}>
            <input
              type="radio"
              name="level"
              aria-label={label}
              checked={level === key}
              onChange={() => {
                setLevel(key);
              }}
            />
            <span aria-hidden="true">
              <Face level={key} />
            </span>
          </label>
        ))}
      </fieldset>
      <p class="level" aria-hidden="true">
        {survey.levels.find(({ key }) => key === level)?.label ?? "\u00a0"}
      </p>
      {level !== undefined && (
        <>
          {survey.asksSolved && (
            <fieldset class="pick">
              <legend>{words.text("survey-solved")}</legend>
              {[true, false].map((answer) => (
                <label key={String(answer)}>
                  <input
                    type="radio"
                    name="solved"
                    checked={isSolved === answer}
                    onChange={() => {
                      setSolved(answer);
                    }}
                  />
                  <span>{words.text(answer ? "yes" : "no")}</span>
                </label>
              ))}
            </fieldset>
          )}
          {survey.asksNps && (
            <fieldset class="pick nps">
              <legend>{words.text("survey-nps")}</legend>
              {NPS.map((score) => (
                <label key={score}>
                  <input
                    type="radio"
                    name="nps"
                    checked={nps === score}
                    onChange={() => {
                      setNps(score);
                    }}
                  />
                  <span>{score}</span>
                </label>
              ))}
              <p>
                <small>{words.text("survey-nps-least")}</small>
                <small>{words.text("survey-nps-most")}</small>
              </p>
            </fieldset>
          )}
          <textarea
            aria-label={words.text("survey-comment")}
            placeholder={words.text("survey-comment")}
            dir="auto"
            rows={2}
            maxLength={MOST_COMMENT}
            value={comment}
            onInput={(event) => {
              setComment(event.currentTarget.value);
            }}
          />
        </>
      )}
      {hasFailed && <Failed />}
    </Sheet>
  );
}

function Failed() {
  const { words } = useSurroundings();
  return (
    <p class="over" role="alert">
      {words.text("failed-try-again")}
    </p>
  );
}

/** Sends once at a time, and knows whether it went wrong. */
function useSubmit(submit: () => Promise<boolean>) {
  const [isBusy, setBusy] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const run = (): void => {
    if (!isBusy) {
      setBusy(true);
      setFailed(false);
      void submit().then((isTaken) => {
        setBusy(false);
        setFailed(!isTaken);
      });
    }
  };
  return { isBusy, hasFailed, run };
}
