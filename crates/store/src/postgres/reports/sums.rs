//! What facts add up to.

use std::collections::{BTreeMap, HashMap};

use frontdesk_core::id::{AgentId, ChannelId, TenantId};
use frontdesk_core::port::{Customer, RollupGroup, RollupQuery, Rollups};
use frontdesk_core::report::{Contributions, Cover, Measures, RollupKey, cover};
use tokio_postgres::Row;

use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{number, params};

/// Where something is added to, in pieces of every length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place<'a> {
    pub(super) subject: &'a str,
    pub(super) channel: &'a str,
    pub(super) name: &'a str,
    pub(super) agent: &'a str,
    /// The beginning of the piece, in milliseconds; where it is not said which piece, of the quarter of an hour.
    pub(super) start: i64,
}

impl<'a> Place<'a> {
    pub(super) fn of(owner: &'a Customer, key: &'a RollupKey) -> Self {
        Self {
            subject: key.subject.as_str(),
            channel: owner.channel.as_str(),
            name: key.name.as_str(),
            agent: key.agent.as_str(),
            start: key.quarter.as_millis(),
        }
    }

    /// From the columns of a row.
    pub(super) fn read(row: &'a Row) -> Worked<Self> {
        Ok(Self {
            subject: row.try_get("subject")?,
            channel: row.try_get("channel")?,
            name: row.try_get("name")?,
            agent: row.try_get("agent")?,
            start: row.try_get("start")?,
        })
    }
}

/// Places column by column.
#[derive(Default)]
pub(super) struct Places<'a> {
    pub(super) subjects: Vec<&'a str>,
    pub(super) channels: Vec<&'a str>,
    pub(super) names: Vec<&'a str>,
    pub(super) agents: Vec<&'a str>,
    pub(super) starts: Vec<i64>,
}

impl<'a> Places<'a> {
    fn push(&mut self, place: Place<'a>) {
        self.subjects.push(place.subject);
        self.channels.push(place.channel);
        self.names.push(place.name);
        self.agents.push(place.agent);
        self.starts.push(place.start);
    }
}

impl<'a> FromIterator<Place<'a>> for Places<'a> {
    fn from_iter<I: IntoIterator<Item = Place<'a>>>(places: I) -> Self {
        let mut columns = Self::default();
        places.into_iter().for_each(|place| columns.push(place));
        columns
    }
}

/// Sums by the length of their pieces and where they begin.
type Sums<'a> = HashMap<(i64, Place<'a>), Measures>;

/// Adds to the pieces of every length. The numbers of the tenant are locked.
pub(super) async fn add(tx: &Tx, owner: &Customer, sums: &Contributions) -> Worked<()> {
    let quarters = sums.iter().map(|(key, measures)| (Place::of(owner, key), measures));
    add_at(tx, &owner.tenant, quarters).await
}

/// The same by places.
pub(super) async fn add_at<'a>(
    tx: &Tx,
    tenant: &TenantId,
    quarters: impl Iterator<Item = (Place<'a>, &'a Measures)>,
) -> Worked<()> {
    let mut all = Sums::new();
    for (quarter, measures) in quarters {
        for piece in Cover::PIECES {
            let place = Place { start: quarter.start.div_euclid(piece) * piece, ..quarter };
            all.entry((piece, place)).or_default().merge(measures);
        }
    }
    let (pieces, places) = columns(all.keys());
    let rows = tx
        .query(
            "SELECT sum.subject, sum.piece, sum.start, sum.channel, sum.name, sum.agent, sum.body
             FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])
                 AS wanted (subject, piece, start, channel, name, agent)
             JOIN report_sum AS sum ON sum.tenant = $1 AND sum.subject = wanted.subject
                 AND sum.piece = wanted.piece AND sum.start = wanted.start AND sum.channel = wanted.channel
                 AND sum.name = wanted.name AND sum.agent = wanted.agent",
            params![
                tenant.as_str(),
                places.subjects,
                pieces,
                places.starts,
                places.channels,
                places.names,
                places.agents,
            ],
        )
        .await?;
    for row in &rows {
        if let Some(sum) = all.get_mut(&(row.try_get("piece")?, Place::read(row)?)) {
            sum.merge_encoded(row.try_get("body")?).map_err(Fault::damaged)?;
        }
    }
    write(tx, tenant, &all).await
}

fn columns<'a, 's: 'a>(keys: impl Iterator<Item = &'a (i64, Place<'s>)>) -> (Vec<i64>, Places<'s>) {
    let (mut pieces, mut places) = (Vec::new(), Places::default());
    for (piece, place) in keys {
        pieces.push(*piece);
        places.push(*place);
    }
    (pieces, places)
}

async fn write(tx: &Tx, tenant: &TenantId, sums: &Sums<'_>) -> Worked<()> {
    let (gone, kept): (Vec<_>, Vec<_>) = sums.iter().partition(|(_, sum)| sum.is_empty());
    let bodies: Vec<Vec<u8>> = kept.iter().map(|(_, sum)| sum.encode()).collect();
    let (pieces, places) = columns(kept.iter().map(|(key, _)| *key));
    tx.execute(
        "INSERT INTO report_sum (tenant, subject, piece, start, channel, name, agent, body)
         SELECT $1, new.subject, new.piece, new.start, new.channel, new.name, new.agent, new.body
         FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bytea[])
             AS new (subject, piece, start, channel, name, agent, body)
         ON CONFLICT (tenant, subject, piece, start, channel, name, agent) DO UPDATE SET body = excluded.body",
        params![
            tenant.as_str(),
            places.subjects,
            pieces,
            places.starts,
            places.channels,
            places.names,
            places.agents,
            bodies,
        ],
    )
    .await?;
    let (pieces, places) = columns(gone.iter().map(|(key, _)| *key));
    tx.execute(
        "DELETE FROM report_sum AS sum
         USING unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])
             AS gone (subject, piece, start, channel, name, agent)
         WHERE sum.tenant = $1 AND sum.subject = gone.subject AND sum.piece = gone.piece
             AND sum.start = gone.start AND sum.channel = gone.channel AND sum.name = gone.name
             AND sum.agent = gone.agent",
        params![
            tenant.as_str(),
            places.subjects,
            pieces,
            places.starts,
            places.channels,
            places.names,
            places.agents,
        ],
    )
    .await?;
    Ok(())
}

/// Adds up what lies in each of the periods, from the longest pieces that fit.
pub(super) async fn add_up(
    connection: &Connection,
    tenant: &TenantId,
    query: &RollupQuery,
) -> Worked<Rollups> {
    let (mut pieces, mut lows, mut highs, mut periods) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (period, (from, to)) in query.periods.iter().enumerate() {
        for Cover { piece, from, to } in cover(*from, *to) {
            pieces.push(piece);
            lows.push(from.as_millis());
            highs.push(to.as_millis());
            periods.push(period);
        }
    }
    let rows = connection
        .query(
            "SELECT wanted.nth, sum.channel, sum.name, sum.agent, sum.body
             FROM unnest($3::bigint[], $4::bigint[], $5::bigint[])
                 WITH ORDINALITY AS wanted (piece, low, high, nth)
             JOIN report_sum AS sum ON sum.tenant = $1 AND sum.subject = $2 AND sum.piece = wanted.piece
                 AND sum.start >= wanted.low AND sum.start < wanted.high
             WHERE sum.channel = coalesce($6, sum.channel) AND sum.name = coalesce($7, sum.name)
                 AND sum.agent = coalesce($8, sum.agent)
             ORDER BY wanted.nth, sum.start, sum.channel, sum.name, sum.agent",
            params![
                tenant.as_str(),
                query.subject.as_str(),
                pieces,
                lows,
                highs,
                query.channel.as_ref().map(ChannelId::as_str),
                query.name,
                query.agent.as_ref().map(AgentId::as_str),
            ],
        )
        .await?;
    let mut groups: BTreeMap<RollupGroup, Measures> = BTreeMap::new();
    let mut answer = Rollups { read: rows.len() as u64, ..Rollups::default() };
    for row in &rows {
        let group = group_of(row, query, &periods)?;
        if groups.len() >= query.limit && !groups.contains_key(&group) {
            answer.is_cut = true;
            continue;
        }
        groups.entry(group).or_default().merge_encoded(row.try_get("body")?).map_err(Fault::damaged)?;
    }
    groups.retain(|_, measures| !measures.is_empty());
    answer.groups = groups.into_iter().collect();
    Ok(answer)
}

fn group_of(row: &Row, query: &RollupQuery, periods: &[usize]) -> Worked<RollupGroup> {
    let nth = usize::try_from(number(row, "nth")?).map_err(Fault::damaged)?;
    let told = |column: &str, is_told: bool| -> Worked<String> {
        if is_told { Ok(row.try_get(column)?) } else { Ok(String::new()) }
    };
    Ok(RollupGroup {
        // The database counts from 1.
        period: periods.get(nth.saturating_sub(1)).copied().unwrap_or_default(),
        channel: told("channel", query.by_channel)?,
        name: told("name", query.by_name)?,
        agent: told("agent", query.by_agent)?,
    })
}
