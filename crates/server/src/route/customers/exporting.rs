//! Everything that is held of a customer, in one piece.

use std::collections::VecDeque;
use std::io;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use frontdesk_api::native::customer::{CustomerConversation, TimelineMessage};
use frontdesk_core::access::{On, Permission};
use frontdesk_core::customer::{Identity, Profile};
use frontdesk_core::entry::{Audience, Entry, EntryBody};
use frontdesk_core::id::AgentId;
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{ConversationPlace, Customer, ReadQuery, StoreError};
use frontdesk_core::seal::Sealed;
use frontdesk_core::ticket::TicketId;
use futures_util::stream;
use http::header;
use serde::Serialize;
use serde_json::{Value, json};

use super::access::VisibleCustomer;
use super::wire::{customer_id, profile as wire_profile};
use crate::deliver::native::{conversation, conversation_id, message_of};
use crate::deliver::promises;
use crate::error::{ApiError, NativeError};
use crate::parts::Parts;
use crate::route::agent::last_ratings;
use crate::route::openapi::native::NotFound;
use crate::route::openapi::segment::OfCustomer;

/// Entries, files or conversations that are read at a time.
const PAGE: usize = 200;
/// Most bytes of entries that are read at a time.
const PAGE_BYTES: usize = 1 << 20;
/// How many of the newest deliveries of a channel are looked through; about as many are kept.
const ATTEMPTS: usize = 1_000;

/// Gives everything that is held of a customer, on all their channels, as one JSON object a line.
///
/// Each has its `kind`: `customer`, then `conversation`, `message`, `entry`, `ticket`, `file`, `delivery`, and at last `end`
/// with the number of lines before it. Without that line it was cut off.
#[utoipa::path(
    get,
    path = "/api/v1/customers/{customer}/export",
    operation_id = "exportCustomer",
    tag = "Customers",
    params(OfCustomer),
    responses(
        (
            status = 200, description = "One JSON object a line.", body = String,
            content_type = "application/x-ndjson",
        ),
        NotFound,
    ),
)]
pub async fn export(
    State(parts): State<Parts>,
    VisibleCustomer { caller, named, profile }: VisibleCustomer,
) -> Result<Response, NativeError> {
    // It has what was said on all their channels, also those that lie outside of the caller's scope.
    if !caller.may(Permission::CustomersExport, On::Tenant) {
        return Err(ApiError::Forbidden.into());
    }
    let head = json!({
        "kind": "customer",
        "exportedAt": parts.clock.now().as_millis(),
        "by": caller.agent.id.as_str(),
        "customer": wire_profile(&parts, &profile),
    });
    let mut steps = VecDeque::from([Step::Conversations(None)]);
    for identity in &profile.identities {
        steps.push_back(Step::Entries(identity.clone(), EntryNumber::START));
        steps.push_back(Step::Files(identity.clone(), None));
        steps.push_back(Step::Deliveries(identity.clone()));
    }
    let name = format!("attachment; filename=\"customer-{}.ndjson\"", customer_id(&parts, named));
    let mut export = Export { parts, profile, steps, lines: 0, is_over: false, text: Vec::new() };
    export.line(&head).map_err(|_| ApiError::Internal)?;
    let headers =
        [(header::CONTENT_TYPE, "application/x-ndjson".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, export.body()).into_response())
}

/// What is read next.
enum Step {
    /// Conversations, after this one.
    Conversations(Option<ConversationPlace>),
    /// Entries of a log, after this one.
    Entries(Identity, EntryNumber),
    /// Files of a log, after this one.
    Files(Identity, Option<u64>),
    /// Notes of deliveries.
    Deliveries(Identity),
}

/// An export, read as fast as it is taken: of it, no more than a page is in memory.
struct Export {
    parts: Parts,
    profile: Profile,
    steps: VecDeque<Step>,
    lines: u64,
    is_over: bool,
    text: Vec<u8>,
}

impl Export {
    fn body(self) -> Body {
        Body::from_stream(stream::try_unfold(self, |mut export| async move {
            let piece = export.next().await?;
            Ok::<_, io::Error>(piece.map(|piece| (piece, export)))
        }))
    }

    /// The next piece. One that fails breaks the connection: what was cut off must not look whole.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.is_over {
            return Ok(None);
        }
        if self.parts.shutdown.is_cancelled() {
            return Err(io::Error::other("the server stops"));
        }
        let Some(step) = self.steps.pop_front() else {
            self.is_over = true;
            self.line(&json!({ "kind": "end", "lines": self.lines }))?;
            return Ok(Some(std::mem::take(&mut self.text).into()));
        };
        let again = match step {
            Step::Conversations(after) => self.conversations(after).await?,
            Step::Entries(identity, after) => self.entries(identity, after).await?,
            Step::Files(identity, after) => self.files(identity, after).await?,
            Step::Deliveries(identity) => self.deliveries(&identity).await?,
        };
        if let Some(again) = again {
            self.steps.push_front(again);
        }
        Ok(Some(std::mem::take(&mut self.text).into()))
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.text, line)?;
        self.text.push(b'\n');
        self.lines += 1;
        Ok(())
    }

    async fn conversations(&mut self, after: Option<ConversationPlace>) -> io::Result<Option<Step>> {
        let rows = self.parts.store.conversations_of(self.profile.log, after, PAGE).await.map_err(failed)?;
        for row in &rows {
            let conversation = CustomerConversation {
                conversation: frontdesk_api::native::conversation::Conversation {
                    sla: promises(&self.parts, row).await.map_err(failed)?,
                    ..conversation(&self.parts, row, None::<&AgentId>)
                },
                ratings: last_ratings(&self.parts, row).await.map_err(failed)?,
            };
            self.line(&Line { kind: "conversation", of: conversation })?;
        }
        let last = rows.last().filter(|_| rows.len() == PAGE);
        Ok(last.map(|row| Step::Conversations(Some(ConversationPlace { opened: row.opened, log: row.log }))))
    }

    async fn entries(&mut self, identity: Identity, after: EntryNumber) -> io::Result<Option<Step>> {
        let query = ReadQuery {
            after,
            through: EntryNumber::END,
            audience: Audience::ALL,
            limit: PAGE,
            max_bytes: PAGE_BYTES,
        };
        let entries = self.parts.store.read(identity.log, query).await.map_err(failed)?;
        for entry in &entries {
            self.entry(&identity, entry).await?;
        }
        Ok(entries.last().map(|last| Step::Entries(identity, last.number)))
    }

    async fn entry(&mut self, identity: &Identity, entry: &Entry) -> io::Result<()> {
        let customer = self.owner(identity);
        let conversation =
            (entry.conversation > 0).then(|| conversation_id(&self.parts, identity.log, entry.conversation));
        if let Some(message) = message_of(&self.parts, &customer, identity.log, entry) {
            let channel_id = identity.channel.to_string();
            let of = TimelineMessage { conversation_id: conversation, channel_id, message };
            return self.line(&Line { kind: "message", of });
        }
        let body = serde_json::to_value(&entry.body)?;
        self.line(&json!({
            "kind": "entry", "channelId": identity.channel.as_str(), "conversationId": conversation,
            "seq": entry.number.0, "at": entry.at.as_millis(), "entry": body,
        }))?;
        if matches!(entry.body, EntryBody::LeftMessage { .. }) {
            let id = TicketId { log: identity.log, number: entry.number };
            if let Some(ticket) = self.parts.store.ticket(id).await.map_err(failed)? {
                let state: Value = ticket.state.as_str().into();
                self.line(&json!({
                    "kind": "ticket", "channelId": identity.channel.as_str(), "seq": entry.number.0, "state": state,
                }))?;
            }
        }
        Ok(())
    }

    async fn files(&mut self, identity: Identity, after: Option<u64>) -> io::Result<Option<Step>> {
        let files = self.parts.store.files_of(identity.log, after, PAGE).await.map_err(failed)?;
        for file in &files {
            let key = self.parts.sealer.seal(Sealed::File, file.log, file.number);
            self.line(&json!({
                "kind": "file", "channelId": identity.channel.as_str(), "key": key,
                "path": format!("/api/v1/files/{key}"), "fileName": file.name, "fileType": file.file_type,
                "fileSize": file.size, "at": file.at.as_millis(),
            }))?;
        }
        let last = files.last().filter(|_| files.len() == PAGE).map(|file| file.number);
        Ok(last.map(|last| Step::Files(identity, Some(last))))
    }

    async fn deliveries(&mut self, identity: &Identity) -> io::Result<Option<Step>> {
        let channel = (&self.profile.tenant, &identity.channel);
        let attempts = self.parts.store.attempts(channel, ATTEMPTS).await.map_err(failed)?;
        for attempt in attempts.iter().filter(|attempt| attempt.user == identity.user) {
            self.line(&json!({
                "kind": "delivery", "channelId": identity.channel.as_str(), "at": attempt.at.as_millis(),
                "after": attempt.after.0, "through": attempt.through.0,
            }))?;
        }
        Ok(None)
    }

    fn owner(&self, identity: &Identity) -> Customer {
        Customer {
            tenant: self.profile.tenant.clone(),
            channel: identity.channel.clone(),
            user: identity.user.clone(),
            name: identity.name.clone(),
            locale: identity.locale.clone(),
        }
    }
}

fn failed(error: StoreError) -> io::Error {
    io::Error::other(error)
}

#[derive(Serialize)]
struct Line<T> {
    kind: &'static str,
    #[serde(flatten)]
    of: T,
}
