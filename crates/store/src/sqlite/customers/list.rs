//! Lists of customers, and of what is theirs.

use frontdesk_core::customer::{AttributeValue, Profile};
use frontdesk_core::id::{ChannelId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationPlace, ConversationRow, CustomerFilter};
use frontdesk_core::time::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::profile::{of_root, root_of};
use crate::error::Worked;
use crate::sqlite::conversations::{query, select};
use crate::sqlite::value::{limit, log, optional_timestamp};

/// Conditions of a list, and what they are to be met with.
#[derive(Default)]
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    /// A condition in which `?` stands for each value.
    fn add(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.extend(values);
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// What must hold for one of the rows of a person.
fn of_rows(filter: &CustomerFilter) -> Conditions {
    let mut rows = Conditions::default();
    if let Some(wanted) = &filter.text {
        let twice = [text(wanted), text(wanted)];
        rows.add("(instr(part.folded, ?) > 0 OR instr(coalesce(part.folded_name, ''), ?) > 0)", twice);
    }
    if let Some(user) = &filter.user {
        let range = [text(user), Value::Text(format!("{user}\u{10ffff}"))];
        rows.add("part.user >= ? AND part.user < ?", range);
    }
    if let Some(channel) = &filter.channel {
        rows.add("part.channel = ?", [text(ChannelId::as_str(channel))]);
    }
    if let Some(tag) = &filter.tag {
        let tagged =
            "EXISTS (SELECT 1 FROM profile_tag AS tagged WHERE tagged.log = part.log AND tagged.tag = ?)";
        rows.add(tagged, [text(tag)]);
    }
    if let Some((key, value)) = &filter.attribute {
        let (kind, value) = match value {
            AttributeValue::Flag(flag) => ("flag", text(if *flag { "true" } else { "false" })),
            AttributeValue::Number(number) => ("number", number.as_f64().map_or(Value::Null, Value::Real)),
            AttributeValue::Text(value) => ("text", text(value)),
        };
        let held = match kind {
            "flag" => "known.type = ?",
            "number" => "known.type IN ('integer', 'real') AND known.value = ?",
            _ => "known.type = 'text' AND known.value = ?",
        };
        let found = format!(
            "EXISTS (SELECT 1 FROM json_each(part.attributes) AS known WHERE known.key = ? AND {held})"
        );
        rows.add(&found, [text(key), value]);
    }
    rows
}

/// People, those seen last at the head. Those that are known by an id or a log are looked up, others are gone through in
/// the order of the list.
pub(super) fn list(
    connection: &Connection,
    tenant: &TenantId,
    filter: &CustomerFilter,
    most: usize,
    now: Timestamp,
) -> Worked<Vec<Profile>> {
    let mut all = Conditions::default();
    if let Some(logs) = &filter.logs {
        let logs: Vec<String> = logs.iter().map(ToString::to_string).collect();
        let known = "profile.log IN (SELECT known.root FROM json_each(?) AS wanted
             JOIN profile AS known ON known.log = unhex(wanted.value))";
        all.add(known, [Value::Text(serde_json::to_string(&logs)?)]);
    }
    if let Some(user) = &filter.user {
        let range = [text(tenant.as_str()), text(user), Value::Text(format!("{user}\u{10ffff}"))];
        let known = "profile.log IN (SELECT known.root FROM profile AS known
             WHERE known.tenant = ? AND known.user >= ? AND known.user < ?)";
        all.add(known, range);
    }
    let rows = of_rows(filter);
    if !rows.sql.is_empty() {
        let one = format!("EXISTS (SELECT 1 FROM profile AS part WHERE part.root = profile.log{})", rows.sql);
        all.add(&one, rows.values);
    }
    if let Some(blocked) = filter.blocked {
        let kept_out = "EXISTS (SELECT 1 FROM profile AS part WHERE part.root = profile.log
             AND part.blocked_at IS NOT NULL AND (part.blocked_until IS NULL OR part.blocked_until > ?)) = ?";
        all.add(kept_out, [Value::Integer(now.as_millis()), Value::Integer(i64::from(blocked))]);
    }
    if let Some(from) = filter.seen_from {
        all.add("profile.active >= ?", [Value::Integer(from.as_millis())]);
    }
    if let Some(before) = filter.seen_before {
        all.add("profile.active < ?", [Value::Integer(before.as_millis())]);
    }
    if let Some(after) = &filter.after {
        let place = [Value::Integer(after.seen.as_millis()), Value::Blob(after.log.as_bytes().to_vec())];
        all.add("(profile.active, profile.log) < (?, ?)", place);
    }
    let sql = format!(
        "SELECT profile.log FROM profile WHERE profile.tenant = ? AND profile.above IS NULL{}
         ORDER BY profile.active DESC, profile.log DESC LIMIT ?",
        all.sql
    );
    let values = std::iter::once(text(tenant.as_str())).chain(all.values);
    let values = values.chain([Value::Integer(limit(most))]);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut people = Vec::new();
    while let Some(row) = rows.next()? {
        people.extend(of_root(connection, log(row, "log")?, now)?);
    }
    Ok(people)
}

/// A person's conversations on all channels, those opened last first.
pub(super) fn conversations(
    connection: &Connection,
    log: LogId,
    after: Option<ConversationPlace>,
    most: usize,
) -> Worked<Vec<ConversationRow>> {
    let root = root_of(connection, log)?;
    let (opened, at) =
        after.map_or((i64::MAX, [0xff; 16]), |after| (after.opened.as_millis(), *after.log.as_bytes()));
    // A log has no two conversations that were opened at once.
    let sql = select!(
        "WHERE conversation.log_key IN (
             SELECT log_key FROM profile WHERE root = ?1
             UNION SELECT log_key FROM log AS own WHERE own.id = ?1
         ) AND (conversation.opened < ?2 OR (conversation.opened = ?2 AND log.id < ?3))
         ORDER BY conversation.opened DESC, log.id DESC LIMIT ?4"
    );
    query(connection, sql, params![root.as_bytes(), opened, at, limit(most)])
}

/// The logs of everybody who is kept out.
pub(super) fn blocked(connection: &Connection, now: Timestamp) -> Worked<Vec<(LogId, Option<Timestamp>)>> {
    let mut statement = connection.prepare_cached(
        "SELECT part.log, block.blocked_until FROM profile AS block JOIN profile AS part ON part.root = block.root
         WHERE block.blocked_at IS NOT NULL AND (block.blocked_until IS NULL OR block.blocked_until > ?1)",
    )?;
    let mut rows = statement.query(params![now.as_millis()])?;
    let mut logs = Vec::new();
    while let Some(row) = rows.next()? {
        logs.push((log(row, "log")?, optional_timestamp(row, "blocked_until")?));
    }
    Ok(logs)
}
