//! The embedded store.

use frontdesk_server::config::Config;
use frontdesk_store::{FileFacts, OpenError, examine_file};

use super::finding::Finding;
use super::machine::size;
use super::server::Running;

const CHECK: &str = "store";

pub(super) fn examine(config: &Config, running: Option<Running>) -> Finding {
    match examine_file(&config.data_dir) {
        Ok(None) => Finding::well(CHECK, "there is none yet; the first start makes it"),
        Ok(Some(facts)) => tables(CHECK, &described(&facts), facts.schema, facts.known, running),
        Err(error) => {
            let advice = advice(&error);
            Finding::wrong(CHECK, error.to_string(), advice)
        }
    }
}

fn described(facts: &FileFacts) -> String {
    // What was written last is not in the database yet.
    let mut log = facts.path.clone().into_os_string();
    log.push("-wal");
    let unfinished = std::fs::metadata(log).map_or(0, |data| data.len());
    format!("{}, {}", facts.path.display(), size(facts.bytes.saturating_add(unfinished)))
}

/// Whether this program and what was stored fit together.
pub(super) fn tables(
    check: &'static str,
    described: &str,
    found: Option<i64>,
    known: i64,
    running: Option<Running>,
) -> Finding {
    let Some(found) = found else {
        return Finding::well(check, format!("{described}; no tables yet, the next start makes them"));
    };
    if found > known {
        return Finding::wrong(
            check,
            format!(
                "{described}; its tables are those of version {found}, and this program knows {known} at most"
            ),
            "run the newer program that wrote it, or restore a backup from before the upgrade",
        );
    }
    if found == known {
        return Finding::well(check, format!("{described}; tables of version {known}"));
    }
    let behind = format!("{described}; tables of version {found}, and this program has {known}");
    match running {
        Some(_) => Finding::warning(
            check,
            format!("{behind}: the server that runs is older than this program"),
            "stop the server and start it anew: that brings the tables up to date",
        ),
        None => Finding::well(check, format!("{behind}: the next start brings them up to date")),
    }
}

fn advice(error: &OpenError) -> &'static str {
    match error {
        OpenError::HalfRestored { .. } => "run the restore again before anything else",
        OpenError::Moved { .. } => {
            "let store.url (or FRONTDESK_STORE_URL) name the database that the store was moved to"
        }
        OpenError::NotAStore { .. } => {
            "see that the data directory is the right one; if it is, stop the server, keep a copy of the directory, and \
             restore the newest backup"
        }
        _ => {
            "run this command as the user that the server runs as, and see what the disk and the system's log say"
        }
    }
}
