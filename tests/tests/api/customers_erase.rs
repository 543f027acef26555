//! Pain 22 of systems of this kind: nothing is ever deleted, and files stay behind.

use frontdesk_core::access::BuiltInRole;
use frontdesk_core::id::{ChannelId, TenantId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::FileRecord;
use frontdesk_tests::kit::{CHANNEL, Server, eventually, hide};
use serde_json::{Value, json};

use super::customers::{asking, id, profile};

/// One black pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

#[tokio::test]
async fn pain_22_who_is_erased_is_gone_from_logs_files_search_and_lists() {
    let server = Server::start().await;
    let (alex, sam, admin) =
        (server.online("101").await, server.agent("201").await, server.agent("901").await);
    let customer = asking(&server, "u-77", "my code is zebra").await;
    let upload = json!({ "fileType": "png", "fileStream": PNG, "channel": "WEB" });
    let file = customer.call("uploadFileStream", upload).await.json["objectKey"].as_str().unwrap().to_owned();
    let conversation = alex.only_conversation().await;
    alex.say(&conversation, "a zebra, I see").await;
    alex.acts(&conversation, "notes", json!({ "text": "owns a zebra" })).await;
    let labels = json!({ "tags": ["zebra"], "attributes": { "animal": "zebra" } });
    alex.http.patch(&format!("/api/v1/agent/conversations/{conversation}"), labels).await;
    let left =
        json!({ "callId": "u-77", "caller": "13800000000", "leaveMessage": "zebra", "channel": "WEB" });
    customer.call("doLeaveMessage", left).await;
    let known = profile(&sam, "u-77").await;
    let path = format!("/api/v1/customers/{}", id(&known));
    sam.http.patch(&path, json!({ "name": "Zebra Ann", "note": "zebra" })).await;
    let finds = async || {
        let found = sam.http.get("/api/v1/search?q=zebra").await;
        found.json["results"].as_array().unwrap().len()
    };
    eventually("all of it in the index", async || (finds().await == 4).then_some(())).await;

    let open = admin.http.post(&format!("{path}/erase"), Value::Null).await;
    assert_eq!(open.problem(), (409, "CONVERSATION_OPEN", None));
    alex.acts(&conversation, "end", Value::Null).await;
    let report = admin.http.post(&format!("{path}/erase"), Value::Null).await;
    assert_eq!(report.status, 200, "{}", report.text);
    let counted = hide(&report.json, &["at", "messages", "indexed", "traces", "remains"]);
    assert_eq!(
        counted,
        json!({
            "id": id(&known), "at": "[at]", "by": "901", "identities": 1, "messages": "[messages]", "indexed": "[indexed]",
            "files": 1, "tickets": 1, "deliveries": 0, "traces": "[traces]", "labelled": 1, "remains": "[remains]",
        })
    );
    assert!(report.json["indexed"].as_u64() >= Some(4), "{}", report.text);
    assert_eq!(report.json["remains"].as_array().unwrap().len(), 2, "{}", report.text);

    assert_eq!(finds().await, 0);
    let list = sam.http.get("/api/v1/customers").await;
    let ended = sam.http.get("/api/v1/agent/conversations?scope=ended").await;
    let messages = sam.http.get(&format!("/api/v1/agent/conversations/{conversation}/messages")).await;
    let notes = sam.http.get(&format!("/api/v1/agent/conversations/{conversation}/notes")).await;
    let tickets = sam.http.get("/api/v1/agent/tickets").await;
    for shown in [list, ended, messages, notes, tickets] {
        assert_eq!(shown.status, 200);
        for secret in ["zebra", "Zebra", "u-77", "13800000000"] {
            assert!(!shown.text.contains(secret), "{secret} in {}", shown.text);
        }
    }
    let stored = format!("{:?}", serde_json::to_string(&server.stored("u-77").await).unwrap());
    assert!(
        !stored.contains("zebra") && stored.contains("Assigned") | stored.contains("assigned"),
        "{stored}"
    );
    let (tenant, channel) = (TenantId::new("demo").unwrap(), ChannelId::new(CHANNEL).unwrap());
    let log = LogId::of_customer(&tenant, &channel, &UserId::new("u-77").unwrap());
    let (_, number) = server.parts.sealer.open(frontdesk_core::seal::Sealed::File, &file).unwrap();
    let blob = FileRecord::blob_name(log, number);
    assert!(server.parts.blobs.get(&blob).await.unwrap().is_none(), "the bytes are gone");
    assert_eq!(sam.http.get(&format!("/api/v1/files/{file}")).await.status, 404);

    // Who comes again begins anew, and finds nothing of before.
    let again = asking(&server, "u-77", "hello again").await;
    let history = json!({
        "userId": "u-77", "channelId": CHANNEL, "limit": "100", "offset": "0", "channel": "WEB",
    });
    let history = again.call("queryHistoryChatMessage", history).await;
    assert!(!history.text.contains("zebra") && history.text.contains("hello again"), "{}", history.text);
    assert_eq!(profile(&sam, "u-77").await["name"], "u-77");
}

#[tokio::test]
async fn files_are_removed_although_the_process_died_in_between() {
    let server = Server::start().await;
    let (_alex, sam, admin) =
        (server.online("101").await, server.agent("201").await, server.agent("901").await);
    let customer = asking(&server, "u-77", "hello").await;
    let upload = json!({ "fileType": "png", "fileStream": PNG, "channel": "WEB" });
    customer.call("uploadFileStream", upload).await;
    customer.sends("DISCONNECT", "").await;
    let path = format!("/api/v1/customers/{}/erase", id(&profile(&sam, "u-77").await));
    // The answer of the store is lost: nobody removes the bytes then.
    server.store.fail("erased_blobs", 1);
    assert_eq!(admin.http.post(&path, Value::Null).await.status, 500);
    eventually("no bytes left", async || {
        server.parts.store.erased_blobs(1).await.unwrap().is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_was_learned_from_who_is_erased_goes_and_their_room_is_free_again() {
    let server = Server::start().await;
    let (sam, admin) = (server.agent("201").await, server.agent("901").await);
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("CHAT", "do zebras like lamps").await;
    customer.sends("DISCONNECT", "").await;
    let unanswered = async || sam.http.get("/api/v1/knowledge/shop/unanswered").await;
    eventually("it is learned", async || unanswered().await.text.contains("zebras").then_some(())).await;
    let used = async || {
        let limits = admin.http.get("/api/v1/limits").await.json["tenant"].as_array().cloned().unwrap();
        limits.iter().find(|limit| limit["name"] == "storage_bytes").unwrap()["used"].as_u64().unwrap()
    };
    let before = used().await;
    let path = format!("/api/v1/customers/{}/erase", id(&profile(&sam, "u-77").await));
    assert_eq!(sam.http.post(&path, Value::Null).await.status, 403, "supervisors do not erase");
    let report = admin.http.post(&path, Value::Null).await;
    assert_eq!(report.status, 200, "{}", report.text);
    let left = unanswered().await;
    assert!(left.status == 200 && !left.text.contains("zebras"), "{}", left.text);
    assert!(used().await < before, "{before}");
}

#[tokio::test]
async fn who_has_a_part_of_the_tenant_does_nothing_that_reaches_all_of_it() {
    let server = Server::start().await;
    server
        .change_agent("201", |sam| {
            sam.role = BuiltInRole::Administrator.id();
            sam.scope.queues = vec!["support".parse().unwrap()];
        })
        .await;
    let (alex, sam, admin) =
        (server.online("101").await, server.agent("201").await, server.agent("901").await);
    asking(&server, "u-77", "hello").await;
    let conversation = alex.only_conversation().await;
    alex.acts(&conversation, "end", Value::Null).await;
    let path = format!("/api/v1/customers/{}", id(&profile(&admin, "u-77").await));
    assert_eq!(sam.http.get(&path).await.status, 200);
    for verb in ["erase", "block", "unblock", "merge", "unmerge"] {
        let refused =
            sam.http.post(&format!("{path}/{verb}"), json!({ "reason": "spam", "into": "x" })).await;
        assert_eq!(refused.problem(), (403, "FORBIDDEN", None), "{verb}");
    }
    assert_eq!(admin.http.post(&format!("{path}/erase"), Value::Null).await.status, 200);
}

/// Whoever reads the files themselves finds no more than whoever asks: not in unused parts of the database, not in the search
/// index, not in the write-ahead log.
#[tokio::test]
async fn no_byte_of_who_is_erased_is_left_in_the_files() {
    let server = Server::start().await;
    let (alex, sam, admin) =
        (server.online("101").await, server.agent("201").await, server.agent("901").await);
    // Another customer's words stay, whatever is done to the files for the first one's sake.
    let other = asking(&server, "u-88", "my code is okapi").await;
    other.sends("DISCONNECT", "").await;
    let customer = asking(&server, "u-77", "my code is zebraword").await;
    for number in 0..60 {
        // Long ones lie on pages of their own.
        customer.sends("CHAT", &format!("zebraword {number} {}", "and so on ".repeat(40))).await;
    }
    let conversation = alex.only_conversation().await;
    alex.acts(&conversation, "notes", json!({ "text": "owns a zebraword" })).await;
    let labels = json!({ "tags": ["zebraword"], "attributes": { "animal": "zebraword" } });
    alex.http.patch(&format!("/api/v1/agent/conversations/{conversation}"), labels).await;
    let path = format!("/api/v1/customers/{}", id(&profile(&sam, "u-77").await));
    sam.http.patch(&path, json!({ "name": "Zebraword Ann", "note": "zebraword" })).await;
    alex.acts(&conversation, "end", Value::Null).await;
    eventually("it is counted and found", async || {
        let tagged = sam.http.get("/api/v1/reports/conversations?from=2027-01-01&to=2027-02-28").await;
        let found = sam.http.get("/api/v1/search?q=zebraword").await;
        let is_found = !found.json["results"].as_array().unwrap().is_empty();
        (tagged.text.contains("zebraword") && is_found).then_some(())
    })
    .await;
    assert!(!server.is_embedded() || !server.files_with("zebraword").is_empty());
    let report = admin.http.post(&format!("{path}/erase"), Value::Null).await;
    assert_eq!(report.status, 200, "{}", report.text);
    for word in ["zebraword", "Zebraword", "u-77"] {
        let left = server.files_with(word);
        assert_eq!(left, Vec::<String>::new(), "{word}");
    }
    let found = sam.http.get("/api/v1/search?q=okapi").await;
    assert_eq!(found.json["results"].as_array().unwrap().len(), 1, "{}", found.text);
    let rows = sam.http.get("/api/v1/reports/conversations?from=2027-01-01&to=2027-02-28").await;
    assert!(rows.status == 200 && !rows.text.contains("zebraword"), "{}", rows.text);
}

#[tokio::test]
async fn what_is_held_of_a_customer_is_given_out_whole() {
    let server = Server::start().await;
    let (alex, sam, admin) =
        (server.online("101").await, server.agent("201").await, server.agent("901").await);
    let customer = asking(&server, "u-77", "my code is zebra").await;
    let upload = json!({ "fileType": "png", "fileStream": PNG, "channel": "WEB" });
    let file = customer.call("uploadFileStream", upload).await.json["objectKey"].as_str().unwrap().to_owned();
    let conversation = alex.only_conversation().await;
    // More than is read at a time.
    for number in 0..220 {
        alex.say(&conversation, &format!("a zebra, I see: {number}")).await;
    }
    alex.acts(&conversation, "notes", json!({ "text": "owns a zebra" })).await;
    let labels = json!({ "tags": ["striped"], "attributes": { "animal": "zebra" } });
    alex.http.patch(&format!("/api/v1/agent/conversations/{conversation}"), labels).await;
    alex.acts(&conversation, "end", Value::Null).await;
    let left =
        json!({ "callId": "u-77", "caller": "13800000000", "leaveMessage": "call me", "channel": "WEB" });
    customer.call("doLeaveMessage", left).await;
    let other = asking(&server, "u-88", "my code is okapi").await;
    other.sends("DISCONNECT", "").await;
    let path = format!("/api/v1/customers/{}", id(&profile(&admin, "u-77").await));
    sam.http.patch(&path, json!({ "note": "a note of them" })).await;

    let export = format!("{path}/export");
    assert_eq!(sam.http.get(&export).await.problem(), (403, "FORBIDDEN", None), "supervisors do not export");
    assert_eq!(admin.http.get("/api/v1/customers/x/export").await.status, 404);
    let answer = admin.http.get(&export).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let lines: Vec<Value> = answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).collect::<Vec<_>>();
    assert_eq!(lines[0]["customer"]["note"], "a note of them");
    assert_eq!(lines[0]["by"], "901");
    assert_eq!(of("conversation").len(), 1, "{}", answer.text);
    assert_eq!(of("conversation")[0]["tags"], json!(["striped"]));
    let said = |text: &str| of("message").iter().filter(|line| line["content"] == text).count();
    assert_eq!((said("my code is zebra"), said("a zebra, I see: 0"), said("a zebra, I see: 219")), (1, 1, 1));
    assert_eq!(of("file").len(), 1, "{}", answer.text);
    assert_eq!(of("file")[0]["key"], file);
    assert_eq!(of("ticket").len(), 1, "{}", answer.text);
    for text in ["owns a zebra", "13800000000", "call me"] {
        assert!(answer.text.contains(text), "{text}");
    }
    assert!(!answer.text.contains("okapi"), "nobody else's");
    let (last, before) = lines.split_last().unwrap();
    assert_eq!(last, &json!({ "kind": "end", "lines": before.len() }));
    let records = admin.http.get("/api/v1/audit?action=customer.export").await.json["records"].clone();
    let outcomes: Vec<&Value> = records.as_array().unwrap().iter().map(|record| &record["outcome"]).collect();
    assert_eq!(outcomes.len(), 3, "the refused as well: {records}");
}
