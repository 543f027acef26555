//! A thousand devices of one customer.

use frontdesk_core::id::{ChannelId, DeviceId, TenantId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_tests::kit::{CHANNEL, Server};

#[tokio::test]
async fn of_a_thousand_devices_the_twenty_newest_are_remembered() {
    let server = Server::start().await;
    let customer = server.customer("ann").await;
    customer.send("CONNECT", "").await;
    for number in 0..1_000 {
        let path = format!("/apiaccess/ccmessaging/poll?wait=0&cursor=&deviceId=d{number}");
        let answer = customer.http.get(&path).await;
        assert_eq!(answer.json["downlinkMessages"].as_array().map(Vec::len), Some(1), "{}", answer.text);
    }
    let tenant = TenantId::new("demo").unwrap();
    let channel = ChannelId::new(CHANNEL).unwrap();
    let log = LogId::of_customer(&tenant, &channel, &UserId::new("ann").unwrap());
    server.parts.positions.finish().await;
    for number in 0..1_000 {
        let device = DeviceId::new(&format!("d{number}")).unwrap();
        let known = server.parts.store.position(log, &device).await.unwrap().is_some();
        assert_eq!(known, number >= 980, "{number}");
    }
}
