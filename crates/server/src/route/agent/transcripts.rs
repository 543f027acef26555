//! Transcripts: a whole conversation, in a form to keep.

use std::fmt::Write as _;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use frontdesk_api::native::report::{
    Transcript, TranscriptFormat, TranscriptLine, TranscriptQuery, format_or,
};
use frontdesk_core::entry::{Entry, EntryBody};
use frontdesk_core::message::Author;
use frontdesk_core::report::Calendar;
use frontdesk_core::time::Timestamp;
use http::header;

use super::access::ReadableConversation;
use super::entries::{before_first, entries_of};
use crate::deliver::native::conversation_id;
use crate::error::NativeError;
use crate::extract::NativeQuery;
use crate::parts::Parts;
use crate::route::html::escaped;
use crate::route::openapi::native::{BadQuery, NotFound};
use crate::route::openapi::segment::OfConversation;
use crate::route::report::{Cell, CsvLine, calendar, known_only};

/// What was said in a conversation, and who had it when. What agents wrote to each other is not in it.
#[utoipa::path(
    get,
    path = "/api/v1/conversations/{id}/transcript",
    operation_id = "getTranscript",
    tag = "Reports",
    params(OfConversation, TranscriptQuery),
    responses(
        (
            status = 200,
            description = "The transcript, in the form that was asked for.",
            content(
                (Transcript = "application/json"),
                (String = "text/plain"),
                (String = "text/csv"),
                (String = "text/html"),
            ),
        ),
        BadQuery,
        NotFound,
    ),
)]
pub async fn transcript(
    State(parts): State<Parts>,
    ReadableConversation { row, .. }: ReadableConversation,
    NativeQuery(query): NativeQuery<TranscriptQuery>,
) -> Result<Response, NativeError> {
    known_only(&query.unknown)?;
    let format = format_or(query.format.as_deref(), TranscriptFormat::Json)?;
    let (calendar, _) = calendar(query.zone.as_deref())?;
    let entries = entries_of(&parts, &row, before_first(&row)).await?;
    let transcript = Transcript {
        conversation_id: conversation_id(&parts, row.log, row.conversation),
        call_id: row.call.to_string(),
        channel_id: row.customer.channel.to_string(),
        user_id: row.customer.user.to_string(),
        user_name: row.customer.name.as_str().into(),
        began_at: row.opened.as_millis(),
        ended_at: row.ended.map(Timestamp::as_millis),
        lines: entries.iter().filter_map(line).collect(),
    };
    Ok(match format {
        TranscriptFormat::Json => Json(transcript).into_response(),
        TranscriptFormat::Text => told("text/plain; charset=utf-8", text(&transcript, &calendar)),
        TranscriptFormat::Csv => told("text/csv; charset=utf-8", csv(&transcript, &calendar)),
        TranscriptFormat::Html => {
            let page = told("text/html; charset=utf-8", html(&transcript, &calendar));
            // Nothing in it is to run or be fetched, whatever somebody wrote.
            ([(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'")], page)
                .into_response()
        }
    })
}

fn told(kind: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// What a transcript says of an entry; `None` for what is no part of the conversation with the customer.
fn line(entry: &Entry) -> Option<TranscriptLine> {
    let at = entry.at.as_millis();
    let event = |text: String| TranscriptLine {
        at,
        author: "event".to_owned(),
        name: None,
        id: None,
        media_type: None,
        text: text.into(),
    };
    Some(match &entry.body {
        EntryBody::Said(said) => {
            let (author, id) = match &said.author {
                Author::Customer => ("customer", None),
                Author::Agent(agent) => ("agent", Some(agent.to_string())),
                Author::Robot(robot) => ("robot", Some(robot.to_string())),
                Author::System => ("system", None),
            };
            let text = if said.extras.recalled { "(taken back)" } else { &said.content };
            TranscriptLine {
                at,
                author: author.to_owned(),
                name: said.nickname.clone(),
                id,
                media_type: Some(said.media.as_str().to_owned()),
                text: text.into(),
            }
        }
        EntryBody::Connected { robot: Some(robot), .. } => event(format!("connected to {robot}")),
        EntryBody::Connected { robot: None, .. } => event("connected".to_owned()),
        EntryBody::Queued { queue, .. } => event(format!("waits in {queue}")),
        EntryBody::Assigned { agent, .. } => event(format!("given to {agent}")),
        EntryBody::TakenOver { agent, .. } => event(format!("taken over by {agent}")),
        EntryBody::GivenToRobot { robot, .. } => event(format!("given to {robot}")),
        EntryBody::LeftMessage { text, .. } => event(format!("left a message: {text}")),
        EntryBody::Ended { .. } => event("ended".to_owned()),
        _ => return None,
    })
}

fn local(calendar: &Calendar, at: i64) -> String {
    calendar.local(Timestamp::from_millis(at)).unwrap_or_default()
}

fn speaker(line: &TranscriptLine) -> &str {
    line.name.as_deref().or(line.id.as_deref()).unwrap_or(&line.author)
}

fn text(transcript: &Transcript, calendar: &Calendar) -> String {
    let mut text = format!("Conversation {}\n\n", transcript.call_id);
    for line in &transcript.lines {
        let at = local(calendar, line.at);
        // A line break in what was said begins no new line of the transcript.
        let said = line.text.as_str().replace('\n', "\n    ");
        let _infallible = if line.author == "event" {
            writeln!(text, "[{at}] * {said}")
        } else {
            writeln!(text, "[{at}] {} ({}): {said}", speaker(line), line.author)
        };
    }
    text
}

fn csv(transcript: &Transcript, calendar: &Calendar) -> String {
    let names = ["at", "author", "name", "id", "mediaType", "text"];
    let mut text = CsvLine::of_names(names).finish().to_vec();
    for line in &transcript.lines {
        let cells = [
            Cell::Moment(Timestamp::from_millis(line.at)),
            Cell::text(Some(&line.author)),
            Cell::text(line.name.as_ref()),
            Cell::text(line.id.as_ref()),
            Cell::text(line.media_type.as_ref()),
            Cell::text(Some(line.text.as_str())),
        ];
        let row = cells.iter().fold(CsvLine::default(), |row, cell| row.cell(cell, calendar));
        text.extend_from_slice(&row.finish());
    }
    String::from_utf8(text).unwrap_or_default()
}

fn html(transcript: &Transcript, calendar: &Calendar) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Conversation {call}</title>\n\
         <style>body{{font:16px/1.5 sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}}\
         dt{{color:#555;margin-top:1rem}}dd{{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}}</style>\n\
         <h1>Conversation {call}</h1>\n<dl>\n",
        call = escaped(&transcript.call_id)
    );
    for line in &transcript.lines {
        let (at, who) = (local(calendar, line.at), escaped(speaker(line)));
        let _infallible = writeln!(page, "<dt>{at} {who}</dt>\n<dd>{}</dd>", escaped(&line.text));
    }
    page.push_str("</dl>\n</html>\n");
    page
}
