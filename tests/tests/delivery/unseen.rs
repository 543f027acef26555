//! What is said among colleagues, and who reads along, leaves no trace on the customer's side.

use frontdesk_server::config::Settings;
use frontdesk_tests::kit::receivers::{Inbox, Receiver, Transport, Wish, receive_until};
use serde_json::json;

use super::scene::{Scene, settings};

const SECRETS: [&str; 4] = ["psst", "Sam", "Kim", "monitor"];

/// The last head that a stream told.
fn head_of(inbox: &Inbox) -> Option<u64> {
    inbox.heads.last()?["seq"].as_u64()
}

async fn next_head(receiver: &mut dyn Receiver, inbox: &mut Inbox) -> Option<u64> {
    // One may be on its way already.
    let enough = inbox.heads.len() + 2;
    receive_until(receiver, inbox, "a head", |inbox| inbox.heads.len() >= enough).await;
    head_of(inbox)
}

async fn history(scene: &Scene) -> (String, Vec<String>) {
    let body = json!({
        "userId": scene.customer.user, "channelId": frontdesk_tests::kit::CHANNEL, "limit": "100",
        "offset": "0", "channel": "WEB",
    });
    let answer = scene.customer.call("queryHistoryChatMessage", body).await;
    let listed = answer.json.to_string();
    let contents = listed.split("\"content\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    let contents: Vec<String> = contents.map(str::to_owned).collect();
    assert!(!contents.is_empty(), "{}", answer.text);
    (answer.text, contents)
}

#[tokio::test]
async fn whispers_and_monitors_reach_no_customer_by_any_way() {
    let scene = Scene::with(Settings { stream_heartbeat_ms: 50, ..settings() }).await;
    let (kim, sam) = (scene.server.agent("102").await, scene.server.agent("201").await);
    kim.declare("busy").await;
    scene.customer.polled("wait=0").await;
    let mut everybody: Vec<(Transport, Box<dyn Receiver>, Inbox)> = Vec::new();
    for transport in Transport::ALL {
        let wish = Wish { need_read: true, ..Wish::of_device(&format!("{transport:?}")) };
        let wish = wish.with_events("read,typing,queue,session,self");
        let wish = if transport == Transport::Classic { wish } else { wish.at(&scene.head().await) };
        everybody.push((transport, transport.open(&scene.customer, &wish).await, Inbox::default()));
    }
    let mut heads = Vec::new();
    for (_, receiver, inbox) in everybody.iter_mut().filter(|(way, ..)| Transport::STREAMS.contains(way)) {
        heads.push(next_head(&mut **receiver, inbox).await);
    }
    let (cursor, (_, said)) = (scene.head().await, history(&scene).await);

    let (conversation, psst) = (&scene.conversation, json!({ "text": "psst" }));
    sam.acts(conversation, "monitor", json!({})).await;
    sam.acts(conversation, "whisper", psst.clone()).await;
    let invitation = json!({ "agentId": "102", "mode": "consult" });
    scene.agent.acts(conversation, "participants", invitation).await;
    kim.acts(conversation, "whisper", psst.clone()).await;
    scene.agent.acts(conversation, "whisper", psst).await;
    for who in [&kim, &sam] {
        for verb in ["typing", "read"] {
            assert_eq!(who.act(conversation, verb, json!({})).await.problem().0, 409, "{verb}");
        }
    }
    assert_eq!(kim.undo(conversation, "participants/102").await.status, 204);
    assert_eq!(sam.undo(conversation, "monitor").await.status, 204);
    sam.acts(conversation, "monitor", json!({})).await;

    assert_eq!(scene.head().await, cursor, "the log seems not to have grown");
    assert_eq!(history(&scene).await.1, said);
    for (_, receiver, inbox) in everybody.iter_mut().filter(|(way, ..)| Transport::STREAMS.contains(way)) {
        assert_eq!(next_head(&mut **receiver, inbox).await, heads.remove(0));
    }
    scene.say("Here I am again").await;
    for (transport, receiver, inbox) in &mut everybody {
        let what = format!("the agent's word over {transport:?}");
        receive_until(&mut **receiver, inbox, &what, |inbox| !inbox.messages.is_empty()).await;
        assert_eq!(inbox.texts(), ["Here I am again"], "{transport:?}");
        assert!(inbox.events.is_empty(), "{transport:?}: {:?}", inbox.events);
        let all = format!("{inbox:?}");
        assert!(SECRETS.iter().all(|secret| !all.contains(secret)), "{transport:?}: {all}");
    }
    let (text, contents) = history(&scene).await;
    assert_eq!(contents.len(), said.len() + 1);
    assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
}
