//! A tenant's configuration as one file, over the native API.

use frontdesk_tests::kit::{Agent, Answer, Server};
use reqwest::Method;
use serde_json::json;

async fn file_of(agent: &Agent) -> String {
    let answer = agent.http.get("/api/v1/config-file").await;
    assert_eq!(answer.headers["content-type"], "application/toml; charset=utf-8");
    answer.text
}

async fn send(agent: &Agent, query: &str, file: impl Into<String>) -> Answer {
    let request = agent.http.request(Method::POST, &format!("/api/v1/config-file{query}"));
    agent.http.send(request.body(file.into())).await
}

#[tokio::test]
async fn a_file_is_read_tried_and_applied() {
    let server = Server::start().await;
    let admin = server.agent("901").await;
    let file = file_of(&admin).await;
    assert!(file.contains("\n[tenant]\nid = \"demo\"\n") && !file.contains("argon2"), "{file}");
    let same = send(&admin, "", file.as_str()).await;
    let nothing =
        json!({ "tenant": "demo", "applied": false, "changes": [], "kept": [], "secretsToSet": [] });
    assert_eq!(same.shown(), (200, nothing));

    let file = file.replace("[agents.102]\nnickname = \"Kim\"", "[agents.103]\nnickname = \"Jo\"");
    let tried = send(&admin, "?dryRun=true&prune=true", file.as_str()).await;
    assert_eq!(tried.json["applied"], false);
    assert_eq!(tried.json["changes"][0]["change"], "remove");
    assert_eq!(tried.json["changes"][0]["id"], "102");
    assert_eq!(tried.json["changes"][1]["change"], "add");
    assert!(
        tried.json["changes"][1]["diff"].as_str().unwrap().starts_with("+[agents.103]\n+nickname = \"Jo\"\n")
    );
    let missing = json!([{
        "kind": "agents", "id": "103", "field": "password",
        "how": "frontdesk admin agent --tenant demo 103 --password-stdin",
    }]);
    assert_eq!(tried.json["secretsToSet"], missing);
    assert_eq!(admin.http.get("/api/v1/config/agents/103").await.status, 404, "it was only tried");
    let kim = server.agent("102").await;
    let applied = send(&admin, "", file.as_str()).await;
    assert_eq!(applied.json["applied"], true);
    assert_eq!(applied.json["kept"], json!([{ "kind": "agents", "id": "102" }]));
    assert_eq!(kim.held().await.len(), 0, "kept, with the password");
    send(&admin, "?prune=true", file.as_str()).await;
    assert_eq!(kim.http.get("/api/v1/agent/conversations").await.problem().0, 401);
    assert_eq!(file_of(&admin).await, file);
    // Without a password nobody signs in, not even with none.
    for password in ["", "demo-103"] {
        let body = json!({ "tenant": "demo", "agentId": "103", "password": password });
        assert!(!server.anybody().post("/api/v1/agent/login", body).await.status.is_success());
    }
}

#[tokio::test]
async fn a_file_that_does_not_fit_is_refused_with_everything_that_is_wrong() {
    let server = Server::start().await;
    let admin = server.agent("901").await;
    let before = file_of(&admin).await;
    let wrong = "[tenant]\nid = \"demo\"\n[queues.a]\npriority = 999\n[agents.b]\nqueues = [\"c\"]\n";
    for query in ["", "?dryRun=true"] {
        let refused = send(&admin, query, wrong).await;
        assert_eq!(refused.problem(), (400, "CONFIG_FILE_INVALID", None));
        let problems = refused.json["problems"].as_array().unwrap();
        assert_eq!(problems.len(), 2, "{}", refused.text);
        assert_eq!(problems[0]["line"], 4);
        assert_eq!(problems[0]["field"], "priority");
        let reference = json!({
            "line": 6, "kind": "agents", "id": "b", "field": "queues[0]", "why": "there is no queue \"c\"",
        });
        assert_eq!(problems[1], reference);
    }
    let other = send(&admin, "", "[tenant]\nid = \"shop\"\n").await;
    assert_eq!(other.json["problems"][0]["why"], "the file is for another tenant");
    assert_eq!(send(&admin, "?pruen=true", before.as_str()).await.problem().0, 400);
    assert_eq!(file_of(&admin).await, before);
}

#[tokio::test]
async fn files_that_are_applied_at_once_are_applied_one_after_the_other() {
    let server = Server::start().await;
    let admin = server.agent("901").await;
    let queue = |number: usize| format!("[tenant]\nid = \"demo\"\nname = \"Demo\"\n[queues.q{number}]\n");
    let all = (0..8).map(|number| send(&admin, "", queue(number)));
    let answers = futures_util::future::join_all(all).await;
    assert!(answers.iter().all(|answer| answer.json["applied"] == true));
    let listed = admin.http.get("/api/v1/config/queues").await;
    assert_eq!(listed.json["items"].as_array().unwrap().len(), 9, "nobody's change is lost");
    let directory = server.parts.directory.load();
    let tenant = directory.tenants().find(|tenant| tenant.tenant.id.as_str() == "demo").unwrap();
    assert_eq!(tenant.queues.len(), 9, "and all hold");
}
