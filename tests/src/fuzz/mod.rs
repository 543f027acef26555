//! Rubbish for every parser of outside bytes.
//!
//! A [`Target`] takes any bytes and panics if what it checks does not hold: nothing may crash, and nothing that was not
//! made by the server may be taken for genuine. The bytes are examples (of `fuzz/corpus`, and such as only a running
//! program can make) and what [`mutate`] makes of them. It runs on any toolchain; the functions are what a
//! coverage-guided fuzzer would call as well.

mod credentials;
mod files;
mod mutate;
mod wire;

pub use mutate::{Draws, mutate};

/// A parser, and what must hold for it.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Name, also of its folder in `fuzz/corpus`.
    pub name: &'static str,
    /// Panics if something does not hold for these bytes.
    pub check: fn(&[u8]),
    /// Examples that no file can hold, because they are made with a key.
    pub made: fn() -> Vec<Vec<u8>>,
    /// Words that mean something to the parser.
    pub words: &'static [&'static str],
}

const fn target(name: &'static str, check: fn(&[u8]), words: &'static [&'static str]) -> Target {
    Target { name, check, made: Vec::new, words }
}

/// Every target.
pub const TARGETS: [Target; 11] = [
    target("wire", wire::bodies, &["null", "{}", "[", "\"\"", "1e999", "-1", "\\u0000", "\\ud800", "true"]),
    target("frames", wire::frames, &["type", "resume", "ack", "send", "cursor", "ref", "null"]),
    Target {
        made: credentials::tokens,
        ..target("tokens", credentials::read_tokens, &[".", "eyJ", "none", "=", "A"])
    },
    Target {
        made: credentials::sealed,
        ..target("cursors", credentials::open, &["1.", "2.", "_", "-", "=", "AAAA"])
    },
    Target {
        made: credentials::signatures,
        ..target("auth-v2", credentials::verify, &["/", "auth-v2", "host", "Z", "+00:00", "2023-", "T"])
    },
    target(
        "forwarded",
        wire::addresses,
        &[",", "for=", "\"", "[::1]", ":80", "10.0.0.1", "unknown", "_x", ";"],
    ),
    target("uploads", files::uploads, &["%PDF", "PK\u{3}\u{4}", "ftyp", "GIF8", "<svg", "\0"]),
    target(
        "imports",
        files::imports,
        &["\"", "\n", ";", "\t", "question,answer", "```", "<p>", "&#", "---", "{", "["],
    ),
    target("config", files::config, &["=", "[", "]", "[[", "\"\"\"", "limits", "9999999999999999999", "'"]),
    target("tenant", files::tenant, &["=", "[", "]", "[[", "\"\"\"", "queues", "agents", "-1", "'"]),
    target("questions", files::questions, &["\"", "-", "from:", " ", "*", "你好", "\u{301}", "\u{200d}"]),
];
