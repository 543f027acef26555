/** What the agents' part works with. */

import { type Schemas } from "../../api/index.js";

export type Conversation = Schemas["Conversation"];
export type Message = Schemas["Message"];
export type Note = Schemas["Note"];
export type FeedEvent = Schemas["FeedEvent"];
export type Directory = Schemas["Directory"];
export type CannedReply = Schemas["CannedReply"];
export type OwnStatus = Schemas["OwnStatus"];
export type Customer = Schemas["CustomerProfile"];

/** The lists of conversations. */
export const SCOPES = ["mine", "waiting", "all", "ended"] as const;
export type Scope = (typeof SCOPES)[number];

/** How it stands with something that the agent writes. */
export type SendState = "sending" | "waiting" | "failed" | "asked";

/** Something that the agent wrote and that the server does not have yet. */
export interface Outgoing {
  /** The id under which it is sent, however often. */
  id: string;
  at: number;
  kind: "message" | "note" | "whisper";
  mediaType: string;
  content: string;
  fileName?: string;
  mentions?: string[];
  state: SendState;
  /** Why it failed. */
  why?: string;
  /** Up to where the conversation was seen when it was written. */
  lastSeen?: number;
}

/** Something in a conversation, in the order of its log. */
export type Item =
  | { kind: "message"; key: string; at: number; seq: number; message: Message }
  | { kind: "note"; key: string; at: number; seq: number; note: Note }
  | { kind: "event"; key: string; at: number; seq: number; text: string; name: string }
  | { kind: "outgoing"; key: string; at: number; seq: number; outgoing: Outgoing }
  | { kind: "day"; key: string; at: number; seq: number };

/** An offer that is open. */
export interface Offer {
  conversation: Conversation;
  until: number;
}
