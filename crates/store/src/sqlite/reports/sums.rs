//! What facts add up to.

use std::collections::BTreeMap;

use frontdesk_core::id::{AgentId, ChannelId, TenantId};
use frontdesk_core::port::{Customer, RollupGroup, RollupQuery, Rollups};
use frontdesk_core::report::{Contributions, Cover, Measures, RollupKey, cover};
use rusqlite::{Connection, params};

use crate::error::{Fault, Worked};
use crate::sqlite::writer::Tx;

/// Where something is added to, in pieces of every length.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) tenant: &'a str,
    pub(super) subject: &'a str,
    pub(super) channel: &'a str,
    pub(super) name: &'a str,
    pub(super) agent: &'a str,
    /// The beginning of the quarter of an hour, in milliseconds.
    pub(super) quarter: i64,
}

/// Adds to the pieces of every length.
pub(super) fn add(tx: &Tx<'_>, owner: &Customer, sums: &Contributions) -> Worked<()> {
    for (key, measures) in sums {
        add_at(tx, Place::of(owner, key), measures)?;
    }
    Ok(())
}

impl<'a> Place<'a> {
    pub(super) fn of(owner: &'a Customer, key: &'a RollupKey) -> Self {
        Self {
            tenant: owner.tenant.as_str(),
            subject: key.subject.as_str(),
            channel: owner.channel.as_str(),
            name: key.name.as_str(),
            agent: key.agent.as_str(),
            quarter: key.quarter.as_millis(),
        }
    }
}

pub(super) fn add_at(tx: &Tx<'_>, place: Place<'_>, measures: &Measures) -> Worked<()> {
    let Place { tenant, subject, channel, name, agent, quarter } = place;
    for piece in Cover::PIECES {
        let start = quarter.div_euclid(piece) * piece;
        let before: Option<Vec<u8>> = tx.first(
            "SELECT body FROM report_sum WHERE tenant = ?1 AND subject = ?2 AND piece = ?3 AND start = ?4
                 AND channel = ?5 AND name = ?6 AND agent = ?7",
            params![tenant, subject, piece, start, channel, name, agent],
            |row| Ok(row.get("body")?),
        )?;
        let mut sum = measures.clone();
        if let Some(before) = before {
            sum.merge_encoded(&before).map_err(Fault::damaged)?;
        }
        if sum.is_empty() {
            tx.execute(
                "DELETE FROM report_sum WHERE tenant = ?1 AND subject = ?2 AND piece = ?3 AND start = ?4
                     AND channel = ?5 AND name = ?6 AND agent = ?7",
                params![tenant, subject, piece, start, channel, name, agent],
            )?;
            continue;
        }
        tx.execute(
            "INSERT INTO report_sum (tenant, subject, piece, start, channel, name, agent, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET body = excluded.body",
            params![tenant, subject, piece, start, channel, name, agent, sum.encode()],
        )?;
    }
    Ok(())
}

/// Adds up what lies in each of the periods, from the longest pieces that fit.
pub(super) fn add_up(connection: &Connection, tenant: &TenantId, query: &RollupQuery) -> Worked<Rollups> {
    let mut statement = connection.prepare_cached(
        "SELECT channel, name, agent, body FROM report_sum
         WHERE tenant = ?1 AND subject = ?2 AND piece = ?3 AND start >= ?4 AND start < ?5
             AND channel = coalesce(?6, channel) AND name = coalesce(?7, name) AND agent = coalesce(?8, agent)",
    )?;
    let mut groups: BTreeMap<RollupGroup, Measures> = BTreeMap::new();
    let mut answer = Rollups::default();
    let told = |value: &str, is_told: bool| if is_told { value.to_owned() } else { String::new() };
    for (period, (from, to)) in query.periods.iter().enumerate() {
        for Cover { piece, from, to } in cover(*from, *to) {
            let mut rows = statement.query(params![
                tenant.as_str(),
                query.subject.as_str(),
                piece,
                from.as_millis(),
                to.as_millis(),
                query.channel.as_ref().map(ChannelId::as_str),
                query.name,
                query.agent.as_ref().map(AgentId::as_str)
            ])?;
            while let Some(row) = rows.next()? {
                answer.read += 1;
                let text = |column| row.get_ref(column)?.as_str().map_err(Fault::damaged);
                let group = RollupGroup {
                    period,
                    channel: told(text("channel")?, query.by_channel),
                    name: told(text("name")?, query.by_name),
                    agent: told(text("agent")?, query.by_agent),
                };
                if groups.len() >= query.limit && !groups.contains_key(&group) {
                    answer.is_cut = true;
                    continue;
                }
                let body = row.get_ref("body")?.as_blob().map_err(Fault::damaged)?;
                groups.entry(group).or_default().merge_encoded(body).map_err(Fault::damaged)?;
            }
        }
    }
    groups.retain(|_, measures| !measures.is_empty());
    answer.groups = groups.into_iter().collect();
    Ok(answer)
}
