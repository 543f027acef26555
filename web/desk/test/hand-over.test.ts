import { describe, expect, it } from "vitest";

import { type Conversation, type Item, type Message } from "../src/agent/model/types.js";
import { summaryOf } from "../src/agent/ui/hand-over.js";

const CONVERSATION = { openedAt: 1000, control: "agent" } as Conversation;

function said(kind: Message["author"]["kind"], at: number, content: string): Item {
  const message = { id: `${at}`, seq: at, at, author: { kind }, mediaType: "TEXT", content } as Message;
  return { kind: "message", key: message.id, at, seq: at, message };
}

describe("what was before the agent", () => {
  it("is what was asked of the robot, and the wait until somebody was there", () => {
    const items = [
      said("robot", 1001, "Welcome"),
      said("customer", 1002, "Where is it?"),
      said("robot", 1003, "I do not know"),
      said("customer", 1004, "agent!"),
      said("robot", 2000, "A person comes"),
      said("system", 2001, "Queuing..."),
      said("customer", 3000, "hello?"),
      said("system", 62_000, "Connected"),
      said("agent", 63_000, "Hello"),
      said("customer", 64_000, "At last"),
      said("robot", 65_000, "later"),
    ];
    expect(summaryOf(CONVERSATION, items)).toEqual({
      questions: ["Where is it?", "agent!"],
      answers: 3,
      waited: 60_000,
    });
  });

  it("is nothing without a robot", () => {
    const items = [said("customer", 1002, "Hello"), said("system", 1003, "Connected")];
    expect(summaryOf(CONVERSATION, items)).toMatchObject({ questions: [], answers: 0 });
  });
});
