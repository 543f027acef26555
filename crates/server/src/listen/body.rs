//! Reading a request's body within bounds.

use std::error::Error as StdError;
use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use super::linger::{DRAIN_BYTES, DRAIN_TIME};
use super::room::{BodyRoom, Sender};

/// Time in which the next piece of a body must come.
const PIECE_TIME: Duration = Duration::from_secs(30);
/// Time in which the whole of a body must come.
const WHOLE_TIME: Duration = Duration::from_mins(5);

/// Size up to which a body is read without asking for room. A connection's own buffers may hold more.
const FREE: usize = 16 << 10;

/// Why a body was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is larger than allowed. To be answered with 413.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// The bytes that were allowed.
        limit: usize,
        /// Whether there is more of it than was read and dropped: the connection cannot be used further, and the
        /// answer should say `Connection: close`.
        must_close: bool,
    },
    /// Too many large bodies are coming in, of everybody or of whoever sends this one. To be answered with 503.
    #[error("there is no room for the body")]
    NoRoom,
    /// It came too slowly. To be answered with 408 and `Connection: close`.
    #[error("the body did not come in time")]
    TimedOut,
    /// The peer went away, or what it sent is no valid body. To be answered with 400, if anyone still listens.
    #[error("the body broke off")]
    Broken(#[source] Box<dyn StdError + Send + Sync>),
}

/// Reads a body of at most `limit` bytes. One that is large needs its place in the room while it comes in, of the
/// sender's share.
///
/// Many clients read no answer before they have sent everything. Of a body that is larger, the rest is therefore read
/// and dropped, up to 16 MiB and for at most 5 s, before the error is returned. A body whose declared length is too
/// large is dropped from the start. (A caller that wants to spare a client with `Expect: 100-continue` that transfer
/// answers without calling this function.)
pub async fn read_limited<B>(
    body: B,
    limit: usize,
    (room, sender): (&BodyRoom, &Sender),
) -> Result<Bytes, ReadError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    read_within(
        body,
        limit,
        (room, sender),
        &Bounds { drain_bytes: DRAIN_BYTES, drain_time: DRAIN_TIME, piece_time: PIECE_TIME },
    )
    .await
}

struct Bounds {
    drain_bytes: usize,
    drain_time: Duration,
    piece_time: Duration,
}

async fn read_within<B>(
    body: B,
    limit: usize,
    (room, sender): (&BodyRoom, &Sender),
    bounds: &Bounds,
) -> Result<Bytes, ReadError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let mut body = pin!(body);
    if body.size_hint().lower() > limit as u64 {
        let must_close = !drain(body, bounds, 0).await?;
        return Err(ReadError::TooLarge { limit, must_close });
    }

    let whole_by = Instant::now() + WHOLE_TIME;
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    let mut place = None;
    loop {
        let piece_by = (Instant::now() + bounds.piece_time).min(whole_by);
        let piece = match timeout_at(piece_by, next(&mut body)).await {
            Err(_elapsed) => return Err(ReadError::TimedOut),
            Ok(piece) => piece?,
        };
        let Some(piece) = piece else { break };
        let length = first.len() + more.len() + piece.len();
        if length > limit {
            drop((first, more));
            let must_close = !drain(body, bounds, length - limit).await?;
            return Err(ReadError::TooLarge { limit, must_close });
        }
        // All that it can become: what has been read cannot wait for room.
        let whole = body.size_hint().exact().and_then(|rest| usize::try_from(rest).ok());
        let whole = whole.map_or(limit, |rest| (length + rest).min(limit));
        if place.is_none() && whole > FREE && (length > FREE || body.size_hint().exact().is_some()) {
            place = room.take(sender, whole);
            if place.is_none() {
                drop((first, more, piece));
                drain(body, bounds, length).await?;
                return Err(ReadError::NoRoom);
            }
        }
        // Most bodies come in one piece, which then needs no copy.
        if first.is_empty() && more.is_empty() {
            first = piece;
        } else {
            if more.is_empty() {
                let rest = usize::try_from(body.size_hint().lower()).unwrap_or(limit);
                more.reserve((length + rest).min(limit));
                more.extend_from_slice(&std::mem::take(&mut first));
            }
            more.extend_from_slice(&piece);
        }
    }
    Ok(if more.is_empty() { first } else { more.freeze() })
}

/// Reads and drops the rest of a body of which `dropped` bytes were dropped already. Tells whether it came to its end.
async fn drain<B>(mut body: Pin<&mut B>, bounds: &Bounds, mut dropped: usize) -> Result<bool, ReadError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let until = Instant::now() + bounds.drain_time;
    while dropped <= bounds.drain_bytes {
        match timeout_at(until, next(&mut body)).await {
            Err(_elapsed) => return Ok(false),
            Ok(Ok(Some(piece))) => dropped += piece.len(),
            Ok(Ok(None)) => return Ok(true),
            Ok(Err(error)) => return Err(error),
        }
    }
    Ok(false)
}

/// The next bytes, passing over trailers.
async fn next<B>(body: &mut Pin<&mut B>) -> Result<Option<Bytes>, ReadError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ReadError::Broken(error.into()))?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream::{self, Stream, StreamExt as _};
    use http_body::Frame;
    use http_body_util::{Full, StreamBody};

    use super::*;

    const BOUNDS: Bounds = Bounds {
        drain_bytes: 100,
        drain_time: Duration::from_millis(50),
        piece_time: Duration::from_millis(50),
    };

    fn pieces(lengths: &[usize]) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> {
        stream::iter(lengths.to_vec()).map(|length| Ok(Frame::data(Bytes::from(vec![b'x'; length]))))
    }

    async fn read(
        body: impl Stream<Item = Result<Frame<Bytes>, Infallible>>,
        limit: usize,
    ) -> Result<usize, ReadError> {
        read_within(StreamBody::new(body), limit, (&BodyRoom::default(), &Sender::Nobody), &BOUNDS)
            .await
            .map(|bytes| bytes.len())
    }

    #[tokio::test]
    async fn reads_up_to_the_limit() {
        assert_eq!(read(pieces(&[]), 0).await.unwrap(), 0);
        assert_eq!(read(pieces(&[10]), 10).await.unwrap(), 10);
        assert_eq!(read(pieces(&[4, 3, 0, 3]), 10).await.unwrap(), 10);
    }

    #[tokio::test]
    async fn drops_what_is_too_large() {
        let error = read(pieces(&[6, 6, 50]), 10).await.unwrap_err();
        assert!(matches!(error, ReadError::TooLarge { limit: 10, must_close: false }));
        let declared = Full::new(Bytes::from_static(&[0; 11]));
        let error =
            read_within(declared, 10, (&BodyRoom::default(), &Sender::Nobody), &BOUNDS).await.unwrap_err();
        assert!(matches!(error, ReadError::TooLarge { limit: 10, must_close: false }));
    }

    #[tokio::test]
    async fn gives_up_on_more_than_it_would_drop() {
        let error = read(pieces(&[60; 9]), 10).await.unwrap_err();
        assert!(matches!(error, ReadError::TooLarge { must_close: true, .. }));
        let error = read(pieces(&[11]).chain(stream::pending()), 10).await.unwrap_err();
        assert!(matches!(error, ReadError::TooLarge { must_close: true, .. }));
    }

    #[tokio::test]
    async fn gives_up_on_a_body_that_does_not_come() {
        let error = read(pieces(&[5]).chain(stream::pending()), 10).await.unwrap_err();
        assert!(matches!(error, ReadError::TimedOut));
    }

    #[tokio::test]
    async fn large_bodies_share_a_room_and_give_it_back() {
        let room = BodyRoom::sized(100_000, 100_000, 70_000);
        let (one, other) = (Sender::Nobody, Sender::Address(std::net::Ipv4Addr::LOCALHOST.into()));
        let read = |length: usize, sender: Sender| {
            let (body, room) = (Full::new(Bytes::from(vec![b'x'; length])), &room);
            async move { read_within(body, 90_000, (room, &sender), &BOUNDS).await }
        };
        let taken = room.take(&one, 60_000).unwrap();
        assert!(matches!(read(50_000, other.clone()).await, Err(ReadError::NoRoom)));
        assert_eq!(read(40_000, other.clone()).await.unwrap().len(), 40_000);
        assert!(
            matches!(read(40_000, one.clone()).await, Err(ReadError::NoRoom)),
            "it is beyond their share"
        );
        assert_eq!(read(FREE, one.clone()).await.unwrap().len(), FREE);
        // Of one that does not say how long it is, all that it may become is counted.
        let unknown = StreamBody::new(pieces(&[10_000; 3]));
        let unknown = read_within(unknown, 90_000, (&room, &other), &BOUNDS).await;
        assert!(matches!(unknown, Err(ReadError::NoRoom)));
        drop(taken);
        assert_eq!(read(50_000, one).await.unwrap().len(), 50_000);
        assert!(room.is_empty());
    }
}
