/** A page of a company that receives with the SDK and shows to the tests what came. */

import { createClient, widgetSession } from "/sdk/index.js";

const parameters = new URLSearchParams(window.location.search);
const url = parameters.get("server");
const session = widgetSession({ url, channelId: "1011577355744904195" });
const client = createClient({ url, credentials: session });
const feed = client.feed({ transports: parameters.get("transports").split(",") });

window.tab = {
  userId: undefined,
  texts: [],
  get transport() {
    return feed.state.status === "online" ? feed.state.transport : undefined;
  },
  async toAgent() {
    window.tab.userId = (await client.credentials()).userId;
    await client.connect();
    await client.transferToAgent();
  },
};
feed.on("message", ({ sourceType, senderNickname, content }) => {
  if (sourceType === "AGENT" && senderNickname === "Alex") {
    window.tab.texts.push(content);
  }
});
