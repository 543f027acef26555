/** Tags, and what is kept under keys. */

import { type VNode } from "preact";
import { useState } from "preact/hooks";

import { IconButton, sayProblem } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";

/** Tags that can be taken away and added to. */
export function Tags({
  label,
  tags,
  change,
  isFixed = false,
}: {
  label: string;
  tags: readonly string[];
  change: (tags: string[]) => Promise<void>;
  isFixed?: boolean;
}): VNode {
  const [typed, setTyped] = useState("");
  const add = (): void => {
    const tag = typed.trim();
    setTyped("");
    if (tag !== "" && !tags.includes(tag)) {
      change([...tags, tag]).catch(sayProblem);
    }
  };
  return (
    <div class="small-field">
      <span>{label}</span>
      <div class="tags">
        {tags.map((tag) => (
          <span key={tag} class="tag">
            <bdi>{tag}</bdi>
            {!isFixed && (
              <IconButton
                icon="close"
                small
                label={t("remove-tag", { tag })}
                onClick={() => {
                  change(tags.filter((one) => one !== tag)).catch(sayProblem);
                }}
              />
            )}
          </span>
        ))}
        {!isFixed && (
          <input
            class="tag-input"
            aria-label={`${label}: ${t("add")}`}
            placeholder={t("add-tag")}
            value={typed}
            maxLength={64}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.isComposing) {
                event.preventDefault();
                add();
              } else if (event.key === "Backspace" && typed === "" && tags.length > 0) {
                change(tags.slice(0, -1)).catch(sayProblem);
              }
            }}
            onBlur={add}
          />
        )}
      </div>
    </div>
  );
}

/** Keys and values that can be changed, taken away and added to. */
export function Pairs({
  label,
  pairs,
  change,
  isFixed = false,
}: {
  label: string;
  pairs: Readonly<Record<string, string>>;
  change: (key: string, value: string | null) => Promise<void>;
  isFixed?: boolean;
}): VNode {
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  const [isAdding, setAdding] = useState(false);
  return (
    <div class="small-field">
      <div class="pairs-head">
        <span>{label}</span>
        {!isFixed && (
          <IconButton
            icon="plus"
            small
            label={`${label}: ${t("add")}`}
            aria-expanded={isAdding}
            onClick={() => {
              setAdding(!isAdding);
            }}
          />
        )}
      </div>
      {Object.entries(pairs).map(([name, content]) => (
        <div key={name} class="pair">
          <span class="muted">
            <bdi>{name}</bdi>
          </span>
          <bdi class="grow">{content}</bdi>
          {!isFixed && (
            <IconButton
              icon="close"
              small
              class="on-hover"
              label={t("remove-attribute", { name })}
              onClick={() => {
                change(name, null).catch(sayProblem);
              }}
            />
          )}
        </div>
      ))}
      {isAdding && (
        <form
          class="pair-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (key.trim() !== "") {
              change(key.trim(), value)
                .then(() => {
                  setKey("");
                  setValue("");
                  setAdding(false);
                })
                .catch(sayProblem);
            }
          }}
        >
          <input
            class="input small"
            aria-label={t("key")}
            placeholder={t("key")}
            value={key}
            maxLength={64}
            onInput={(event) => {
              setKey(event.currentTarget.value);
            }}
          />
          <input
            class="input small"
            aria-label={t("value")}
            placeholder={t("value")}
            value={value}
            maxLength={1000}
            onInput={(event) => {
              setValue(event.currentTarget.value);
            }}
          />
          <IconButton type="submit" icon="check" small label={t("save")} />
        </form>
      )}
    </div>
  );
}
