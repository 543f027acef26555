/** What a customer can do. */

import { type Client, type SendQueue, isSuccess } from "@frontdesk/client";

import type { Attachments } from "./attachments.js";
import { cardForWire, placeForWire } from "./content.js";
import type { MemoryKeeper } from "./memory.js";
import type { Change, ChatState, Form, Phase, Store, Survey } from "./state.js";
import type { Item, Transcript } from "./transcript.js";

/** What a customer can do. None of it fails: what goes wrong is shown. */
export interface Actions {
  say(text: string): void;
  /** Shares a page of the shop. */
  sayCard(title: string, description: string, url: URL): void;
  sayPlace(latitude: number, longitude: number, label: string): void;
  sendFiles(files: readonly File[]): void;
  retry(item: Item): void;
  discard(item: Item): void;
  /** The customer is typing. */
  typing(): void;
  /** Questions that fit what is being typed. */
  suggest(typed: string, locale: string): Promise<string[]>;
  /** Asks for a person. */
  transfer(): Promise<void>;
  startAgain(): Promise<void>;
  /** Ends the conversation. */
  end(): Promise<void>;
  /** Whether it was taken. */
  leaveMessage(contact: string, message: string): Promise<boolean>;
  askSurvey(): Promise<void>;
  /** Whether it was taken. */
  rate(level: number, more: { nps?: number; isSolved?: boolean; comment?: string }): Promise<boolean>;
  rateRobot(item: Item, isSatisfied: boolean, why?: string): Promise<boolean>;
  loadEarlier(): Promise<void>;
  /** Everything that was said, oldest first. */
  everything(): Promise<readonly Item[]>;
  setForm(form: Form | undefined): void;
  setMuted(isMuted: boolean): void;
  setNotice(notice: ChatState["notice"]): void;
}

/** What actions work on. */
export interface Parts {
  client: Client;
  outbox: SendQueue;
  transcript: Transcript;
  store: Store;
  attachments: Attachments;
  memory(): MemoryKeeper | undefined;
  show: () => void;
  connect(): Promise<void>;
  refresh(): Promise<void>;
  setPhase(phase: Phase, more?: Change): void;
  setMuted(isMuted: boolean): void;
}

const PAGE = 50;
/** Most pages of a transcript: five thousand messages. */
const MOST_PAGES = 50;
const TYPING_TOLD_MS = 4_000;
const OUTSIDE_HOURS = "12";

/** The actions on a chat. */
export function actionsOf(parts: Parts): Actions {
  const { client, outbox, transcript, store, attachments, show } = parts;
  let typedAt = 0;

  const problem = (id: string): void => {
    store.set({ notice: { id, isProblem: true } });
  };

  const earlierPage = async (): Promise<boolean> => {
    const before = transcript.oldestAt;
    const page = await client.history({
      limit: PAGE,
      ...(before === undefined ? {} : { endTime: before - 1 }),
    });
    transcript.remember(page.messageList);
    const hasEarlier = page.messageList.length === PAGE;
    store.set({ hasEarlier });
    return hasEarlier;
  };

  const actions: Actions = {
    say: (text) => {
      typedAt = 0;
      store.set({ unreadFrom: undefined });
      outbox.chat(text);
    },
    sayCard: (title, description, url) => {
      outbox.chat({ mediaType: "WEBCARD", content: cardForWire(title, description, url) });
    },
    sayPlace: (latitude, longitude, label) => {
      outbox.chat({ mediaType: "LOCATE", content: placeForWire(latitude, longitude, label) });
    },
    sendFiles: (files) => {
      for (const file of files) {
        attachments.send(file).catch((error: unknown) => {
          const reason = error instanceof Error && "reason" in error ? String(error.reason) : "file-failed";
          store.set({ notice: { id: reason, args: { name: file.name }, isProblem: true } });
        });
      }
    },
    retry: (item) => {
      if (item.clientId !== undefined && !attachments.retry(item.clientId)) {
        outbox.retry(item.clientId);
      }
    },
    discard: (item) => {
      if (item.clientId !== undefined) {
        attachments.discard(item.clientId);
        outbox.discard(item.clientId);
      }
      transcript.discard(item.key);
      show();
    },
    typing: () => {
      const now = Date.now();
      if (store.get().phase === "agent" && now - typedAt > TYPING_TOLD_MS) {
        typedAt = now;
        client.typing().catch(() => undefined);
      }
    },
    suggest: async (typed, locale) => {
      try {
        const { question, resultCode } = await client.phrases(typed, locale);
        return resultCode === "0" ? question.slice(0, 5) : [];
      } catch {
        return [];
      }
    },
    transfer: async () => {
      try {
        const { resultCode } = await client.transferToAgent();
        if (resultCode === "0") {
          return;
        }
        await parts.refresh();
        const { phase } = store.get();
        if (phase !== "agent" && phase !== "queue") {
          const why = resultCode === OUTSIDE_HOURS ? "outside-hours" : "no-agents";
          store.set({ form: { kind: "leave", why } });
        }
      } catch {
        problem("person-failed");
      }
    },
    startAgain: async () => {
      try {
        store.set({ form: undefined });
        await parts.connect();
      } catch {
        problem("failed-try-again");
      }
    },
    end: async () => {
      try {
        const wasServed = store.get().phase === "agent";
        store.set({ form: undefined });
        await client.disconnect();
        parts.setPhase("ended", { endReason: "closed" });
        if (wasServed) {
          await actions.askSurvey();
        }
      } catch {
        problem("failed-try-again");
      }
    },
    leaveMessage: async (contact, message) => {
      try {
        if (!isSuccess(await client.leaveMessage(contact, message))) {
          return false;
        }
        store.set({ form: undefined, notice: { id: "leave-done", isProblem: false } });
        await parts.refresh();
        return true;
      } catch {
        return false;
      }
    },
    askSurvey: async () => {
      const survey = await surveyOf(client).catch(() => undefined);
      if (survey) {
        store.set({ form: { kind: "survey", survey } });
      }
    },
    rate: async (evaluation, { nps, isSolved, comment }) => {
      try {
        const answer = await client.saveSatisfaction({
          evaluation,
          ...(nps === undefined ? {} : { npsScore: nps }),
          ...(isSolved === undefined ? {} : { solved: isSolved }),
          ...(comment === undefined || comment === "" ? {} : { comment }),
        });
        if (!isSuccess(answer)) {
          return false;
        }
        store.set({ form: undefined, notice: { id: "survey-thanks", isProblem: false } });
        return true;
      } catch {
        return false;
      }
    },
    rateRobot: async (item, isSatisfied, why) => {
      const { code, turn } = item;
      if (code === undefined || turn === undefined) {
        return false;
      }
      try {
        const answer = await client.rateRobot(turn, isSatisfied, why);
        // A conversation that is over is rated no more; there is nothing that the customer could do.
        const memory = parts.memory();
        const robot = memory?.get().robot ?? {};
        memory?.set({ robot: { ...robot, [code]: { ...robot[code], isRated: true } } });
        store.set({ rated: new Set([...store.get().rated, code]) });
        return isSuccess(answer);
      } catch {
        problem("failed-try-again");
        return false;
      }
    },
    loadEarlier: async () => {
      if (store.get().earlier === "loading") {
        return;
      }
      store.set({ earlier: "loading" });
      try {
        await earlierPage();
        store.set({ earlier: "idle" });
      } catch {
        store.set({ earlier: "failed" });
      }
      show();
    },
    everything: async () => {
      for (let page = 0; page < MOST_PAGES && store.get().hasEarlier; page += 1) {
        if (!(await earlierPage())) {
          break;
        }
      }
      show();
      return transcript.list;
    },
    setForm: (form) => {
      store.set({ form });
    },
    setMuted: (isMuted) => {
      parts.setMuted(isMuted);
      store.set({ isMuted });
    },
    setNotice: (notice) => {
      store.set({ notice });
    },
  };
  return actions;
}

/** What the customer is to be asked; nothing where the channel asks nothing. */
async function surveyOf(client: Client): Promise<Survey | undefined> {
  const { satisfactionSurvey } = await client.surveyMode();
  if (satisfactionSurvey?.surveyType !== "WEB") {
    return undefined;
  }
  const levels = satisfactionSurvey.satisfactionLevel
    .map(({ satisfactionLevelKey, satisfactionLevelDesc }) => ({
      key: Number(satisfactionLevelKey),
      label: satisfactionLevelDesc,
    }))
    .sort((a, b) => a.key - b.key);
  const asks = satisfactionSurvey.satisfactionQuestion;
  return { levels, asksNps: asks.includes("NPS"), asksSolved: asks.includes("FCR") };
}
