//! While the line is lost: nobody is heard, so everybody who waits here looks again and again; and what happens here is told
//! over a connection by the way that queries take, which may still be open. Otherwise those who wait elsewhere would not
//! hear of it, as to them this node has gone.

use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::time::Duration;

use frontdesk_core::port::Hint;
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;
use tokio_postgres::Client;

use super::line::{ANSWER, BEAT, Connected, Line, RECONNECT, told_to_stop};
use crate::postgres::connect::Place;

/// How often everybody looks again.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

type Connecting<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl Line {
    /// Lasts until the line is back, or the nodes are left.
    pub(super) async fn be_deaf(
        &mut self,
        to_send: &mut mpsc::Receiver<Hint>,
        stopped: &mut watch::Receiver<bool>,
    ) -> Option<Connected> {
        self.shared.has_others.store(true, Ordering::Relaxed);
        let mut line: Connecting<Connected> = Box::pin(Connected::again(self.place.clone()));
        let mut mouth: Connecting<Client> = Box::pin(by_queries(self.queries.clone()));
        let mut speaks: Option<Client> = None;
        let (mut beat, mut look) = (tokio::time::interval(BEAT), tokio::time::interval(LOOK_AGAIN));
        for interval in [&mut beat, &mut look] {
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        }
        loop {
            let told = tokio::select! {
                () = told_to_stop(stopped) => return None,
                connected = &mut line => return Some(connected),
                client = &mut mouth, if speaks.is_none() => {
                    speaks = Some(client);
                    Ok(())
                }
                _ = look.tick() => {
                    self.missed = true;
                    self.pass_on(None);
                    Ok(())
                }
                _ = beat.tick() => match &speaks {
                    Some(client) => self.notify(client, &mut Vec::new()).await,
                    None => Ok(()),
                },
                Some(hint) = to_send.recv() => if let Some(client) = &speaks {
                    self.tell(client, hint, to_send).await
                } else {
                    self.shared.lost.store(true, Ordering::Relaxed);
                    Ok(())
                },
            };
            if told.is_err() {
                self.shared.lost.store(true, Ordering::Relaxed);
                speaks = None;
                mouth = Box::pin(by_queries(self.queries.clone()));
            }
        }
    }
}

/// Connects by the way of queries; tries until it succeeds.
async fn by_queries(queries: Place) -> Client {
    loop {
        if let Ok(Ok(client)) = tokio::time::timeout(ANSWER, queries.connect()).await {
            return client;
        }
        tokio::time::sleep(RECONNECT).await;
    }
}
