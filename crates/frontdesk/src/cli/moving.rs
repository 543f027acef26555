//! `frontdesk move`.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use frontdesk_core::port::Clock;
use frontdesk_server::admin::this_operator;
use frontdesk_server::config::Config;
use frontdesk_store::{MoveOptions, MoveProgress, Moved, move_store};

use crate::boot::{self, SystemClock, SystemRandom};

#[derive(Debug, Args)]
pub(super) struct MoveArgs {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG")]
    config: Option<PathBuf>,
    /// The data directory with the store, such as `sqlite:/var/lib/frontdesk`; the configured one without this.
    #[arg(long, value_name = "sqlite:DIR")]
    from: Option<String>,
    /// The empty database, such as `postgres://frontdesk@db.example/frontdesk`; store.url without this, where no list of
    /// processes shows its password.
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Where the bytes of files are to be copied to; store.files without this, and if that is not set either, they stay.
    #[arg(long, value_name = "DIR")]
    files: Option<PathBuf>,
}

pub(super) async fn run(args: MoveArgs) -> anyhow::Result<()> {
    let config = super::read(args.config.as_deref())?;
    let options = options(args, &config)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let teller = Teller::of("move");
    let (told, by) = (|progress| teller.tell(progress), this_operator()?);
    let moved = Box::pin(move_store(&options, &clock, &SystemRandom, &by, &told)).await;
    teller.end();
    tell(&moved?, &options);
    Ok(())
}

fn options(args: MoveArgs, config: &Config) -> anyhow::Result<MoveOptions> {
    let from = match args.from.as_deref() {
        None => config.data_dir.clone(),
        Some(from) => directory(from)?,
    };
    let to = args.to.unwrap_or_else(|| config.store.url.clone());
    if to.is_empty() {
        bail!("where to? Give --to postgres://…, or store.url (FRONTDESK_STORE_URL)");
    }
    if !["postgres://", "postgresql://"].iter().any(|scheme| to.starts_with(scheme)) {
        bail!("--to must begin with postgres://: a store is moved into a PostgreSQL database");
    }
    let configured = Some(&config.store.files).filter(|files| !files.as_os_str().is_empty());
    let files = args.files.or_else(|| configured.cloned());
    Ok(MoveOptions { from, to, files, vault: boot::known_keys(config)? })
}

/// The data directory; its database is as good a name for it.
fn directory(from: &str) -> anyhow::Result<PathBuf> {
    let Some(path) = from.strip_prefix("sqlite:").filter(|path| !path.is_empty()) else {
        bail!("--from must be sqlite: and a data directory: a store is moved out of one");
    };
    let path = Path::new(path.strip_prefix("//").unwrap_or(path));
    match path.parent() {
        Some(parent) if path.is_file() => {
            Ok(if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_path_buf() })
        }
        _ => Ok(path.to_path_buf()),
    }
}

fn tell(moved: &Moved, options: &MoveOptions) {
    println!("moved {} to {}", options.from.display(), moved.to.display());
    println!(
        "{} entries in {} logs, {} rows in all, each read again and compared",
        moved.entries, moved.logs, moved.rows
    );
    match &options.files {
        Some(files) => println!("the bytes of {} files are in {}", moved.files, files.display()),
        None => println!(
            "the bytes of files stay in {}: keep that data directory, or let store.files name the folder",
            options.from.join("files").display()
        ),
    }
    println!(
        "Start the servers with store.url and, if there is one, the same key file. Epoch and keys are the same: clients go on \
         where they were. The search index is made anew by the server that runs first."
    );
    for name in &moved.missing {
        eprintln!("missing: the bytes of file {name} were not there");
    }
}

/// Says on standard error how far it is: on one line of a terminal, or now and then on lines of a log.
pub(super) struct Teller {
    /// What is being done.
    command: &'static str,
    is_terminal: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When something was said last.
    last: Option<Instant>,
    /// What is being done, since when, and how far it was then.
    stage: Option<(&'static str, Instant, u64)>,
}

const ON_A_TERMINAL: Duration = Duration::from_millis(200);
const IN_A_LOG: Duration = Duration::from_secs(10);

impl Teller {
    pub(super) fn of(command: &'static str) -> Self {
        Self { command, is_terminal: std::io::stderr().is_terminal(), state: Mutex::default() }
    }

    pub(super) fn tell(&self, progress: MoveProgress) {
        let (stage, what, done, total) = match progress {
            MoveProgress::Resumed => return self.say("going on where it was interrupted"),
            MoveProgress::Finishing => return self.say("finishing"),
            MoveProgress::Copying { table, done, total } => ("copying", table, done, total),
            MoveProgress::Checking { table, done, total } => ("checking", table, done, total),
            MoveProgress::Files { done, total } => ("files", "", done, total),
        };
        let now = Instant::now();
        let mut last_told = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if last_told.stage.is_none_or(|(before, ..)| before != stage) {
            *last_told = State { last: None, stage: Some((stage, now, done)) };
        }
        let pause = if self.is_terminal { ON_A_TERMINAL } else { IN_A_LOG };
        if done < total && last_told.last.is_some_and(|last| now - last < pause) {
            return;
        }
        last_told.last = Some(now);
        let Some((_, since, before)) = last_told.stage else { return };
        self.line(&line((stage, what), (done, total), (now - since, done - before.min(done))), false);
    }

    fn say(&self, text: &str) {
        self.line(text, true);
    }

    // Progress that cannot be shown is none that matters.
    fn line(&self, text: &str, is_last: bool) {
        let mut out = std::io::stderr();
        if !self.is_terminal {
            let _ = writeln!(out, "frontdesk {}: {text}", self.command);
        } else if is_last {
            let _ = writeln!(out, "\r{text:<78}");
        } else {
            let _ = write!(out, "\r{text:<78}");
        }
    }

    pub(super) fn end(&self) {
        if self.is_terminal {
            eprintln!();
        }
    }
}

fn line((stage, what): (&str, &str), (done, total): (u64, u64), (taken, since): (Duration, u64)) -> String {
    let unit = if stage == "files" { "files" } else { "rows" };
    let per_second = u64::try_from(u128::from(since) * 1_000 / taken.as_millis().max(1)).unwrap_or(u64::MAX);
    let what = if what.is_empty() { String::new() } else { format!(" ({what})") };
    let left = match total.saturating_sub(done).checked_div(per_second) {
        Some(seconds) if done < total => format!(", about {} left", spoken(seconds)),
        _ => String::new(),
    };
    format!("{stage}: {done} of {total} {unit}{what}, {per_second} a second{left}")
}

fn spoken(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_fast_it_goes_and_what_is_left() {
        let told = line(("copying", "entry"), (30_000, 90_000), (Duration::from_secs(2), 20_000));
        assert_eq!(told, "copying: 30000 of 90000 rows (entry), 10000 a second, about 6 s left");
        let whole = line(("files", ""), (7, 7), (Duration::from_secs(1), 7));
        assert_eq!(whole, "files: 7 of 7 files, 7 a second");
        let stuck = line(("copying", "log"), (0, 5), (Duration::from_secs(1), 0));
        assert_eq!(stuck, "copying: 0 of 5 rows (log), 0 a second");
        assert_eq!(
            (spoken(119), spoken(600), spoken(9_000)),
            ("119 s".into(), "10 min".into(), "2 h".into())
        );
    }

    #[test]
    fn a_data_directory_is_named_by_itself_or_by_its_database() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("frontdesk.db");
        std::fs::write(&database, "").unwrap();
        let named = |path: &Path| directory(&format!("sqlite:{}", path.display())).unwrap();
        assert_eq!((named(folder.path()), named(&database)), (folder.path().into(), folder.path().into()));
        assert_eq!(directory("sqlite:data").unwrap(), Path::new("data"));
        assert!(directory("/var/lib/frontdesk").is_err() && directory("sqlite:").is_err());
    }
}
