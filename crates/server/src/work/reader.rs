//! Background readers that follow every log: they go through the logs with a mark, each from its mark to its head.

use std::future::Future;

use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{MarkedLog, Purpose, StoreError};
use futures_util::StreamExt as _;

use crate::parts::Parts;

/// How many marks are looked up at once.
const PAGE: usize = 256;
/// How many logs are read at a time.
const AT_A_TIME: usize = 8;

/// A log, and after which entry it is to be read on.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    /// The log, and whose it is.
    pub of: MarkedLog,
    /// What comes after this has not been read.
    pub after: EntryNumber,
}

/// Has every marked log read once. `take_in` reads on from the mark, and stores what it makes of the entries in the
/// transaction that moves the mark; what is left then, or comes meanwhile, is for the next look. So is a log that fails:
/// it keeps no other waiting. The first failure is told at the end.
pub(super) async fn follow<F>(
    parts: Parts,
    purpose: Purpose,
    take_in: impl Fn(Parts, Unread) -> F,
) -> Result<(), StoreError>
where
    F: Future<Output = Result<(), StoreError>>,
{
    let (mut after, mut first) = (None, None);
    while !parts.shutdown.is_cancelled() {
        let page = parts.store.marked_logs(purpose, after.take(), PAGE).await?;
        let is_last = page.len() < PAGE;
        after = page.last().cloned();
        let read: Vec<Result<(), StoreError>> = futures_util::stream::iter(page)
            .map(|of| {
                let (parts, take_in) = (&parts, &take_in);
                async move {
                    match parts.store.pending(purpose, of.log).await? {
                        Some(after) => take_in(parts.clone(), Unread { of, after }).await,
                        None => Ok(()),
                    }
                }
            })
            .buffer_unordered(AT_A_TIME)
            .collect()
            .await;
        first = first.or(read.into_iter().find_map(Result::err));
        if is_last {
            break;
        }
    }
    first.map_or(Ok(()), Err)
}
