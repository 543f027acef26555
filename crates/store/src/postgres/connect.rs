//! Where the database is and how connections to it are made.

use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio::sync::mpsc;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::OpenError;
use crate::postgres::fault::in_full;
use crate::postgres::session::{SETTINGS, Session};
use crate::postgres::tls::{self, Trust};

/// How long connecting may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// How long it may take for the pool, where requests wait for it.
const POOLING: Duration = Duration::from_secs(3);

/// A connection as the driver has it: somebody must keep asking it.
type Connected = tokio_postgres::Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Where the database is.
#[derive(Clone)]
pub(super) struct Place {
    config: Config,
    connector: MakeRustlsConnect,
    /// The URL without its password, for messages.
    shown: PathBuf,
}

impl Place {
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        let (url, trust) = split_tls(url);
        let failed = |shown: &str, reason: String| OpenError::Failed { path: PathBuf::from(shown), reason };
        let mut config = Config::from_str(&url).map_err(|error| failed("postgres://…", in_full(&error)))?;
        if trust != Trust::Anybody {
            config.ssl_mode(SslMode::Require);
        }
        if config.get_application_name().is_none() {
            config.application_name("frontdesk");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECTING);
        }
        // A server that vanished without a word is noticed within half a minute.
        config.keepalives_idle(Duration::from_secs(10));
        config.tcp_user_timeout(Duration::from_secs(20));
        let shown = shown(&config);
        let connector = tls::connector(&trust).map_err(|reason| failed(&shown, reason))?;
        Ok(Self { config, connector, shown: PathBuf::from(shown) })
    }

    /// The URL without its password.
    pub(super) fn shown(&self) -> PathBuf {
        self.shown.clone()
    }

    pub(super) fn failed(&self, reason: impl Into<String>) -> OpenError {
        OpenError::Failed { path: self.shown(), reason: reason.into() }
    }

    /// The same place, where sessions begin with this setting.
    pub(super) fn with_setting(&self, setting: &str) -> Self {
        let mut place = self.clone();
        let before = self.config.get_options().map(|options| format!("{options} ")).unwrap_or_default();
        place.config.options(format!("{before}-c {setting}"));
        place
    }

    /// The driver's own timeout is for reaching the host, and not for what is said after that.
    async fn begin(&self) -> Result<(Client, Connected), OpenError> {
        let hosts = u32::try_from(self.config.get_hosts().len()).unwrap_or(1).max(1);
        let within = hosts * *self.config.get_connect_timeout().unwrap_or(&CONNECTING);
        let cannot = |why: String| self.failed(format!("cannot connect: {why}"));
        match tokio::time::timeout(within, self.config.connect(self.connector.clone())).await {
            Ok(connected) => connected.map_err(|error| cannot(in_full(&error))),
            Err(_) => Err(cannot(format!("no answer within {} s", within.as_secs()))),
        }
    }

    /// One connection, beside the pool.
    pub(super) async fn connect(&self) -> Result<Client, OpenError> {
        let (client, connection) = self.begin().await?;
        #[expect(
            clippy::disallowed_methods,
            reason = "it ends by itself as soon as the client is dropped, as those of the pool do"
        )]
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to the database was lost");
            }
        });
        Ok(client)
    }

    /// A connection that listens, and the payloads of what it hears. They end with the connection.
    pub(super) async fn connect_listening(
        &self,
    ) -> Result<(Client, mpsc::UnboundedReceiver<String>), OpenError> {
        let (client, mut connection) = self.begin().await?;
        let (sender, payloads) = mpsc::unbounded_channel();
        #[expect(clippy::disallowed_methods, reason = "it ends by itself as soon as the client is dropped")]
        tokio::spawn(async move {
            while let Some(Ok(message)) = std::future::poll_fn(|task| connection.poll_message(task)).await {
                if let AsyncMessage::Notification(notification) = message
                    && sender.send(notification.payload().to_owned()).is_err()
                {
                    return;
                }
            }
        });
        Ok((client, payloads))
    }

    /// A pool of at most so many connections, for one of which nobody waits longer than `wait`.
    pub(super) fn pool(
        &self,
        session: Session,
        (connections, wait): (usize, Duration),
    ) -> Result<Pool, OpenError> {
        let manager = Manager::from_config(
            self.config.clone(),
            self.connector.clone(),
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let settle = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
            Box::pin(async move {
                match tokio::time::timeout(POOLING, client.batch_execute(SETTINGS)).await {
                    Ok(settled) => settled.map_err(HookError::Backend),
                    Err(_) => Err(HookError::message("the database does not answer")),
                }
            })
        });
        let pool = Pool::builder(manager)
            .max_size(connections.max(2))
            .wait_timeout(Some(wait))
            .create_timeout(Some(POOLING))
            .recycle_timeout(Some(POOLING))
            .runtime(Runtime::Tokio1);
        // What is set in a shared session would hold for others.
        let pool = if session.keeps_settings() { pool.post_create(settle) } else { pool };
        pool.build().map_err(|error| self.failed(error.to_string()))
    }
}

/// Takes out of the URL what libpq knows and the driver does not: `sslmode=verify-full` (`verify-ca` is as strict here)
/// and `sslrootcert`.
fn split_tls(url: &str) -> (String, Trust) {
    let Some((before, query)) = url.split_once('?') else { return (url.to_owned(), Trust::Anybody) };
    let mut trust = Trust::Anybody;
    let mut kept = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", "verify-full" | "verify-ca")) if trust == Trust::Anybody => {
                trust = Trust::System;
            }
            Some(("sslmode", "verify-full" | "verify-ca")) => {}
            Some(("sslrootcert", "system")) => trust = Trust::System,
            Some(("sslrootcert", path)) => trust = Trust::File(path.replace("%2F", "/")),
            _ => kept.push(pair),
        }
    }
    let url = if kept.is_empty() { before.to_owned() } else { format!("{before}?{}", kept.join("&")) };
    (url, trust)
}

fn shown(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => String::new(),
    };
    let port = config.get_ports().first().map(|port| format!(":{port}")).unwrap_or_default();
    format!("postgres://{host}{port}/{}", config.get_dbname().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_driver_does_not_know_is_taken_out_of_the_url() {
        let split = |url: &str| split_tls(url);
        assert_eq!(split("postgres://a/b"), ("postgres://a/b".to_owned(), Trust::Anybody));
        assert_eq!(
            split("postgres://a/b?sslmode=require&connect_timeout=3"),
            ("postgres://a/b?sslmode=require&connect_timeout=3".to_owned(), Trust::Anybody)
        );
        assert_eq!(
            split("postgres://a/b?sslmode=verify-full&application_name=x"),
            ("postgres://a/b?application_name=x".to_owned(), Trust::System)
        );
        for order in
            ["sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem", "sslrootcert=/etc/ca.pem&sslmode=verify-ca"]
        {
            let url = format!("postgres://a/b?{order}");
            assert_eq!(split(&url), ("postgres://a/b".to_owned(), Trust::File("/etc/ca.pem".to_owned())));
        }
    }

    #[test]
    fn messages_do_not_tell_the_password() {
        let place = Place::parse("postgres://me:secret@db.example:5433/desk").unwrap();
        assert_eq!(place.shown().display().to_string(), "postgres://db.example:5433/desk");
        assert!(
            !Place::parse("postgres://me:secret@db:port/x").err().unwrap().to_string().contains("secret")
        );
    }
}
