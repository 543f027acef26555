// A customer's client in Node: asks a question and shows what comes back.
//
//   frontdesk serve --demo
//   npm run build && node examples/node.mjs http://127.0.0.1:8080 "How long does delivery take?"
import { createClient } from "@frontdesk/client";

const [url = "http://127.0.0.1:8080", question = "How long does delivery take?"] = process.argv.slice(2);
const userId = "ann";
const channelId = "1011577355744904195";
const appKey = "demo-app";

// This part belongs on your server: the secret never leaves it. In a page without a back end, use widgetSession.
async function credentials() {
  const post = async (path, headers, body) => {
    const init = { method: "POST", headers: { "content-type": "application/json", ...headers } };
    const response = await fetch(url + path, { ...init, body: JSON.stringify(body) });
    return response.json();
  };
  const secret = { app_key: appKey, app_secret: "demo-secret" };
  const { AccessToken: accessToken } = await post("/apigovernance/api/oauth/tokenByAkSk", {}, secret);
  const headers = { "x-app-key": appKey, authorization: `Bearer ${accessToken}` };
  const applicant = { userId, userName: "Ann", channelId, locale: "en" };
  const { token: ccmessagingToken } = await post("/apiaccess/ccmessaging/applyToken", headers, applicant);
  return { appKey, accessToken, ccmessagingToken, userId, channelId };
}

const client = createClient({ url, credentials });
const feed = client.feed({ deviceId: "example", start: "latest" });
await new Promise((resolve) => {
  feed.on("state", ({ status }) => status === "online" && resolve());
});

await client.connect();
await client.chat(question);

for await (const message of feed) {
  console.log(`${message.senderNickname ?? message.sourceType}: ${message.content}`);
  if (message.interIdx !== null) {
    // The robot has answered.
    break;
  }
}
await feed.close();
await client.disconnect();
