//! Lists of customers, and of what is theirs.

use frontdesk_core::customer::Profile;
use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationPlace, ConversationRow, CustomerFilter};
use frontdesk_core::time::Timestamp;

use super::profile::of_roots;
use crate::postgres::conditions::Conditions;
use crate::postgres::connection::Connection;
use crate::postgres::conversations::{query, select};
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{limit, log, optional_timestamp, params, words};

/// What must hold for one of the rows of a person.
fn of_rows(wanted: &mut Conditions, filter: &CustomerFilter) -> Worked<()> {
    wanted.and("EXISTS (SELECT 1 FROM profile AS part WHERE part.root = profile.log");
    if let Some(text) = &filter.text {
        wanted.and("(strpos(part.folded, ?) > 0 OR strpos(part.folded_name, ?) > 0)");
        wanted.value(text.clone()).value(text.clone());
    }
    if let Some(user) = &filter.user {
        wanted.and("part.user_id >= ? AND part.user_id < ?");
        wanted.value(user.clone()).value(format!("{user}\u{10ffff}"));
    }
    if let Some(channel) = &filter.channel {
        wanted.and("part.channel = ?").value(channel.to_string());
    }
    if let Some(tag) = &filter.tag {
        wanted.and(
            "EXISTS (SELECT 1 FROM profile_tag AS tagged WHERE tagged.log = part.log AND tagged.tag = ?)",
        );
        wanted.value(tag.clone());
    }
    if let Some((key, value)) = &filter.attribute {
        // Of the texts of JSON, PostgreSQL cannot compare those with a zero character.
        wanted.and(
            "CASE WHEN strpos(part.attributes, '\\u0000') > 0 THEN FALSE
             ELSE CAST(part.attributes AS JSONB) -> ? = CAST(CAST(? AS TEXT) AS JSONB) END",
        );
        wanted.value(key.clone()).value(words(value)?.replace("\\u0000", "\\ufffd"));
    }
    wanted.then(")");
    Ok(())
}

/// People, those seen last at the head. Those that are known by an id or a log are looked up, others are gone through in
/// the order of the list.
pub(super) async fn list(
    view: &Tx,
    tenant: &TenantId,
    filter: &CustomerFilter,
    most: usize,
) -> Worked<Vec<Profile>> {
    let mut wanted =
        Conditions::new("SELECT profile.log FROM profile WHERE profile.tenant = ? AND profile.above IS NULL");
    wanted.value(tenant.to_string());
    if let Some(logs) = &filter.logs {
        let logs: Vec<Vec<u8>> = logs.iter().map(|log| log.as_bytes().to_vec()).collect();
        wanted.and("profile.log IN (SELECT known.root FROM profile AS known WHERE known.log = ANY (?))");
        wanted.value(logs);
    }
    if let Some(user) = &filter.user {
        wanted.and(
            "profile.log IN (SELECT known.root FROM profile AS known
                 WHERE known.tenant = ? AND known.user_id >= ? AND known.user_id < ?)",
        );
        wanted.value(tenant.to_string()).value(user.clone()).value(format!("{user}\u{10ffff}"));
    }
    of_rows(&mut wanted, filter)?;
    if let Some(blocked) = filter.blocked {
        let now = view.now().await?;
        wanted.and(
            "EXISTS (SELECT 1 FROM profile AS part WHERE part.root = profile.log
                 AND part.blocked_at IS NOT NULL AND (part.blocked_until IS NULL OR part.blocked_until > ?)) = ?",
        );
        wanted.value(now.as_millis()).value(blocked);
    }
    if let Some(from) = filter.seen_from {
        wanted.and("profile.active >= ?").value(from.as_millis());
    }
    if let Some(before) = filter.seen_before {
        wanted.and("profile.active < ?").value(before.as_millis());
    }
    if let Some(after) = &filter.after {
        wanted.and("(profile.active, profile.log) < (?, ?)");
        wanted.value(after.seen.as_millis()).value(after.log.as_bytes().to_vec());
    }
    wanted.then(" ORDER BY profile.active DESC, profile.log DESC LIMIT ?").value(limit(most));
    let roots: Vec<LogId> =
        wanted.query(view).await?.iter().map(|row| log(row, "log")).collect::<Worked<_>>()?;
    of_roots(view, &roots).await
}

/// A person's conversations on all channels, those opened last first.
pub(super) async fn conversations(
    connection: &Connection,
    log: LogId,
    after: Option<ConversationPlace>,
    most: usize,
) -> Worked<Vec<ConversationRow>> {
    let (opened, at) =
        after.map_or((i64::MAX, [0xff; 16]), |after| (after.opened.as_millis(), *after.log.as_bytes()));
    // A log has no two conversations that were opened at once.
    let sql = select!(
        "WHERE conversation.log IN (
             SELECT part.log FROM profile AS part
             WHERE part.root = (SELECT own.root FROM profile AS own WHERE own.log = $1)
             UNION SELECT CAST($1 AS BYTEA)
         ) AND (conversation.opened, conversation.log) < ($2, $3)
         ORDER BY conversation.opened DESC, conversation.log DESC LIMIT $4"
    );
    query(connection, sql, params![log.as_bytes(), opened, at, limit(most)]).await
}

/// The logs of everybody who is kept out.
pub(super) async fn blocked(view: &Tx) -> Worked<Vec<(LogId, Option<Timestamp>)>> {
    let now = view.now().await?;
    let rows = view
        .query(
            "SELECT part.log, block.blocked_until FROM profile AS block
             JOIN profile AS part ON part.root = block.root
             WHERE block.blocked_at IS NOT NULL AND (block.blocked_until IS NULL OR block.blocked_until > $1)",
            params![now.as_millis()],
        )
        .await?;
    rows.iter().map(|row| Ok((log(row, "log")?, optional_timestamp(row, "blocked_until")?))).collect()
}
