//! Floods of one customer by `WebSocket`.

use std::time::Duration;

use frontdesk_tests::kit::Customer;
use frontdesk_tests::kit::receivers::{Inbox, Receiver as _, Socket, Wish};
use serde_json::json;
use tokio::time::timeout;

use super::place::Place;

/// A frame as it goes over the wire, masked with nothing.
fn frame(customer: &Customer, reference: u32) -> Vec<u8> {
    let body = customer.message("CHAT", &format!("flood {reference}"));
    let text = json!({ "type": "send", "ref": reference, "body": body }).to_string();
    let length = u16::try_from(text.len()).unwrap();
    assert!((126..=u16::MAX).contains(&length));
    [&[0x81, 0xfe][..], &length.to_be_bytes(), &[0; 4], text.as_bytes()].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_whose_answers_nobody_reads_pile_up_with_their_sender() {
    let place = Place::limited();
    let (customer, other) = (place.customer("flooder").await, place.customer("other").await);
    customer.sends("CONNECT", "").await;
    other.sends("CONNECT", "").await;
    let before = place.most_memory();
    let frames: Vec<u8> = (0..200).flat_map(|number| frame(&customer, number)).collect();
    let (mut sent, mut sockets) = (0, Vec::new());
    for _ in 0..6 {
        let mut socket = Socket::open(&customer, &Wish::default()).await.unwrap();
        for _ in 0..250 {
            // The server reads no further than it can answer, so writing comes to a halt.
            if !matches!(timeout(Duration::from_secs(2), socket.write_raw(&frames)).await, Ok(Ok(()))) {
                break;
            }
            sent += 200;
        }
        sockets.push(socket);
    }
    other.sends("CHAT", "hello").await;
    let most = place.most_memory();
    println!("{sent} frames sent: {before} MiB before, {most} MiB with them");
    assert!(sent > 1_000, "{sent}");
    assert!(most - before < 48, "{before} MiB before, {most} MiB at most");
    drop(sockets);
    other.sends("CHAT", "hello again").await;
    place.ends_well();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_has_only_so_many_sockets_and_frames() {
    let place = Place::limited();
    let customer = place.customer("flooder").await;
    customer.sends("CONNECT", "").await;
    let (mut open, mut refused) = (Vec::new(), 0);
    for _ in 0..60 {
        match Socket::open(&customer, &Wish::default()).await {
            Ok(socket) => open.push(socket),
            Err(ended) => {
                assert!(ended.why.as_deref().is_some_and(|why| why.contains("429")), "{ended:?}");
                refused += 1;
            }
        }
    }
    assert_eq!((open.len(), refused), (40, 20));
    let (mut taken, mut shed) = (0, 0);
    for socket in &mut open {
        let mut inbox = Inbox::default();
        for number in 0..25 {
            let body = customer.message("CHAT", &format!("flood {number}"));
            socket.say(json!({ "type": "send", "ref": number, "body": body })).await.unwrap();
        }
        while inbox.answers.len() + inbox.errors.len() < 25 {
            socket.step(&mut inbox).await.unwrap();
        }
        taken += inbox.answers.len();
        assert!(inbox.errors.iter().all(|error| error["code"] == "RATE_LIMITED"), "{:?}", inbox.errors);
        shed += inbox.errors.len();
    }
    println!("{taken} frames taken, {shed} refused");
    assert!(taken >= 90 && shed > 0 && taken + shed == 1_000);
    drop(open);
    place.ends_well();
}
