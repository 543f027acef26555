/** What an agent does with a conversation. What the rules refuse is told, and nothing is changed. */

import { post, Problem, remove, segment } from "../../api/index.js";
import { me } from "../../shell/session.js";
import { confirmed, say, sayProblem } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { fetchOne, putAway, refreshOwn } from "./book.js";
import { dialog } from "./open.js";
import { type Conversation } from "./types.js";

const at = (id: string): string => `/agent/conversations/${segment(id)}`;

/** Ends it, once the agent is sure. */
export async function end(conversation: Conversation): Promise<void> {
  const { name } = conversation.customer;
  if (!(await confirmed(t("end-title"), t("end-text", { name }), t("end")))) {
    return;
  }
  await endNow(conversation.id);
}

/** Ends it; asks for what came of it if the channel demands that. */
export async function endNow(id: string): Promise<void> {
  try {
    await post(`${at(id)}/end`);
    say(t("ended-done"));
  } catch (error) {
    if (error instanceof Problem && error.code === "DISPOSITION_REQUIRED") {
      dialog.value = "disposition";
    } else {
      sayProblem(error);
    }
  }
}

/** Passes it on: exactly one of the three. */
export async function transfer(
  id: string,
  to: { queue: string } | { agentId: string } | { robot: true },
): Promise<void> {
  await post(`${at(id)}/transfer`, to);
  say(t("transferred"));
}

/** Asks a colleague in. */
export async function invite(id: string, agentId: string, mode: "consult" | "conference"): Promise<void> {
  await post(`${at(id)}/participants`, { agentId, mode });
  await fetchOne(id);
}

/** Sends a colleague away, or leaves. */
export async function dismiss(id: string, agentId: string): Promise<void> {
  await remove(`${at(id)}/participants/${segment(agentId)}`).catch(sayProblem);
  if (agentId === me.peek()?.agentId) {
    putAway(id);
  } else {
    await fetchOne(id).catch(() => undefined);
  }
}

/** Has the customer asked how it was. */
export async function survey(id: string): Promise<void> {
  try {
    await post(`${at(id)}/survey`);
    say(t("survey-asked"));
  } catch (error) {
    sayProblem(error);
  }
}

/** Ends after-call work. */
export async function finishWrapUp(id: string): Promise<void> {
  try {
    await post(`${at(id)}/wrap-up/end`);
    await refreshOwn();
    putAway(id);
  } catch (error) {
    sayProblem(error);
  }
}

/** Takes a message back. */
export async function recall(id: string, message: string): Promise<boolean> {
  try {
    await post(`${at(id)}/messages/${segment(message)}/recall`);
    return true;
  } catch (error) {
    sayProblem(error);
    return false;
  }
}

/** A supervisor's ways into a conversation. */
export async function supervise(id: string, how: "monitor" | "barge" | "take-over"): Promise<void> {
  try {
    await post(`${at(id)}/${how}`);
    await fetchOne(id);
  } catch (error) {
    sayProblem(error);
  }
}

export async function stopMonitoring(id: string): Promise<void> {
  await remove(`${at(id)}/monitor`).catch(sayProblem);
  await fetchOne(id).catch(() => undefined);
}
