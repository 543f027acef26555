/** What the chat shows. */

import type { FeedState } from "@frontdesk/client";

import type { Item } from "./transcript.js";

/** Who has the conversation. `unknown`: not asked yet; `none`: there never was one. */
export type Phase = "unknown" | "none" | "robot" | "queue" | "agent" | "ended";

/** A question of the survey. */
export interface Survey {
  levels: readonly { key: number; label: string }[];
  asksNps: boolean;
  asksSolved: boolean;
}

/** A form in place of the composer. */
export type Form =
  | { kind: "leave"; why?: "no-agents" | "outside-hours" | "ended-queue" }
  | { kind: "end" }
  | { kind: "survey"; survey: Survey };

/** Everything that is shown. Never changed: another one takes its place. */
export interface ChatState {
  readonly isOpen: boolean;
  /** Whether the customer asked for it, so that the focus goes along. */
  readonly takesFocus: boolean;
  readonly phase: Phase;
  readonly endReason?: string;
  readonly agentName?: string;
  readonly isAgentTyping: boolean;
  readonly connection: FeedState;
  /** When the connection was lost, or not there yet. */
  readonly lostAt?: number;
  readonly items: readonly Item[];
  readonly hasEarlier: boolean;
  readonly earlier: "idle" | "loading" | "failed";
  readonly queue?: { position: number; estimateSeconds: number };
  /** An agent has read the customer's messages up to this time. */
  readonly readAt: number;
  /** Messages after this time were not seen when the chat was opened. */
  readonly unreadFrom?: number;
  readonly unread: number;
  readonly form?: Form;
  /** Texts of the widget, by their names in the locales, that are told once. */
  readonly notice?: { id: string; args?: Record<string, string | number>; isProblem: boolean };
  readonly rated: ReadonlySet<string>;
  readonly isMuted: boolean;
}

/** A change of the state: `undefined` takes something away. */
export type Change = { [Name in keyof ChatState]?: ChatState[Name] | undefined };

/** The state, and who wants to know of it. */
export class Store {
  private readonly listeners = new Set<() => void>();
  private isTold = true;

  constructor(private state: ChatState) {}

  get = (): ChatState => this.state;

  /** Changes something, and tells the listeners soon, once for all changes of a moment. */
  set(change: Change): void {
    this.state = withoutAbsent({ ...this.state, ...change });
    if (this.isTold) {
      this.isTold = false;
      queueMicrotask(() => {
        this.isTold = true;
        for (const listener of [...this.listeners]) {
          listener();
        }
      });
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };
}

function withoutAbsent(state: object): ChatState {
  return Object.fromEntries(
    Object.entries(state).filter(([, value]) => value !== undefined),
  ) as unknown as ChatState;
}
