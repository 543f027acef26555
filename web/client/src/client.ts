/** The calls of one customer's client. */

import { fromBase64, randomName, toBase64 } from "./bytes.js";
import { type Credentials, type CredentialsProvider, type Lease, Session } from "./credentials.js";
import { FrontdeskError, RefusedError, StatusError } from "./errors.js";
import { Feed, type FeedOptions } from "./feed/feed.js";
import type { WebSocketConstructor } from "./feed/websocket.js";
import {
  Endpoint,
  type FetchLike,
  type HttpAnswer,
  type HttpRequest,
  type ProgressListener,
} from "./http.js";
import { SendQueue, type SendQueueOptions } from "./send-queue.js";
import {
  type ControlType,
  type DownloadAnswer,
  type DownloadFileType,
  type EventClass,
  type HistoryAnswer,
  type PhraseAnswer,
  type PollAnswer,
  type QueueInfoAnswer,
  type ResultAnswer,
  type SendRequest,
  type SentMediaType,
  type SurveyModeAnswer,
  type UploadAnswer,
  type UploadFileType,
  isSuccess,
} from "./wire.js";
import type { XhrConstructor } from "./xhr.js";

/** How a client is made. */
export interface ClientOptions {
  /** The server's address, such as `https://desk.example`. */
  url: string;
  /** Gives credentials; see `widgetSession` for pages without a back end. */
  credentials: CredentialsProvider;
  /** Used in place of the global `fetch`. */
  fetch?: FetchLike;
  /** Used in place of the global `WebSocket`, which Node has from version 22 on. `null`: never use WebSocket. */
  WebSocket?: WebSocketConstructor | null;
  /**
   * What uploads are sent with whose progress is asked for; browsers have it. Where `fetch` is given and this is not,
   * `fetch` sends them, without telling how far it is.
   */
  XMLHttpRequest?: XhrConstructor;
}

/** How a file is stored. */
export interface UploadOptions {
  /** Told how much has gone out; at least once, at the end. */
  progress?: ProgressListener;
  signal?: AbortSignal;
}

/** What is said: a text, or something else than a text. */
export type Content = string | { mediaType: SentMediaType; content: string };

/** More about a message. */
export interface ChatOptions {
  /** Unique, at most 32 characters without a comma; made if absent. Repeated within 24 h, nothing is said twice. */
  messageId?: string;
  /** The customer's display name. */
  nickname?: string;
  /** Address of the customer's picture. */
  avatar?: string;
  signal?: AbortSignal;
}

/** Which part of the history is asked for. */
export interface HistoryOptions {
  /** At most this many; 100 if absent. */
  limit?: number;
  /** Leave out this many of the newest; 0 if absent. */
  offset?: number;
  /** Only from this time on, in milliseconds since 1970. */
  startTime?: number;
  /** Only up to this time, in milliseconds since 1970. */
  endTime?: number;
}

/** A rating of the agent. */
export interface Satisfaction {
  /** 1 (worst) to 5 (best). */
  evaluation: number;
  comment?: string;
  /** How likely the customer recommends the company, 0 to 9. */
  npsScore?: number;
  /** Whether the matter was solved. */
  solved?: boolean;
}

/** What an acknowledged poll asks for. */
export interface PollOptions {
  /** Acknowledges everything before it. Empty: where the device stands. */
  cursor: string;
  deviceId?: string;
  /** How long the server may hold, in seconds. */
  wait?: number;
  /** At most this many entries, 1 to 100; the server's own number if absent. */
  limit?: number;
  events?: readonly EventClass[];
  signal?: AbortSignal | undefined;
}

const BASE = "/apiaccess/ccmessaging";
/** How much longer than its hold a poll may take, in milliseconds. */
const POLL_SLACK_MS = 15_000;
/** How long a file may take to go out, in milliseconds. */
const UPLOAD_MS = 300_000;

/** One customer's client. */
export class Client {
  /** The server. */
  readonly endpoint: Endpoint;
  /** What WebSockets are made with, if any. */
  readonly WebSocket: WebSocketConstructor | undefined;
  private readonly session: Session;

  constructor(options: ClientOptions) {
    const xhr = options.XMLHttpRequest ?? (options.fetch ? undefined : globalXhr());
    this.endpoint = new Endpoint(options.url, options.fetch, xhr);
    this.session = new Session(options.credentials);
    const known = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
    this.WebSocket = options.WebSocket === null ? undefined : (options.WebSocket ?? known);
  }

  /** The credentials as they stand. */
  async credentials(): Promise<Credentials> {
    return (await this.session.current()).credentials;
  }

  /** Opens a conversation with the robot or a queue. Repeated while it is open, it changes nothing. */
  connect(): Promise<ResultAnswer> {
    return this.send({ controlType: "CONNECT" });
  }

  /** Says something. */
  chat(content: Content, options: ChatOptions = {}): Promise<ResultAnswer> {
    const said = typeof content === "string" ? { mediaType: "TEXT" as const, content } : content;
    const { messageId = randomName(), nickname, avatar, signal } = options;
    return this.send(
      {
        controlType: "CHAT",
        ...said,
        messageId,
        ...(nickname === undefined ? {} : { senderNickname: nickname }),
        ...(avatar === undefined ? {} : { senderAvatar: avatar }),
      },
      signal,
    );
  }

  /** Asks for a human. */
  transferToAgent(): Promise<ResultAnswer> {
    return this.send({ controlType: "TRANS2AGENT" });
  }

  /** Ends the conversation. */
  disconnect(): Promise<ResultAnswer> {
    return this.send({ controlType: "DISCONNECT" });
  }

  /** Says that the customer is typing. */
  typing(): Promise<ResultAnswer> {
    return this.send({ controlType: "INPUT" });
  }

  /** Says which messages the customer has read, by their `messageId`. */
  read(messageIds: readonly string[]): Promise<ResultAnswer> {
    return this.send({ controlType: "READ", content: messageIds.join(",") });
  }

  /** Sends anything. What every message has in common is filled in. */
  async send(
    message: { controlType: ControlType } & Partial<SendRequest>,
    signal?: AbortSignal,
  ): Promise<ResultAnswer> {
    const { userId, channelId } = await this.credentials();
    const json: SendRequest = {
      channel: "WEB",
      from: userId,
      to: channelId,
      sourceType: "CUSTOMER",
      mediaType: "TEXT",
      ...message,
    };
    return (await this.post(`${BASE}/send`, json, signal)) as ResultAnswer;
  }

  /** Stores a file and gives its id, for a message's content. */
  async upload(
    fileType: UploadFileType,
    bytes: Blob | ArrayBuffer | Uint8Array,
    options: UploadOptions = {},
  ): Promise<string> {
    const buffer = bytes instanceof Blob ? await bytes.arrayBuffer() : bytes;
    const fileStream = toBase64(buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer));
    const json = { fileType, fileStream, channel: "WEB" };
    const { progress, signal } = options;
    const path = `${BASE}/uploadFileStream`;
    const request = { method: "POST", path, json, signal, progress, timeoutMs: UPLOAD_MS } as const;
    const answer = (await this.call(request)).json as UploadAnswer;
    const key = demand(answer, answer.objectKey);
    progress?.(fileStream.length, fileStream.length);
    return key;
  }

  /** The bytes of a file out of a message, whose content is its id. */
  async download(fileId: string, fileType: DownloadFileType): Promise<Uint8Array<ArrayBuffer>> {
    const json = { fileId, fileType, channel: "WEB" };
    const answer = (await this.post(`${BASE}/downloadFileStream`, json)) as DownloadAnswer;
    return fromBase64(demand(answer, answer.fileStream));
  }

  /** Where the customer stands in the queue. */
  async queueInfo(): Promise<QueueInfoAnswer> {
    const { userId, channelId } = await this.credentials();
    const json = { userId, channelConfigId: channelId, channel: "WEB" };
    return (await this.post(`${BASE}/queryQueueInfo`, json)) as QueueInfoAnswer;
  }

  /** Earlier messages, newest first. */
  async history(options: HistoryOptions = {}): Promise<HistoryAnswer> {
    const { userId, channelId } = await this.credentials();
    const { limit = 100, offset = 0, startTime, endTime } = options;
    const json = {
      channelId,
      userId,
      channel: "WEB",
      limit: String(limit),
      offset: String(offset),
      startTime: startTime?.toString(),
      endTime: endTime?.toString(),
    };
    return (await this.post(`${BASE}/queryHistoryChatMessage`, json)) as HistoryAnswer;
  }

  /** Leaves a message with a number to call back, and gives up the conversation. */
  async leaveMessage(caller: string, message: string): Promise<ResultAnswer> {
    const { userId } = await this.credentials();
    // Documented so: `callId` is the customer's id, in spite of the name.
    const json = { callId: userId, caller, leaveMessage: message, channel: "WEB" };
    return (await this.post(`${BASE}/doLeaveMessage`, json)) as ResultAnswer;
  }

  /** What the customer is to be asked about the agent, in this language (`en_US`, `zh_CN`, …) or their own. */
  async surveyMode(language?: string): Promise<SurveyModeAnswer> {
    return (await this.post(`${BASE}/getsatisfactionsurveymode`, { language })) as SurveyModeAnswer;
  }

  /** Rates the agent; to be done before disconnecting. */
  async saveSatisfaction(rating: Satisfaction): Promise<ResultAnswer> {
    const { userId, channelId } = await this.credentials();
    const { evaluation, comment = "", npsScore, solved } = rating;
    const json = {
      channel: "WEB",
      userId,
      channelConfigId: channelId,
      evaluation: String(evaluation),
      comment,
      npsScore: npsScore?.toString(),
      fcrValue: solved === undefined ? undefined : solved ? "1" : "2",
    };
    return (await this.post(`${BASE}/saveSatisfaction`, json)) as ResultAnswer;
  }

  /** Rates the robot's answer with this `interIdx`. Who is not satisfied has to say why, in at most 64 characters. */
  async rateRobot(interIdx: string, satisfied: boolean, comment?: string): Promise<ResultAnswer> {
    const { userId } = await this.credentials();
    const json = { feedback: satisfied ? 1 : 0, feedbackContent: comment, from: userId, interIdx };
    return (await this.post(`${BASE}/v1/robot/feedbacksatisfaction`, json)) as ResultAnswer;
  }

  /** Questions that begin like what the customer types, in this language (`en`, `zh_CN`, …). */
  async phrases(typed: string, locale: string): Promise<PhraseAnswer> {
    const json = { strContent: typed, locale, channel: "WEB" };
    return (await this.post(`${BASE}/queryPhraseByKeyword`, json)) as PhraseAnswer;
  }

  /** Says that everything up to a cursor was received. A feed does this by itself. */
  async ack(cursor: string, deviceId?: string, signal?: AbortSignal): Promise<ResultAnswer> {
    return (await this.post(`${BASE}/ack`, { cursor, deviceId }, signal, true)) as ResultAnswer;
  }

  /** One acknowledged poll. A feed does this by itself. */
  async poll(options: PollOptions): Promise<PollAnswer> {
    const { cursor, deviceId, wait = 0, events = [], signal } = options;
    const query = feedQuery(cursor, deviceId, events);
    query.set("wait", String(wait));
    if (options.limit !== undefined) {
      query.set("limit", String(options.limit));
    }
    const timeoutMs = wait * 1_000 + POLL_SLACK_MS;
    const path = `${BASE}/poll?${query.toString()}`;
    return (await this.call({ method: "GET", path, timeoutMs, signal })).json as PollAnswer;
  }

  /** The body of the stream of Server-sent events. A feed reads it by itself. */
  async stream(options: Omit<PollOptions, "wait">, timeoutMs: number): Promise<ReadableStream<Uint8Array>> {
    const query = feedQuery(options.cursor, options.deviceId, options.events ?? []);
    const path = `${BASE}/stream?${query.toString()}`;
    const headers = { accept: "text/event-stream" };
    const response = await this.authorized(
      { method: "GET", path, headers, timeoutMs, signal: options.signal },
      (r) => this.endpoint.open(r),
    );
    if (!response.body) {
      throw new FrontdeskError("UNSUPPORTED", "this environment cannot read answers as they come");
    }
    return response.body;
  }

  /** Everything that the customer receives, in order and each once, however the network behaves. */
  feed(options: FeedOptions = {}): Feed {
    return new Feed(this, options);
  }

  /** Messages on their way out: shown at once, sent in order, tried again without saying anything twice. */
  sendQueue(options: SendQueueOptions = {}): SendQueue {
    return new SendQueue(this, options);
  }

  private async post(path: string, json: unknown, signal?: AbortSignal, keepalive = false): Promise<unknown> {
    return (await this.call({ method: "POST", path, json, signal, keepalive })).json;
  }

  private call(request: HttpRequest): Promise<HttpAnswer> {
    return this.authorized(request, (complete) => this.endpoint.call(complete));
  }

  /** Calls with the current credentials; once more with new ones if the server refuses them. */
  private async authorized<T extends { headers: Headers }>(
    request: HttpRequest,
    send: (complete: HttpRequest) => Promise<T>,
  ): Promise<T> {
    const lease = await this.session.current();
    try {
      return await this.attempt(request, send, lease);
    } catch (error) {
      if (!(error instanceof StatusError && error.status === 401)) {
        throw error;
      }
      return this.attempt(request, send, await this.session.afterRefusal(lease));
    }
  }

  private async attempt<T extends { headers: Headers }>(
    request: HttpRequest,
    send: (complete: HttpRequest) => Promise<T>,
    lease: Lease,
  ): Promise<T> {
    const { appKey, accessToken, ccmessagingToken } = lease.credentials;
    const headers = {
      ...request.headers,
      "x-app-key": appKey,
      authorization: `Bearer ${accessToken}`,
      "ccmessaging-token": ccmessagingToken,
    };
    const answer = await send({ ...request, headers });
    const renewed = answer.headers.get("ccmessaging-token");
    if (renewed !== null) {
      this.session.adopt(lease, renewed);
    }
    return answer;
  }
}

/** A customer's client. */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}

function globalXhr(): XhrConstructor | undefined {
  return (globalThis as { XMLHttpRequest?: XhrConstructor }).XMLHttpRequest;
}

function feedQuery(
  cursor: string,
  deviceId: string | undefined,
  events: readonly EventClass[],
): URLSearchParams {
  const query = new URLSearchParams({ cursor });
  if (deviceId !== undefined) {
    query.set("deviceId", deviceId);
  }
  if (events.length > 0) {
    query.set("events", events.join(","));
  }
  return query;
}

function demand<T>(answer: ResultAnswer, wanted: T | undefined): T {
  if (!isSuccess(answer) || wanted === undefined) {
    throw new RefusedError(answer.resultCode, answer.resultDesc);
  }
  return wanted;
}
