//! Files: uploads, imports, configuration.

use frontdesk_core::knowledge::import::{self, Format, Options};
use frontdesk_core::search::Query;
use frontdesk_core::time::Timestamp;
use frontdesk_server::admin::{self, ApplyConfig};
use frontdesk_server::config::Config;
use frontdesk_server::files::recognise;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// What a file is taken for, its bytes must fit, whatever it is called; and nothing that browsers run may be shown in
/// place.
pub(super) fn uploads(bytes: &[u8]) {
    for name in
        [None, Some("a.csv"), Some("b.mp4"), Some("c.docx"), Some("no ending"), Some("d.svg"), Some("e.html")]
    {
        if let Some(kind) = recognise(bytes, name) {
            assert!(kind.fits(bytes), "{} for {name:?}", kind.name);
            let runs =
                kind.media.contains("html") || kind.media.contains("svg") || kind.media.contains("xml");
            assert!(!kind.inline || !runs, "{}", kind.name);
        }
    }
}

/// Knowledge in every format.
pub(super) fn imports(bytes: &[u8]) {
    let Ok(text) = import::text_of(bytes) else { return };
    for format in [Format::Csv, Format::Json, Format::Html, Format::Markdown] {
        for delimiter in [None, Some(b';')] {
            let options = Options { format, language: "en".to_owned(), delimiter };
            // What is refused says why.
            if let Err(error) = import::read(text, &options) {
                assert!(!error.to_string().is_empty());
            }
        }
    }
}

/// The operator's configuration, as a file and as variables.
pub(super) fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(config) = Config::load(Some(("file", text)), |_| None) {
        let _ = config.tls.files();
    }
    let _ = Config::load(None, |name| {
        (name.ends_with("LISTEN") || name.ends_with("PROXIES")).then(|| text.to_owned())
    });
}

/// A tenant's configuration as one file.
pub(super) fn tenant(bytes: &[u8]) {
    let Ok(text) = String::from_utf8(bytes.to_vec()) else { return };
    let _ = admin::judge(&ApplyConfig { text, prune: true, dry_run: true }, &[], NOW);
}

/// What agents search for.
pub(super) fn questions(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = Query::parse(text);
}
