//! The certificate of HTTPS: whether it belongs to its key, and for how long it is good.

use std::path::Path;
use std::time::Duration;

use frontdesk_core::port::Clock as _;
use frontdesk_core::time::Timestamp;
use frontdesk_server::config::Config;
use frontdesk_server::listen::tls::Tls;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::finding::Finding;
use super::validity::{Validity, validity};
use crate::boot::SystemClock;

const CHECK: &str = "certificate";

/// With less time than this left, a renewal that runs by itself has failed already.
const SOON: Duration = Duration::from_hours(14 * 24);

pub(super) async fn examine(config: &Config) -> Finding {
    let files = match config.tls.files() {
        Ok(Some(files)) => files,
        Ok(None) => return plain(config),
        Err(error) => {
            return Finding::wrong(
                CHECK,
                error.to_string(),
                "set both tls.certificate and tls.key, or neither",
            );
        }
    };
    if let Err(error) = Tls::load(files.clone(), Duration::ZERO).await {
        let advice = "let tls.certificate and tls.key name PEM files of a certificate and of its own key, which the server's \
                      user may read";
        return Finding::wrong(CHECK, error.to_string(), advice);
    }
    match chain(&files.certificate) {
        Some(chain) => judged(&files.certificate, &chain, SystemClock.now()),
        None => Finding::warning(
            CHECK,
            format!("{}: for how long it is good cannot be read", files.certificate.display()),
            "look with openssl x509 -noout -dates",
        ),
    }
}

fn plain(config: &Config) -> Finding {
    let beyond = if config.listen.ip().is_loopback() { "" } else { ", and beyond this machine" };
    Finding::well(CHECK, format!("none: plain HTTP{beyond}, for a proxy with TLS in front"))
}

/// For how long each of the certificates is good; `None` if one cannot be read.
fn chain(path: &Path) -> Option<Vec<Validity>> {
    let certificates = CertificateDer::pem_file_iter(path).ok()?;
    certificates.map(|certificate| validity(&certificate.ok()?)).collect()
}

/// The chain is good for as long as all of it is.
fn judged(path: &Path, chain: &[Validity], now: Timestamp) -> Finding {
    let from = chain.iter().map(|validity| validity.from).max().unwrap_or_default();
    let until = chain.iter().map(|validity| validity.until).min().unwrap_or_default();
    let (shown, renew) = (path.display(), "renew it; a running server reads the files again by itself");
    let day = |moment: Timestamp| moment.to_rfc3339().unwrap_or_else(|| "the end of time".to_owned());
    if now < from {
        let advice = "see that this machine's clock is right, or wait";
        return Finding::wrong(CHECK, format!("{shown} is good from {} on", day(from)), advice);
    }
    if now >= until {
        return Finding::wrong(CHECK, format!("{shown} was good until {}", day(until)), renew);
    }
    let left = until.since(now);
    let days = left.as_secs() / (24 * 3_600);
    let found = format!("{shown} belongs to its key and is good until {}, {days} days", day(until));
    if left < SOON { Finding::warning(CHECK, found, renew) } else { Finding::well(CHECK, found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_good_for_as_long_as_all_of_it_is() {
        let day = |number: i64| Timestamp::from_millis(number * 24 * 3_600_000);
        let chain =
            [Validity { from: day(100), until: day(190) }, Validity { from: day(50), until: day(160) }];
        let state = |now| {
            let finding = judged(Path::new("chain.pem"), &chain, day(now));
            serde_json::to_value(finding).unwrap()["state"].as_str().unwrap().to_owned()
        };
        let states = [99, 100, 146, 147, 159, 160].map(state);
        assert_eq!(states, ["wrong", "well", "well", "warning", "warning", "wrong"]);
    }
}
