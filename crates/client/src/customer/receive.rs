//! The calls by which a customer's client receives.

use std::time::Duration;

use frontdesk_api::messaging::poll::{
    AckRequest, AcknowledgedPollAnswer, MAX_WAIT_SECONDS, PollAnswer, PollQuery,
};
use frontdesk_api::messaging::result::ResultAnswer;
use reqwest::header::{ACCEPT, HeaderName};
use reqwest::{Method, StatusCode};

use super::client::{CHANNEL_TYPE, CustomerClient, fill};
use crate::answer::Opened;
use crate::error::Error;
use crate::feed::{Feed, FeedOptions};

const POLL: &str = "/apiaccess/ccmessaging/poll";
const STREAM: &str = "/apiaccess/ccmessaging/stream";
const WS: &str = "/apiaccess/ccmessaging/ws";
const WEBSOCKET_KEY: HeaderName = HeaderName::from_static("sec-websocket-key");
const WEBSOCKET_VERSION: HeaderName = HeaderName::from_static("sec-websocket-version");

impl CustomerClient {
    /// One classic poll: messages that this customer has not received yet, at most `limit` (1 to 100). If there are
    /// none, it is held for up to `wait`, in whole seconds and at most 55, or for as long as the server is set up to.
    /// `is_need_read` asks for `READ` notices too.
    ///
    /// The server takes for received what its answer carried, so an answer that is thrown away is lost. A [`Feed`]
    /// takes care of this, and of everything else that can happen in between.
    pub async fn poll(
        &self,
        wait: Option<Duration>,
        limit: Option<usize>,
        is_need_read: bool,
    ) -> Result<PollAnswer, Error> {
        let query = PollQuery {
            is_need_read: is_need_read.then(|| "true".into()),
            wait: wait.map(|wait| wait.as_secs().to_string().into()),
            limit: limit.map(|limit| limit.to_string().into()),
            ..PollQuery::default()
        };
        let query = self.addressed(query).await?;
        let hold = hold_of(&query);
        self.call(Method::GET, POLL, |request| request.query(&query).held_for(hold)).await?.decode()
    }

    /// One acknowledged poll: presenting a cursor acknowledges everything before it, and what was not acknowledged comes
    /// again. Absent ids are filled in; without a cursor it goes on where the device stands.
    pub async fn poll_acknowledged(&self, query: PollQuery) -> Result<AcknowledgedPollAnswer, Error> {
        let mut query = self.addressed(query).await?;
        query.cursor.get_or_insert_default();
        let hold = hold_of(&query);
        self.call(Method::GET, POLL, |request| request.query(&query).held_for(hold)).await?.decode()
    }

    /// Acknowledges what a stream has brought a device up to a cursor (ack).
    pub async fn acknowledge(&self, cursor: &str, device_id: Option<&str>) -> Result<ResultAnswer, Error> {
        let device_id = device_id.map(Into::into);
        let request = AckRequest { cursor: Some(cursor.into()), device_id };
        self.post("/apiaccess/ccmessaging/ack", &request).await?.decode()
    }

    /// Everything that the customer receives, in order and each once.
    pub fn feed(&self, options: FeedOptions) -> Feed {
        Feed::new(self.clone(), options)
    }

    /// Begins a stream of Server-sent events.
    pub(crate) async fn event_stream(&self, query: PollQuery) -> Result<Opened, Error> {
        let query = self.addressed(query).await?;
        let request = || {
            let request = self.endpoint.request(Method::GET, STREAM, &[]).query(&query);
            request.header(ACCEPT, "text/event-stream").streaming()
        };
        self.open(request).await?.expect(StatusCode::OK).await
    }

    /// Turns a connection into a WebSocket.
    pub(crate) async fn websocket(&self, key: &str) -> Result<Opened, Error> {
        let request = || {
            let request = self.endpoint.upgrade(WS, "websocket");
            request.header(WEBSOCKET_VERSION, "13").header(WEBSOCKET_KEY, key)
        };
        self.open(request).await?.expect(StatusCode::SWITCHING_PROTOCOLS).await
    }

    async fn addressed(&self, mut query: PollQuery) -> Result<PollQuery, Error> {
        let credentials = self.session.current().await?.credentials;
        fill(&mut query.receiver_id, &credentials.user_id);
        fill(&mut query.channel, CHANNEL_TYPE);
        Ok(query)
    }
}

/// How long the server may hold a poll; without a wish, as long as it is set up to.
fn hold_of(query: &PollQuery) -> Duration {
    let wished = query.wait.as_deref().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(wished.unwrap_or(MAX_WAIT_SECONDS).min(MAX_WAIT_SECONDS))
}
