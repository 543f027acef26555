import type { FeedEvent, HistoryMessage, Message, Outgoing } from "@frontdesk/client";
import { describe, expect, it } from "vitest";

import { Transcript } from "../src/model/transcript.js";

const NOW = 1_795_402_690_000;

function message(code: string, at: number, content: string, more: Partial<Message> = {}): Message {
  return {
    messageId: code,
    timestamp: NOW + at,
    content,
    mediaType: "TEXT",
    sourceType: "AGENT",
    controlType: "CHAT",
    senderNickname: "Alex",
    simQuestions: null,
    mediaFileType: null,
    interIdx: null,
    ...more,
  } as Message;
}

function remembered(code: string, at: number, content: string, sourceType = "USER"): HistoryMessage {
  const sendTime = NOW + at;
  return {
    id: code,
    sendTime,
    content,
    mediaType: "TEXT",
    sourceType,
    senderNickname: null,
  } as HistoryMessage;
}

function self(code: string, clientId: string | null, at: number, content: string): FeedEvent {
  const data = { messageCode: code, messageId: clientId, mediaType: "TEXT", content };
  return { seq: at, type: "self", at: NOW + at, data };
}

function outgoing(messageId: string, content: string, status: Outgoing["status"], at = 0): Outgoing {
  return { messageId, content, status, at: NOW + at };
}

function shown(transcript: Transcript): string[] {
  return transcript.list.map(({ content, progress, code }) =>
    [content.kind === "text" ? content.text : content.kind, progress ?? "", code ?? "-"]
      .join(" ")
      .replace("  ", " "),
  );
}

describe("a transcript", () => {
  it("shows what came twice once, in the order of the log, however it came", () => {
    const transcript = new Transcript();
    transcript.receive(message("c", 30, "three"));
    transcript.remember([remembered("b", 20, "two"), remembered("a", 10, "one", "ROBOT")]);
    expect(transcript.receive(message("a", 10, "one", { sourceType: "ROBOT" }))).toBeUndefined();
    expect(shown(transcript)).toEqual(["one a", "two sent b", "three c"]);
  });

  it("keeps what is on its way behind all else until the log says where it is", () => {
    const transcript = new Transcript();
    transcript.outgoing(outgoing("m1", "hello", "sending"));
    transcript.receive(message("a", 50, "hi"));
    expect(shown(transcript)).toEqual(["hi a", "hello sending -"]);
    transcript.outgoing(outgoing("m1", "hello", "sent"));
    transcript.confirm(self("b", "m1", 20, "hello"));
    expect(shown(transcript)).toEqual(["hello sent b", "hi a"]);
    expect(transcript.list[0]?.key).toBe("m1");
  });

  it("recognises in the history what was said and not answered", () => {
    const transcript = new Transcript();
    transcript.outgoing(outgoing("m1", "hello", "sending"));
    transcript.remember([remembered("a", 5, "hello")]);
    expect(shown(transcript)).toEqual(["hello sending a"]);
    transcript.confirm(self("a", "m1", 5, "hello"));
    expect(shown(transcript)).toEqual(["hello sent a"]);
  });

  it("is not misled by somebody who says the same twice", () => {
    const transcript = new Transcript();
    transcript.outgoing(outgoing("m1", "ok", "sending"));
    // What the history has was said on another device.
    transcript.remember([remembered("a", 5, "ok")]);
    transcript.confirm(self("b", "m1", 9, "ok"));
    transcript.confirm(self("a", "other", 5, "ok"));
    expect(shown(transcript)).toEqual(["ok sent a", "ok sent b"]);
  });

  it("does not lose what the history gave away when the log says otherwise", () => {
    const transcript = new Transcript();
    transcript.outgoing(outgoing("m1", "ok", "sending"));
    transcript.outgoing(outgoing("m2", "ok", "sending"));
    transcript.remember([remembered("a", 5, "ok")]);
    transcript.confirm(self("a", "m2", 5, "ok"));
    expect(shown(transcript)).toEqual(["ok sent a", "ok sending -"]);
    transcript.confirm(self("b", "m1", 7, "ok"));
    expect(shown(transcript)).toEqual(["ok sent a", "ok sent b"]);
  });

  it("forgets the log of another life and keeps what is on its way", () => {
    const transcript = new Transcript();
    transcript.receive(message("a", 1, "old"));
    transcript.outgoing(outgoing("m1", "new", "sending"));
    transcript.restart();
    expect(shown(transcript)).toEqual(["new sending -"]);
  });

  it("says that a message failed, and takes it away on demand", () => {
    const transcript = new Transcript();
    transcript.outgoing({ ...outgoing("m1", "hello", "failed"), reason: "BUSY" });
    expect(transcript.list[0]).toMatchObject({ progress: "failed", reason: "BUSY" });
    transcript.outgoing(outgoing("m1", "hello", "sending"));
    expect(transcript.list[0]).not.toHaveProperty("reason");
    transcript.discard("m1");
    expect(transcript.list).toEqual([]);
  });

  it("keeps similar questions and turns, and erases what is taken back", () => {
    const transcript = new Transcript();
    const questions = JSON.stringify(["How much?", 7, "How long?"]);
    transcript.remember([remembered("a", 1, "Which?", "ROBOT")]);
    transcript.receive(
      message("a", 1, "Which?", { sourceType: "ROBOT", simQuestions: questions, interIdx: "2" }),
    );
    expect(transcript.list[0]).toMatchObject({ similar: ["How much?", "How long?"], turn: "2" });
    transcript.recall("a");
    expect(transcript.list[0]).toMatchObject({ isRecalled: true, content: { text: "" } });
    expect(transcript.list[0]).not.toHaveProperty("similar");
  });

  it("finds the newest message that an agent has read, by either id", () => {
    const transcript = new Transcript();
    transcript.outgoing(outgoing("m1", "one", "sent"));
    transcript.confirm(self("a", "m1", 5, "one"));
    transcript.remember([remembered("b", 9, "two")]);
    expect(transcript.newestOf(["m1", "b", "unknown"])?.code).toBe("b");
    expect(transcript.newestOf(["unknown"])).toBeUndefined();
  });

  it("shows every message once and in order, whatever comes in whichever order", () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (let round = 0; round < 200; round += 1) {
      const transcript = new Transcript();
      const steps: (() => void)[] = [];
      for (let n = 0; n < 12; n += 1) {
        const [code, id, text] = [`c${n}`, `m${n}`, `text ${n % 3}`];
        if (n % 2 === 0) {
          transcript.outgoing(outgoing(id, text, "sending", n));
          steps.push(
            () => {
              transcript.confirm(self(code, id, n, text));
            },
            () => {
              transcript.remember([remembered(code, n, text)]);
            },
            () => {
              transcript.outgoing(outgoing(id, text, "sent", n));
            },
          );
        } else {
          steps.push(
            () => {
              transcript.receive(message(code, n, text));
            },
            () => {
              transcript.remember([remembered(code, n, text, "AGENT")]);
            },
          );
        }
      }
      while (steps.length > 0) {
        steps.splice(random(steps.length), 1)[0]?.();
      }
      expect(transcript.list.map(({ code }) => code)).toEqual(Array.from({ length: 12 }, (_, n) => `c${n}`));
    }
  });
});
