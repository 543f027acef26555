//! Business hours (pain 20 of the peers): several shifts a day, over midnight, dates that differ, time zones, and
//! "open at …?".

use frontdesk_core::directory::Overflow;
use frontdesk_core::time::Timestamp;
use frontdesk_tests::kit::{Agent, CHANNEL, Server};
use serde_json::{Value, json};

use super::waiting::change_queue;

fn millis(text: &str) -> i64 {
    Timestamp::from_rfc3339(text).unwrap().as_millis()
}

async fn at(agent: &Agent, whose: &str, at: &str) -> Value {
    let at = at.replace('+', "%2B");
    let answer = agent.http.get(&format!("/api/v1/hours?{whose}&at={at}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json
}

fn told(open: bool, opens: Option<&str>, closes: Option<&str>) -> Value {
    json!({ "open": open, "opensAt": opens.map(millis), "closesAt": closes.map(millis) })
}

#[tokio::test]
async fn pain_20_shifts_holidays_and_zones_are_answered_for() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    let hours = json!({
        "zone": "Europe/Berlin",
        "week": [
            { "day": 1, "from": "09:00", "to": "12:00" },
            { "day": 1, "from": "13:00", "to": "17:00" },
            { "day": 5, "from": "22:00", "to": "02:00" },
        ],
        "exceptions": [
            { "date": "2026-11-30", "open": [] },
            { "date": "2026-12-24", "open": [{ "day": 4, "from": "10:00", "to": "11:00" }] },
        ],
    });
    let hours = serde_json::from_value(hours).unwrap();
    server.change_channel(|channel| channel.hours = Some(hours)).await;
    let channel = format!("channel={CHANNEL}");
    let monday = at(&agent, &channel, "2026-11-23T12:30:00+01:00").await;
    assert_eq!(monday, told(false, Some("2026-11-23T13:00:00+01:00"), None));
    let night = at(&agent, &channel, "2026-11-28T00:30:00Z").await;
    assert_eq!(night, told(true, None, Some("2026-11-28T02:00:00+01:00")), "Friday's shift");
    let holiday = at(&agent, &channel, "2026-11-30T10:00:00Z").await;
    assert_eq!(holiday, told(false, Some("2026-12-04T22:00:00+01:00"), None));
    let eve = at(&agent, &channel, "2026-12-22T10:00:00Z").await;
    assert_eq!(eve, told(false, Some("2026-12-24T10:00:00+01:00"), None));

    assert_eq!(at(&agent, "queue=support", "2026-11-30T10:00:00Z").await, told(true, None, None));
    let own = json!({ "zone": "UTC", "week": [{ "day": 1, "from": "00:00", "to": "12:00" }] });
    let own = serde_json::from_value(own).unwrap();
    change_queue(&server, "support", |queue| queue.hours = Some(own)).await;
    let open = told(true, None, Some("2026-11-30T12:00:00Z"));
    for whose in ["queue=support", &channel, &format!("{channel}&queue=support")] {
        assert_eq!(
            at(&agent, whose, "2026-11-30T10:00:00Z").await,
            open,
            "{whose}: the queue's own come first"
        );
    }
    let never = serde_json::from_value(json!({ "zone": "UTC", "week": [] })).unwrap();
    change_queue(&server, "support", |queue| queue.hours = Some(never)).await;
    assert_eq!(at(&agent, "queue=support", "2026-11-30T10:00:00Z").await, told(false, None, None));
    let now = agent.http.get("/api/v1/hours?queue=support").await;
    assert_eq!(now.json["open"], false);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_its_field() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    for (query, field) in [
        ("", "channel"),
        ("?channel=nowhere", "channel"),
        ("?queue=nowhere", "queue"),
        ("?queue=support&at=tomorrow", "at"),
        ("?queue=support&at=2026-11-30T10:00:00", "at"),
    ] {
        let answer = agent.http.get(&format!("/api/v1/hours{query}")).await;
        assert_eq!(answer.problem(), (400, "FIELD_INVALID", Some(field)), "{query}");
    }
}

#[tokio::test]
async fn pain_20_who_comes_too_late_is_told_when_it_opens() {
    let server = Server::start().await;
    server.online("101").await;
    // The clock of the tests begins on 2027-01-15, a Friday, at 08:00 UTC.
    let mondays = json!({ "zone": "Asia/Shanghai", "week": [{ "day": 1, "from": "09:00", "to": "17:00" }] });
    let hours = serde_json::from_value(mondays).unwrap();
    server.change_channel(|channel| channel.hours = Some(hours)).await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    let code = "The current time is not within the working time of the service agents.";
    let answer = customer.send("TRANS2AGENT", "").await;
    assert_eq!(answer.json["resultDesc"], code, "the documented text stays as it is");
    customer.sends("CHAT", "agent").await;
    let told = format!("{code} We are open again on Monday, 18 January, at 09:00.");
    assert_eq!(customer.drain_texts().await, ["Welcome,welcome", &told]);

    change_queue(&server, "support", |queue| queue.outside_hours = Overflow::LeaveMessage).await;
    let customer = server.app().await.customer("u-78", "zh_CN").await;
    customer.sends("CONNECT", "").await;
    assert_eq!(customer.send("TRANS2AGENT", "").await.code(), "12");
    let asked = "暂时没有坐席可以为您服务。请留言,我们会尽快与您联系。 我们将于1月18日09:00恢复服务。";
    assert_eq!(customer.drain_texts().await, ["Welcome,welcome", asked]);
}
