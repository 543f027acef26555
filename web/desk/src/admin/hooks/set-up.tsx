/** Setting up a web hook. */

import { type VNode } from "preact";
import { useState } from "preact/hooks";

import { sentence } from "../../api/problem.js";
import {
  Button,
  Check,
  confirmed,
  Dialog,
  Notice,
  say,
  SelectField,
  TextArea,
  TextField,
} from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { at, changeItem, isItem, type Item, readItem, textOf } from "../config.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const KEY_LETTERS = 43;

/** A push key that nobody has had before. */
function freshKey(): string {
  let key = "";
  while (key.length < KEY_LETTERS) {
    const bytes = crypto.getRandomValues(new Uint8Array(KEY_LETTERS));
    // The last eight values would make some letters more likely than others.
    key += Array.from(bytes, (byte) => (byte < 248 ? LETTERS[byte % LETTERS.length] : "")).join("");
  }
  return key.slice(0, KEY_LETTERS);
}

/** A secret of Standard Webhooks that nobody has had before. */
function freshSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

/** Where it goes and how the receiver knows that it is us. Secrets that are there are not shown, and stay. */
export function SetUp({ id, item, onClose }: { id: string; item: Item; onClose: () => void }): VNode {
  const push = isItem(item["push"]) ? item["push"] : undefined;
  const isOauth = isItem(at(push ?? {}, "verification.oauth"));
  const [given, setGiven] = useState({
    url: textOf(push?.["base_url"]),
    way: isOauth ? "oauth" : "signature",
    key: "",
    appKey: textOf(at(push ?? {}, "verification.oauth.app_key")),
    appSecret: "",
    secrets: "",
    isPrivate: push?.["allow_private"] === true,
  });
  const [problem, setProblem] = useState<string>();
  const set = (change: Partial<typeof given>): void => {
    setGiven({ ...given, ...change });
  };
  const change = async (to: Item): Promise<void> => {
    setProblem(undefined);
    try {
      const { tag } = await readItem("channels", id);
      await changeItem("channels", id, to, tag);
      say(t("now-saved"));
      onClose();
    } catch (error) {
      setProblem(sentence(error));
    }
  };
  // A key belongs to its address: at another one, or to be verified in another way, it has to be given again.
  const isSame =
    push !== undefined &&
    given.url.trim() === textOf(push["base_url"]) &&
    (given.way === "oauth") === isOauth;
  const isComplete =
    given.url.trim() !== "" && (isSame || (given.way === "oauth" ? given.appSecret : given.key) !== "");
  const save = (): Promise<void> => {
    const verification =
      given.way === "oauth"
        ? {
            oauth: {
              app_key: given.appKey.trim(),
              ...(given.appSecret !== "" && { app_secret: given.appSecret }),
            },
          }
        : { signature: given.key === "" ? {} : { push_key: given.key.trim() } };
    const secrets = given.secrets.trim();
    return change({
      push: {
        // Without an address what is not given stays.
        ...(isSame ? {} : { ...push, base_url: given.url.trim() }),
        verification,
        allow_private: given.isPrivate,
        ...(secrets !== "" && { webhook_secrets: secrets.split(/\s+/) }),
      },
    });
  };
  const off = async (): Promise<void> => {
    if (await confirmed(t("hook-switch-off"), t("hook-switch-off-sure"), t("hook-switch-off"))) {
      await change({ push: null });
    }
  };
  return (
    <Dialog
      title={t("hook-set-up")}
      onClose={onClose}
      wide
      footer={
        <>
          {push && (
            <Button kind="danger" onClick={() => void off()}>
              {t("hook-switch-off")}
            </Button>
          )}
          <span class="grow" />
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button kind="primary" disabled={!isComplete} onClick={() => void save()}>
            {t("save")}
          </Button>
        </>
      }
    >
      {problem !== undefined && (
        <Notice tone="danger" icon="alert">
          {problem}
        </Notice>
      )}
      <TextField
        label={t("hook-address")}
        hint={t("hook-address-hint")}
        type="url"
        placeholder="https://shop.example"
        value={given.url}
        onValue={(url) => {
          set({ url });
        }}
      />
      <SelectField
        label={t("hook-way")}
        value={given.way}
        options={["signature", "oauth"].map((value) => ({ value, label: t(`hook-way-${value}`) }))}
        onValue={(way) => {
          set({ way });
        }}
      />
      {given.way === "signature" ? (
        <>
          <TextField
            label={t("hook-key")}
            hint={t(isSame ? "hook-key-hint" : "hook-key-needed")}
            autocomplete="off"
            spellcheck={false}
            maxLength={KEY_LETTERS}
            value={given.key}
            onValue={(key) => {
              set({ key });
            }}
          />
          <div>
            <Button
              small
              icon="key"
              onClick={() => {
                set({ key: freshKey() });
              }}
            >
              {t("hook-key-new")}
            </Button>
          </div>
        </>
      ) : (
        <>
          <TextField
            label={t("hook-app-key")}
            value={given.appKey}
            onValue={(appKey) => {
              set({ appKey });
            }}
          />
          <TextField
            label={t("hook-app-secret")}
            type="password"
            autocomplete="new-password"
            hint={isSame ? t("secret-stays") : undefined}
            value={given.appSecret}
            onValue={(appSecret) => {
              set({ appSecret });
            }}
          />
        </>
      )}
      <TextArea
        label={t("hook-secrets")}
        hint={t("hook-secrets-hint")}
        rows={2}
        spellcheck={false}
        value={given.secrets}
        onValue={(secrets) => {
          set({ secrets });
        }}
      />
      <div>
        <Button
          small
          icon="key"
          onClick={() => {
            set({ secrets: [given.secrets.trim(), freshSecret()].filter(Boolean).join("\n") });
          }}
        >
          {t("hook-secret-new")}
        </Button>
      </div>
      <Check
        label={t("hook-private")}
        checked={given.isPrivate}
        onValue={(isPrivate) => {
          set({ isPrivate });
        }}
      />
    </Dialog>
  );
}
