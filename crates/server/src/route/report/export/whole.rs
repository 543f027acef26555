//! An export that comes in one piece, however long it is.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use frontdesk_core::access::Rights;
use frontdesk_core::id::TenantId;
use frontdesk_core::port::FactQuery;
use frontdesk_core::report::Calendar;
use futures_util::stream;

use super::Of;
use crate::parts::Parts;
use crate::route::report::table::{CsvLine, object};

/// An export that comes whole, read as fast as it is taken.
pub(super) struct Whole {
    pub parts: Parts,
    pub tenant: TenantId,
    pub rights: Arc<Rights>,
    /// What is to be read next; `None` at the end.
    pub query: Option<FactQuery>,
    pub of: Of,
    pub form: Form,
    /// Whether something was given already.
    pub is_begun: bool,
}

/// What it looks like.
pub(super) enum Form {
    /// With a line of names, times of this calendar.
    Csv(Calendar),
    /// One JSON object a line.
    Lines,
}

impl Whole {
    pub(super) fn body(self) -> Body {
        Body::from_stream(stream::try_unfold(self, |mut whole| async move {
            let piece = whole.next().await?;
            Ok::<_, io::Error>(piece.map(|piece| (piece, whole)))
        }))
    }

    /// The next piece. One that fails breaks the connection: what was cut off must not look whole.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let Some(query) = self.query.take() else { return Ok(None) };
        if self.parts.shutdown.is_cancelled() {
            return Err(io::Error::other("the server stops"));
        }
        let found = self.of.read(&self.parts, &self.tenant, query.clone()).await.map_err(io::Error::other)?;
        let mut text = Vec::new();
        if let (Form::Csv(_), false) = (&self.form, self.is_begun) {
            text.extend_from_slice(&CsvLine::of_names(self.of.names().iter().copied()).finish());
        }
        self.is_begun = true;
        let seen = found.iter().filter(|found| self.of.may_see(&self.rights, found));
        for row in seen.map(|found| self.of.row(&self.parts, found)) {
            match &self.form {
                Form::Csv(calendar) => text.extend_from_slice(&CsvLine::of_row(&row, calendar).finish()),
                Form::Lines => {
                    serde_json::to_writer(&mut text, &object(row))?;
                    text.push(b'\n');
                }
            }
        }
        let last = found.last().filter(|_| found.len() == query.limit);
        self.query = last.map(|last| FactQuery { after: Some(last.place), ..query });
        Ok(Some(Bytes::from(text)))
    }
}
