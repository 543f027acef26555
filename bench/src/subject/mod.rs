//! What is measured: Frontdesk, or a peer that does the same.

mod frontdesk;
mod nchan;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;

pub(crate) use frontdesk::{Frontdesk, chat};
pub(crate) use nchan::Nchan;

/// Bytes of every text: as many in all measurements.
const BYTES: usize = 300;

/// A server that holds polls and answers them with what is sent to whoever polls.
pub(crate) trait Subject: Send + Sync + 'static {
    /// Up to where somebody has received, as the server names it; at first, everything.
    type Place: Default + Send;

    /// A poll for what comes after a place, to be held if there is nothing.
    fn poll(&self, customer: usize, place: &Self::Place) -> anyhow::Result<Request<Full<Bytes>>>;

    /// The texts in the answer to a poll, and the place after them.
    fn received(&self, answer: &Response<Bytes>) -> anyhow::Result<(Vec<String>, Self::Place)>;

    /// Sends a text to a customer.
    fn send(&self, customer: usize, text: &str) -> anyhow::Result<Request<Full<Bytes>>>;
}

/// The text of an event.
pub(crate) fn text_of(event: u64) -> String {
    format!("{event:<BYTES$}").replace(' ', ".")
}

/// The event whose text it is.
pub(crate) fn event_of(text: &str) -> Option<u64> {
    text.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_its_event_and_is_as_long_as_every_other() {
        for event in [0, 7, 1_000_000] {
            let text = text_of(event);
            assert_eq!((text.len(), event_of(&text)), (BYTES, Some(event)));
        }
        assert_eq!(event_of("Welcome,welcome"), None);
    }
}
