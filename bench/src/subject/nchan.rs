//! nginx with nchan: long polls, and a publisher.

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::Full;

use crate::subject::Subject;

/// Requests to the channels `p0`, `p1` …
pub(crate) struct Nchan;

/// What nchan names a message by: its time, and which of that second it is.
#[derive(Default)]
pub(crate) struct MessageId {
    modified: Option<HeaderValue>,
    tag: Option<HeaderValue>,
}

impl Subject for Nchan {
    type Place = MessageId;

    fn poll(&self, customer: usize, place: &MessageId) -> anyhow::Result<Request<Full<Bytes>>> {
        let mut request = Request::get(format!("/held/p{customer}"));
        if let (Some(modified), Some(tag)) = (&place.modified, &place.tag) {
            request = request.header(header::IF_MODIFIED_SINCE, modified).header(header::IF_NONE_MATCH, tag);
        }
        Ok(request.body(Full::default())?)
    }

    fn received(&self, answer: &Response<Bytes>) -> anyhow::Result<(Vec<String>, MessageId)> {
        let text = String::from_utf8(answer.body().to_vec())?;
        let (modified, tag) =
            (answer.headers().get(header::LAST_MODIFIED), answer.headers().get(header::ETAG));
        Ok((vec![text], MessageId { modified: modified.cloned(), tag: tag.cloned() }))
    }

    fn send(&self, customer: usize, text: &str) -> anyhow::Result<Request<Full<Bytes>>> {
        Ok(Request::post(format!("/publish/p{customer}")).body(text.to_owned().into())?)
    }
}
