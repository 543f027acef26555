//! The database, if the store is one.

use std::time::Duration;

use frontdesk_server::config::Config;
use frontdesk_store::{DatabaseFacts, Session, examine_database, hears};

use super::cluster;
use super::finding::Finding;
use super::server::Running;
use super::store;
use crate::boot::{SystemClock, SystemRandom};

/// What a node has open beside its pool: the connection that it hears others over, and one while it starts.
const BESIDE_THE_POOL: i64 = 2;
/// How far clocks may be apart until it is worth a word, in milliseconds; nodes should agree within it.
const APART: i64 = 1_000;
/// How far they may be apart at most, in milliseconds.
const FAR_APART: i64 = 2_000;
/// How long the database may take for all questions.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) async fn examine(config: &Config, running: Option<Running>) -> Vec<Finding> {
    let asked = tokio::time::timeout(PATIENCE, examine_database(&config.store.url, &SystemClock)).await;
    let unreachable = |found: String| {
        let advice = "see that host, port, name, user and password in store.url are right, that the database runs, and \
                      that it lets this machine in (firewall, pg_hba.conf, sslmode)";
        vec![Finding::wrong("database", found, advice)]
    };
    let facts = match asked {
        Ok(Ok(facts)) => facts,
        Ok(Err(error)) => return unreachable(error.to_string()),
        Err(_) => return unreachable(format!("the database did not answer within {} s", PATIENCE.as_secs())),
    };
    let mut findings = vec![
        server(&facts),
        schema(&facts, running),
        clock(&facts),
        pool(&facts, config.store.connections, running),
        listener(config).await,
    ];
    findings.extend(facts.cluster.as_ref().map(|cluster| cluster::examine(cluster, facts.schema.is_some())));
    findings
}

fn server(facts: &DatabaseFacts) -> Finding {
    let check = "database";
    let (version, number) = &facts.version;
    let described = format!("{}, PostgreSQL {version}", facts.path.display());
    if *number < DatabaseFacts::OLDEST {
        return Finding::wrong(check, described, "move to PostgreSQL 15 or newer");
    }
    if facts.encoding != "UTF8" {
        return Finding::wrong(
            check,
            format!("{described}, encoding {}", facts.encoding),
            "make a database with the encoding UTF8 (createdb --encoding=UTF8 --template=template0)",
        );
    }
    if facts.is_standby {
        return Finding::wrong(
            check,
            format!("{described}, a standby that only reads"),
            "let store.url name the server that writes, or promote this one",
        );
    }
    Finding::well(check, format!("{described}{}", over_a_pooler(facts)))
}

fn over_a_pooler(facts: &DatabaseFacts) -> &'static str {
    match facts.session {
        Session::Own => "",
        Session::Tracked => ", over a pooler that shares sessions and keeps prepared statements",
        Session::Shared => {
            ", over a pooler that shares sessions and does not keep prepared statements: each is parsed anew"
        }
    }
}

fn schema(facts: &DatabaseFacts, running: Option<Running>) -> Finding {
    let check = "tables";
    if facts.is_half_moved {
        return Finding::wrong(
            check,
            "a store was being moved into the database, and not to the end",
            "run frontdesk move again, with the same data directory: it goes on where it was",
        );
    }
    let is_behind = facts.schema.unwrap_or(0) < facts.known;
    if is_behind && !facts.may_create {
        return Finding::wrong(
            check,
            "tables have to be made, and the user in store.url may not make any",
            "let that user own the database: ALTER DATABASE … OWNER TO …",
        );
    }
    if let Some(found) = facts.schema.filter(|found| *found > facts.known && facts.oldest <= facts.known) {
        let known = facts.known;
        return Finding::well(
            check,
            format!(
                "in the database; tables of version {found}, which this program (version {known}) can work with"
            ),
        );
    }
    store::tables(check, "in the database", facts.schema, facts.known, running)
}

fn clock(facts: &DatabaseFacts) -> Finding {
    let check = "clock";
    let DatabaseFacts { ahead_millis, ahead_within, .. } = facts;
    let apart = ahead_millis.saturating_abs();
    let side = if *ahead_millis < 0 { "behind" } else { "ahead of" };
    let found = format!("the database's is {apart} ms {side} this machine's, give or take {ahead_within} ms");
    let surely = apart.saturating_sub(*ahead_within);
    let advice = "have this machine and the database's follow a time server (timedatectl, chrony)";
    if surely > FAR_APART {
        Finding::wrong(check, found, advice)
    } else if surely > APART {
        Finding::warning(check, found, advice)
    } else {
        Finding::well(check, found)
    }
}

/// Whether the database has room for this node's connections.
fn pool(facts: &DatabaseFacts, connections: usize, running: Option<Running>) -> Finding {
    let check = "pool";
    let needed = i64::try_from(connections.max(2)).unwrap_or(i64::MAX).saturating_add(BESIDE_THE_POOL);
    let DatabaseFacts { most_connections: most, ours, others, .. } = *facts;
    let for_us = most.saturating_sub(others);
    let found = format!(
        "a node takes up to {needed} connections; of {most} of the database, Frontdesk has {ours} and others have {others}"
    );
    let advice = "lower store.connections, raise max_connections of the database (or what limits the role), or put a \
                  pooler in between";
    if for_us < needed {
        return Finding::wrong(check, found, advice);
    }
    // A server that runs here is among those who have some already.
    if running.is_none() && for_us.saturating_sub(ours) < needed {
        return Finding::warning(check, format!("{found}: not enough for one node more"), advice);
    }
    Finding::well(check, format!("{found}; that is room for {} nodes", for_us / needed))
}

async fn listener(config: &Config) -> Finding {
    let check = "listener";
    let (url, by) = match config.store.listen_url.as_str() {
        "" => (&config.store.url, "store.url"),
        _ => (&config.store.listen_url, "store.listen_url"),
    };
    let advice = format!(
        "let {} name the database itself, and not a pooler that shares sessions; until then what is said on one node is \
         seen on another up to 3 s later",
        if config.store.listen_url.is_empty() { "store.listen_url" } else { by }
    );
    let heard = tokio::time::timeout(PATIENCE, hears(&config.store.url, url, &SystemRandom)).await;
    match heard {
        Ok(Ok(true)) => Finding::well(check, format!("what nodes tell each other is heard over {by}")),
        Ok(Ok(false)) => {
            Finding::wrong(check, format!("what is told over store.url is not heard over {by}"), advice)
        }
        Ok(Err(error)) => Finding::wrong(check, error.to_string(), advice),
        Err(_) => Finding::wrong(check, "the database did not answer in time", advice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> DatabaseFacts {
        DatabaseFacts {
            path: "postgres://db/desk".into(),
            version: ("15.4".to_owned(), 150_004),
            encoding: "UTF8".to_owned(),
            is_standby: false,
            session: Session::Own,
            may_create: true,
            schema: Some(5),
            known: 5,
            oldest: 0,
            is_half_moved: false,
            ahead_millis: 3,
            ahead_within: 1,
            most_connections: 97,
            ours: 0,
            others: 7,
            cluster: None,
        }
    }

    fn state(finding: &Finding) -> String {
        serde_json::to_value(finding).unwrap()["state"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_database_that_will_not_do_is_told_apart() {
        assert_eq!(state(&server(&facts())), "well");
        let old = DatabaseFacts { version: ("14.9".to_owned(), 140_009), ..facts() };
        let latin = DatabaseFacts { encoding: "LATIN1".to_owned(), ..facts() };
        let standby = DatabaseFacts { is_standby: true, ..facts() };
        for other in [old, latin, standby] {
            assert_eq!(state(&server(&other)), "wrong", "{other:?}");
        }
    }

    #[test]
    fn tables_are_compared_with_what_this_program_has() {
        let running = Some(Running { pid: None });
        assert_eq!(state(&schema(&facts(), None)), "well");
        let older = DatabaseFacts { schema: Some(4), ..facts() };
        assert_eq!(state(&schema(&older, None)), "well");
        assert_eq!(state(&schema(&older, running)), "warning");
        assert_eq!(state(&schema(&DatabaseFacts { may_create: false, ..older }, None)), "wrong");
        let newer = |oldest| DatabaseFacts { schema: Some(6), oldest, ..facts() };
        assert_eq!(state(&schema(&newer(5), None)), "well");
        assert_eq!(state(&schema(&newer(6), None)), "wrong");
        assert_eq!(state(&schema(&DatabaseFacts { schema: None, ..facts() }, None)), "well");
        assert_eq!(state(&schema(&DatabaseFacts { is_half_moved: true, ..facts() }, None)), "wrong");
    }

    #[test]
    fn only_what_is_certain_of_clocks_is_held_against_them() {
        let apart = |ahead_millis, ahead_within| {
            state(&clock(&DatabaseFacts { ahead_millis, ahead_within, ..facts() }))
        };
        assert_eq!(apart(1_400, 500), "well");
        assert_eq!(apart(-1_500, 10), "warning");
        assert_eq!(apart(2_011, 10), "wrong");
        assert_eq!(apart(-60_000, 10), "wrong");
    }

    #[test]
    fn a_pool_must_fit_beside_what_is_open() {
        let of = |ours, others, connections, running| {
            state(&pool(&DatabaseFacts { ours, others, ..facts() }, connections, running))
        };
        assert_eq!(of(0, 7, 16, None), "well");
        assert_eq!(of(75, 7, 16, None), "warning");
        assert_eq!(of(75, 7, 16, Some(Running { pid: None })), "well");
        assert_eq!(of(0, 80, 16, None), "wrong");
        assert_eq!(of(0, 7, 200, None), "wrong");
    }
}
