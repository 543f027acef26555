//! Many devices of one customer.

use std::time::Duration;

use frontdesk_core::id::DeviceId;
use frontdesk_tests::kit::soon;

use super::scene::{Scene, cursor_of, texts_of};

/// A thousand devices try: each is served, and the customer's own go on.
#[tokio::test]
async fn a_thousand_devices_are_each_served() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    let own = scene.customer.polled(&format!("cursor={start}&deviceId=own&wait=0")).await;
    scene.say("for all").await;
    for batch in (0..1_000).collect::<Vec<_>>().chunks(50) {
        let polls = batch.iter().map(|number| {
            let query = format!("cursor={start}&deviceId=d{number}&wait=0");
            let customer = scene.customer.clone();
            async move { texts_of(&customer.polled(&query).await) == ["for all"] }
        });
        assert!(futures_util::future::join_all(polls).await.into_iter().all(|served| served));
    }
    let answer = scene.customer.polled(&format!("cursor={}&deviceId=own", cursor_of(&own))).await;
    assert_eq!(texts_of(&answer), ["for all"], "its cursor holds, whatever is kept of the device");
}

/// Of more than 20 devices, the place of the one that was idle for longest is forgotten: it is new when it comes back.
#[tokio::test]
async fn at_most_twenty_devices_are_kept() {
    let scene = Scene::start().await;
    scene.say("one").await;
    for number in 0..21 {
        let query = format!("cursor=latest&deviceId=d{number}&wait=0");
        assert_eq!(texts_of(&scene.customer.polled(&query).await), [""; 0]);
        // Places that are written together are equally old.
        let device = DeviceId::new(&format!("d{number}")).unwrap();
        soon("the device's place", async {
            while scene.server.parts.store.position(scene.log(), &device).await.unwrap().is_none() {
                tokio::task::yield_now().await;
            }
        })
        .await;
        scene.server.clock.advance(Duration::from_secs(1));
    }
    let newest = scene.customer.polled("cursor=&deviceId=d20&wait=0").await;
    assert_eq!(texts_of(&newest), [""; 0], "the newest stands where it stood");
    let oldest = scene.customer.polled("cursor=&deviceId=d0&wait=0").await;
    assert_eq!(texts_of(&oldest).last(), Some(&"one"), "the longest idle one begins anew");
}
