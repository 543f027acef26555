export { Client, createClient } from "./client.js";
export type {
  ChatOptions,
  ClientOptions,
  Content,
  HistoryOptions,
  PollOptions,
  Satisfaction,
  UploadOptions,
} from "./client.js";
export type { Credentials, CredentialsProvider } from "./credentials.js";
export {
  CredentialsError,
  FrontdeskError,
  NetworkError,
  ProtocolError,
  RefusedError,
  StatusError,
} from "./errors.js";
export { Feed } from "./feed/feed.js";
export type { FeedEvents, FeedOptions } from "./feed/feed.js";
export type { FeedState, Gap, TransportName } from "./feed/item.js";
export type { ChannelLike, LocksLike, TabsEnvironment } from "./feed/tabs.js";
export type { WebSocketConstructor, WebSocketLike } from "./feed/websocket.js";
export type { FetchLike, ProgressListener } from "./http.js";
export { SendQueue } from "./send-queue.js";
export type { Outgoing, SendQueueEvents, SendQueueOptions } from "./send-queue.js";
export { MemoryStorage } from "./storage.js";
export type { KeyValueStorage } from "./storage.js";
export { widgetSession } from "./widget.js";
export type { Visitor, WidgetSessionOptions } from "./widget.js";
export * from "./wire.js";
export type { XhrConstructor } from "./xhr.js";
