/** The inbox: what there is, what is said, and who it is. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Empty, Loading } from "../shell/ui/index.js";
import { sentence } from "../api/problem.js";
import { t } from "../texts/index.js";
import { chosen, conversations, fetchOne, looked } from "./model/book.js";
import { mode, panel } from "./model/open.js";
import { CustomerPanel } from "./ui/customer-panel.js";
import { ListPane } from "./ui/list-pane.js";
import { ThreadPane } from "./ui/thread-pane.js";
import "./css/index.css";

export default function InboxPage(): VNode {
  const { scope, id } = chosen.value;
  return (
    <div class={`inbox${id === undefined ? "" : " has-chosen"}`}>
      <ListPane scope={scope} chosenId={id} />
      {id === undefined ? (
        <div class="thread-pane">
          <Empty icon="chats" title={t("inbox-choose")} />
        </div>
      ) : (
        <Chosen key={id} id={id} />
      )}
    </div>
  );
}

function Chosen({ id }: { id: string }): VNode {
  const conversation = conversations.value.get(id);
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    setProblem(undefined);
    // Nobody is to say by mistake what was meant otherwise in another conversation.
    mode.value = "message";
    fetchOne(id).catch(setProblem);
    looked(id);
    const look = (): void => {
      if (document.visibilityState === "visible") {
        looked(id);
      }
    };
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
    };
  }, [id]);
  if (!conversation) {
    return (
      <div class="thread-pane">
        {problem === undefined ? (
          <Loading label={t("loading")} />
        ) : (
          <Empty icon="alert" title={sentence(problem)} />
        )}
      </div>
    );
  }
  return (
    <>
      <ThreadPane conversation={conversation} />
      {panel.value && <CustomerPanel conversation={conversation} />}
    </>
  );
}
