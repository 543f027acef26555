/** Server-sent events, read from bytes. */

/** One event. */
export interface ServerSentEvent {
  type: string;
  data: string;
  /** Only if this event carries one. */
  id?: string;
}

/** Reads a stream of Server-sent events piece by piece, however it is cut. */
export class EventStreamParser {
  private readonly decoder = new TextDecoder();
  private rest = "";
  private type = "";
  private id: string | undefined;
  private data: string[] = [];

  /** The events that these bytes complete. */
  push(bytes: Uint8Array): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    const text = this.rest + this.decoder.decode(bytes, { stream: true });
    // A line that ends in CR may go on with LF in the next piece.
    const whole = text.endsWith("\r") ? text.length - 1 : text.length;
    const pattern = /\r\n|\n|\r/g;
    let begin = 0;
    for (;;) {
      const match = pattern.exec(text);
      if (!match || match.index >= whole) {
        break;
      }
      const event = this.line(text.slice(begin, match.index));
      begin = match.index + match[0].length;
      if (event) {
        events.push(event);
      }
    }
    this.rest = text.slice(begin);
    return events;
  }

  private line(line: string): ServerSentEvent | undefined {
    if (line === "") {
      return this.dispatch();
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") {
      this.type = value;
    } else if (name === "data") {
      this.data.push(value);
    } else if (name === "id") {
      this.id = value;
    }
    return undefined;
  }

  private dispatch(): ServerSentEvent | undefined {
    const { type, id, data } = this;
    this.type = "";
    this.id = undefined;
    this.data = [];
    if (data.length === 0) {
      return undefined;
    }
    const event = { type: type || "message", data: data.join("\n") };
    return id === undefined ? event : { ...event, id };
  }
}
