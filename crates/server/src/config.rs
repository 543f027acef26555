//! Configuration: defaults, then a file, then variables, then flags. Unknown keys are refused.
//!
//! `config.example.toml` beside this crate documents every key; a test compares it with the types.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::files::FilesConfig;
use crate::limit::LimitsConfig;
use crate::listen::tls::TlsFiles;

/// Everything that can be configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where clients connect.
    pub listen: SocketAddr,
    /// Where health checks and metrics are served; `off` for nowhere.
    pub internal_listen: InternalListen,
    /// Where data is kept.
    pub data_dir: PathBuf,
    /// Seeds demonstration data and relaxes limits; only on loopback.
    pub demo: bool,
    /// Encryption of what clients connect to.
    pub tls: TlsConfig,
    /// Where data is stored.
    pub store: StoreConfig,
    /// Where the bytes of files are stored.
    pub files: FilesConfig,
    /// Settings of the interfaces.
    pub messaging: Settings,
    /// Who may do how much.
    pub limits: LimitsConfig,
    /// Logs.
    pub log: LogConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            internal_listen: InternalListen::On(SocketAddr::from(([127, 0, 0, 1], 9090))),
            data_dir: PathBuf::from("data"),
            demo: false,
            tls: TlsConfig::default(),
            store: StoreConfig::default(),
            files: FilesConfig::default(),
            messaging: Settings::default(),
            limits: LimitsConfig::default(),
            log: LogConfig::default(),
        }
    }
}

/// Encryption of what clients connect to. Without a certificate, plain HTTP is spoken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsConfig {
    /// File with the certificate and those between it and the authority's, in this order (PEM); empty for plain HTTP.
    pub certificate: PathBuf,
    /// File with the private key of the certificate (PEM).
    pub key: PathBuf,
    /// For how long browsers are told to come with HTTPS alone (HSTS), in seconds; 0 does not tell them.
    pub hsts_seconds: u64,
}

impl Default for TlsConfig {
    fn default() -> Self {
        Self { certificate: PathBuf::new(), key: PathBuf::new(), hsts_seconds: 180 * 24 * 3_600 }
    }
}

impl TlsConfig {
    /// The files, if TLS is to be spoken; an error if only one of the two is named.
    pub fn files(&self) -> Result<Option<TlsFiles>, ConfigError> {
        let missing = match (self.certificate.as_os_str().is_empty(), self.key.as_os_str().is_empty()) {
            (true, true) => return Ok(None),
            (false, false) => {
                return Ok(Some(TlsFiles { certificate: self.certificate.clone(), key: self.key.clone() }));
            }
            (true, false) => "tls.certificate",
            (false, true) => "tls.key",
        };
        let message = "a certificate and a key only go together".to_owned();
        Err(ConfigError::Invalid { source_name: missing.to_owned(), message })
    }

    /// For how long browsers are told to come with HTTPS alone.
    pub const fn transport_security(&self) -> Duration {
        Duration::from_secs(self.hsts_seconds)
    }
}

/// Where data is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// Empty: the store is a file in the data directory. Or a PostgreSQL database: `postgres://user:password@host/name`.
    pub url: String,
    /// How many connections this node opens to the database at most.
    pub connections: usize,
    /// The database's URL for the connection that nodes hear each other over, if it is another; it needs a session.
    pub listen_url: String,
    /// The folder of the bytes of files; empty: `files` in the data directory. Several nodes need one that they share.
    pub files: PathBuf,
    /// The file with the keys that secrets in the store are sealed with, outside of the data directory; made if it is not
    /// there. Empty: secrets are stored as they are.
    pub key_file: PathBuf,
}

impl StoreConfig {
    /// The same to be shown: `***` in place of passwords.
    #[must_use]
    pub fn without_passwords(&self) -> Self {
        Self {
            url: without_password(&self.url),
            listen_url: without_password(&self.listen_url),
            ..self.clone()
        }
    }
}

/// A URL with `***` in place of the password before its host.
fn without_password(url: &str) -> String {
    let shown = || {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?']).next()?;
        let (credentials, host) = authority.rsplit_once('@')?;
        let (user, _) = credentials.split_once(':')?;
        Some(format!("{scheme}://{user}:***@{host}{}", &rest[authority.len()..]))
    };
    shown().unwrap_or_else(|| url.to_owned())
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            connections: 16,
            listen_url: String::new(),
            files: PathBuf::new(),
            key_file: PathBuf::new(),
        }
    }
}

/// How much is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Which messages: a level, or levels by module (`info,frontdesk_store=debug`).
    pub filter: String,
    /// `text` for people, `json` for machines.
    pub format: LogFormat,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Settings of the interfaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How long a poll without `wait` is held when there is nothing, in milliseconds; at most 55,000.
    pub poll_hold_ms: u64,
    /// How long the connection must stay silent after an answer to a classic poll until the answer counts as
    /// received, in milliseconds.
    pub poll_settle_ms: u64,
    /// How often a stream gives a sign of life, in milliseconds.
    pub stream_heartbeat_ms: u64,
    /// Largest request body, in bytes.
    pub max_body_bytes: usize,
    /// Largest file, in bytes.
    pub max_file_bytes: usize,
    /// How long an agent's sign-in lasts, in seconds.
    pub agent_session_seconds: u64,
    /// How long an agent counts as reachable after the last sign of their desks, in seconds; 0 for always.
    pub agent_reachability_seconds: u64,
    /// How long an agent who cannot be reached keeps their conversations, in seconds.
    pub agent_vanish_grace_seconds: u64,
    /// The tenant whose agents sign in over the agent gateway without naming one; empty: the only one.
    pub agent_gateway_tenant: String,
    /// How long the agent gateway's event poll is held when there is nothing, in milliseconds.
    pub agent_gateway_poll_hold_ms: u64,
    /// How old a Guid of the agent gateway is when the event poll gives a new one, in seconds; each is honoured for
    /// twice as long. 0: the Guid of the sign-in stays.
    pub agent_gateway_guid_seconds: u64,
    /// Longest `data` of a message that is sent over the agent gateway, in bytes.
    pub agent_gateway_message_bytes: usize,
    /// Whether desks of the agent gateway get texts as JSON objects in strings rather than as they are.
    pub agent_gateway_json_messages: bool,
    /// How long a push receiver may take to answer, in milliseconds.
    pub push_timeout_ms: u64,
    /// The pause after the first failure of a push, in milliseconds; it doubles with each.
    pub push_retry_first_ms: u64,
    /// The longest pause between attempts to push, in milliseconds.
    pub push_retry_longest_ms: u64,
    /// Most requests under way to one push receiver.
    pub push_at_a_time: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            poll_hold_ms: 5_000,
            poll_settle_ms: 200,
            stream_heartbeat_ms: 15_000,
            max_body_bytes: 4 << 20,
            max_file_bytes: 2 << 20,
            agent_session_seconds: 30 * 24 * 3_600,
            agent_reachability_seconds: 15,
            agent_vanish_grace_seconds: 60,
            agent_gateway_tenant: String::new(),
            agent_gateway_poll_hold_ms: 10_000,
            agent_gateway_guid_seconds: 0,
            agent_gateway_message_bytes: 3_891,
            agent_gateway_json_messages: false,
            push_timeout_ms: 10_000,
            push_retry_first_ms: 1_000,
            push_retry_longest_ms: 300_000,
            push_at_a_time: 16,
        }
    }
}

impl Settings {
    /// How long an agent counts as reachable after the last sign of theirs; `None` for always.
    pub fn agent_reachability(&self) -> Option<Duration> {
        (self.agent_reachability_seconds > 0).then(|| Duration::from_secs(self.agent_reachability_seconds))
    }

    /// How long an agent who cannot be reached keeps their conversations.
    pub const fn agent_vanish_grace(&self) -> Duration {
        Duration::from_secs(self.agent_vanish_grace_seconds)
    }
}

/// Where health checks and metrics are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum InternalListen {
    /// Nowhere.
    Off,
    /// At this address.
    On(SocketAddr),
}

impl std::str::FromStr for InternalListen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::Off);
        }
        text.parse().map(Self::On).map_err(|_| format!("{text:?} is neither an address nor `off`"))
    }
}

impl TryFrom<String> for InternalListen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<InternalListen> for String {
    fn from(listen: InternalListen) -> Self {
        match listen {
            InternalListen::Off => "off".to_owned(),
            InternalListen::On(address) => address.to_string(),
        }
    }
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not TOML, or a key or value in it does not fit.
    #[error("{source_name}: {message}")]
    Invalid {
        /// The file or variable.
        source_name: String,
        /// What is wrong.
        message: String,
    },
}

impl Config {
    /// Every key with its default and meaning.
    pub const EXAMPLE: &'static str = include_str!("../config.example.toml");

    /// Puts a configuration together: defaults, then the text of a file (with its name), then variables.
    pub fn load(
        file: Option<(&str, &str)>,
        variables: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let invalid = |source_name: &str, message: String| ConfigError::Invalid {
            source_name: source_name.to_owned(),
            message,
        };
        let mut table = match file {
            Some((name, text)) => {
                // Read as the type first: its errors name the line.
                toml::from_str::<Self>(text).map_err(|error| invalid(name, error.to_string()))?;
                text.parse::<Table>().map_err(|error| invalid(name, error.to_string()))?
            }
            None => Table::new(),
        };
        for (path, default) in Self::keys() {
            let name = variable_of(&path);
            let Some(text) = variables(&name) else { continue };
            let value = read_like(&default, &text).map_err(|message| invalid(&name, message))?;
            set(&mut table, &path, value);
            // One at a time, so that the error names the variable.
            Table::try_into::<Self>(table.clone()).map_err(|error| invalid(&name, error.to_string()))?;
        }
        table.try_into().map_err(|error| invalid("configuration", error.to_string()))
    }

    /// The names of all variables that are looked at.
    pub fn variables() -> Vec<String> {
        Self::keys().iter().map(|(path, _)| variable_of(path)).collect()
    }

    /// Every key, as its path, with its default.
    fn keys() -> Vec<(Vec<String>, Value)> {
        fn collect(path: &[String], table: &Table, keys: &mut Vec<(Vec<String>, Value)>) {
            for (name, value) in table {
                let path = [path, std::slice::from_ref(name)].concat();
                match value {
                    Value::Table(table) => collect(&path, table, keys),
                    _ => keys.push((path, value.clone())),
                }
            }
        }
        let mut keys = Vec::new();
        if let Ok(table) = Table::try_from(Self::default()) {
            collect(&[], &table, &mut keys);
        }
        keys
    }
}

/// `store.url` is `FRONTDESK_STORE_URL`.
fn variable_of(path: &[String]) -> String {
    format!("FRONTDESK_{}", path.join("_").to_uppercase())
}

/// A variable's text as the kind of value that its key has.
fn read_like(default: &Value, text: &str) -> Result<Value, String> {
    match default {
        Value::Boolean(_) => match text {
            "true" | "1" | "yes" | "on" => Ok(Value::Boolean(true)),
            "false" | "0" | "no" | "off" => Ok(Value::Boolean(false)),
            _ => Err(format!("{text:?} is neither true nor false")),
        },
        Value::Integer(_) => {
            text.parse().map(Value::Integer).map_err(|_| format!("{text:?} is not a whole number"))
        }
        Value::Array(_) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Ok(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()))
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

fn set(table: &mut Table, path: &[String], value: Value) {
    let Some((last, parents)) = path.split_last() else { return };
    let mut table = table;
    for name in parents {
        let entry = table.entry(name.clone()).or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(inner) = entry else { return };
        table = inner;
    }
    table.insert(last.clone(), value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_databases_are_not_shown() {
        let shown =
            |url: &str| StoreConfig { url: url.to_owned(), ..StoreConfig::default() }.without_passwords().url;
        assert_eq!(
            shown("postgres://me:se:cr@t@db.example/desk?a=b"),
            "postgres://me:***@db.example/desk?a=b"
        );
        for plain in ["", "postgres://me@db/desk", "postgres://%2Ftmp/desk?x=:@"] {
            assert_eq!(shown(plain), plain);
        }
    }

    #[test]
    fn the_example_names_every_key_with_its_default() {
        let example = Config::EXAMPLE.parse::<Table>().unwrap();
        assert_eq!(example, Table::try_from(Config::default()).unwrap());
    }

    #[test]
    fn variables_come_after_the_file_and_are_named_after_keys() {
        let file = ("f.toml", "listen = \"127.0.0.1:1\"\n[store]\nurl = \"sqlite:a\"\n");
        let variables = |name: &str| match name {
            "FRONTDESK_STORE_URL" => Some("sqlite:b".to_owned()),
            "FRONTDESK_DEMO" => Some("true".to_owned()),
            "FRONTDESK_INTERNAL_LISTEN" => Some("off".to_owned()),
            _ => None,
        };
        let config = Config::load(Some(file), variables).unwrap();
        assert_eq!(config.store.url, "sqlite:b");
        assert_eq!(config.listen, SocketAddr::from(([127, 0, 0, 1], 1)));
        assert!(config.demo);
        assert_eq!(config.internal_listen, InternalListen::Off);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_source() {
        let none = |_: &str| None;
        let error = Config::load(Some(("f.toml", "lisen = 1")), none).unwrap_err().to_string();
        assert!(error.starts_with("f.toml:") && error.contains("lisen"), "{error}");
        let bad = |name: &str| (name == "FRONTDESK_LISTEN").then(|| "here".to_owned());
        let error = Config::load(None, bad).unwrap_err().to_string();
        assert!(error.starts_with("FRONTDESK_LISTEN:"), "{error}");
    }
}
