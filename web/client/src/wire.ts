/**
 * The shapes of the CC-Messaging API as a customer's client sees them. Names are those on the wire, also where they are
 * misspelt there.
 */

/** What a message does to the session. */
export type ControlType = "CONNECT" | "CHAT" | "TRANS2AGENT" | "INPUT" | "DISCONNECT" | "READ";

/** What a message's content is. */
export type MediaType =
  | "TEXT"
  | "IMAGE"
  | "AUDIO"
  | "VIDEO"
  | "FILE"
  | "FILE_IMAGE"
  | "FILE_VIDEO"
  | "WEBCARD"
  | "LOCATE"
  | "DOCUMENT";

/** What a customer may send: everything but documents. */
export type SentMediaType = Exclude<MediaType, "DOCUMENT">;

/** Who wrote a message; in the history the customer is `USER`. */
export type SourceType = "CUSTOMER" | "USER" | "AGENT" | "ROBOT" | "SYSTEM";

/** File types that a customer may upload. */
export type UploadFileType = "jpg" | "jpeg" | "png" | "bmp" | "bpm" | "mp3" | "aac" | "mp4" | "txt" | "csv";

/** File types that a customer may download. */
export type DownloadFileType = UploadFileType | "richtext" | "doc" | "docx" | "pdf" | "zip";

/** The classes of events beside the messages. */
export type EventClass = "read" | "typing" | "queue" | "session" | "self";

/** Body of `send`. */
export interface SendRequest {
  /** The channel's type. */
  channel: "WEB";
  /** The customer's id. */
  from: string;
  /** The channel's Configuration ID. */
  to: string;
  sourceType: "CUSTOMER";
  controlType: ControlType;
  mediaType: SentMediaType;
  /** A text of at most 1,024 bytes, a file id, a place, a card as JSON, or ids joined by commas. */
  content?: string;
  /** Unique, at most 32 characters without a comma. Repeated within 24 h, it repeats the answer and not the message. */
  messageId?: string;
  senderNickname?: string;
  senderAvatar?: string;
}

/** An answer that is nothing but a result. Code `0` is success; every other is a documented business failure. */
export interface ResultAnswer {
  resultCode: string;
  resultDesc: string;
}

/** One message on its way to the customer. */
export interface Message {
  /** The channel's Configuration ID, whoever wrote the message. */
  from: string;
  channel: string;
  /** The customer's id. */
  to: string;
  controlType: "CHAT" | "DISCONNECT" | "READ";
  mediaType: MediaType | null;
  content: string | null;
  /** Up to five similar questions, as a JSON array in a string. */
  simQuestions: string | null;
  senderNickname: string | null;
  senderAvatar: string | null;
  /** When it was stored, in milliseconds since 1970; strictly increases. */
  timestamp: number;
  sourceType: "AGENT" | "ROBOT" | "SYSTEM";
  /** The conversation, `{epoch seconds}-{number}`. */
  callId: string | null;
  robotGender: string | null;
  messageCode: string | null;
  isOfflineStatus: boolean | null;
  /** Number of the robot's turn, which `rateRobot` names. */
  interIdx: string | null;
  contentType: string | null;
  mediaFileType: string | null;
  /** `Y`: the customer is waiting in a queue. */
  queueFlag: string | null;
  handlerType: string | null;
  associationContentId: string | null;
  receiveTime: number | null;
  /** The same as `messageCode`. */
  messageId: string;
  /** The entry's number in the customer's log; grows, with holes. */
  seq: number;
  conversationId: string | null;
  /** Whether this device was sent it before. */
  redelivered: boolean;
}

/** An event beside the messages. */
export interface FeedEvent {
  /** The entry's number in the customer's log; `null` for what is not kept, such as typing. */
  seq: number | null;
  type: EventClass;
  /** When it happened, in milliseconds since 1970. */
  at: number;
  /** What happened, by class. */
  data: Record<string, unknown>;
}

/** Why the server cannot deliver some entries. */
export type GapReason = "EXPIRED" | "EPOCH" | "OVERFLOW";

/** Entries that are no longer delivered; delivery goes on from the oldest that can be. */
export interface WireGap {
  reason: GapReason;
  oldestCursor: string;
}

/** Answer of the acknowledged poll. */
export interface PollAnswer extends ResultAnswer {
  downlinkMessages: Message[];
  nextCursor: string;
  hasMore: boolean;
  gap?: WireGap;
  /** Whether a newer poll of the same device has ended this one. */
  superseded: boolean;
  /** Longest `wait` that the server grants, in seconds. */
  waitMax: number;
  /** How long to wait before the next poll, in milliseconds. */
  pollAfterMs: number;
  serverTime: number;
  events: FeedEvent[];
}

/** Answer of `uploadFileStream`. */
export interface UploadAnswer extends ResultAnswer {
  objectKey?: string;
}

/** Answer of `downloadFileStream`. */
export interface DownloadAnswer extends ResultAnswer {
  /** The bytes in Base64. */
  fileStream?: string;
}

/** Answer of `queryQueueInfo`: for code `0` all numbers, else the result and its text. Times are in seconds. */
export interface QueueInfoAnswer {
  /** `0` waiting; `160021` with an agent; `160022` with the robot; `160004` no session. */
  resultCode: string;
  resultDesc?: string;
  /** The place in the queue; `1` is next. */
  position?: number;
  totalWaitTime?: number;
  currentDeviceWaitTime?: number;
  /** Misspelt as documented. */
  configMaxcWaitTime?: number;
  longestWaitTime?: number;
  estimateWaitTime?: number;
}

/** One message of the history. */
export interface HistoryMessage {
  id: string;
  channel: string;
  senderNickname: string | null;
  senderAvatar: string | null;
  sendTime: number;
  receiveTime: number;
  controlType: ControlType;
  sourceType: SourceType;
  mediaType: MediaType | null;
  content: string | null;
  callId: string | null;
  messageCode: string | null;
  associationContentId: string | null;
  sendStatus: string | null;
  errorMsg: string | null;
  isForwarded: boolean;
  forwardTime: number | null;
  contentDealType: string | null;
}

/** Answer of `queryHistoryChatMessage`, newest first. */
export interface HistoryAnswer extends ResultAnswer {
  messageList: HistoryMessage[];
}

/** Answer of `getsatisfactionsurveymode`. */
export interface SurveyModeAnswer extends ResultAnswer {
  satisfactionSurvey?: {
    surveyType: "WEB" | "NO";
    satisfactionLevel: { satisfactionLevelKey: string; satisfactionLevelDesc: string }[];
    satisfactionQuestion: ("FCR" | "NPS" | "CSAT")[];
  };
}

/** Answer of `queryPhraseByKeyword`. */
export interface PhraseAnswer {
  /** At most five questions, the likeliest first. */
  question: string[];
  resultCode: string;
  resultDesc?: string;
}

/** Whether an answer's code is that of success. */
export function isSuccess(answer: { resultCode: string }): boolean {
  return answer.resultCode === "0";
}
