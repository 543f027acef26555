//! The bucket of files, if there is one.

use std::time::Instant;

use frontdesk_core::port::Random as _;
use frontdesk_server::config::Config;
use frontdesk_store::{BucketError, BucketTrouble};

use super::finding::Finding;
use crate::boot::{self, SystemRandom};

const CHECK: &str = "bucket";

/// Stores, reads and removes a small object of its own.
pub(super) async fn examine(config: &Config) -> Option<Finding> {
    let bucket = match boot::bucket(config) {
        Ok(bucket) => bucket?,
        Err(error) => {
            return Some(Finding::wrong(CHECK, format!("{error:#}"), "correct it, and run this again"));
        }
    };
    let mut number = [0; 16];
    SystemRandom.fill(&mut number);
    let begun = Instant::now();
    let tried = bucket.try_out(&format!("doctor/{:032x}", u128::from_be_bytes(number))).await;
    let url = config.files.url.trim_end_matches('/');
    Some(match tried {
        Ok(()) => {
            let millis = begun.elapsed().as_millis();
            Finding::well(CHECK, format!("{url}: stored, read and removed an object within {millis} ms"))
        }
        Err(error) => Finding::wrong(CHECK, format!("{url}: {error}"), advice(&error)),
    })
}

fn advice(error: &BucketError) -> &'static str {
    match error.trouble {
        BucketTrouble::NoBucket => "make the bucket, or correct files.url, files.endpoint and files.region",
        BucketTrouble::Denied => {
            "see that files.access_key and files.secret_key (or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY) are right, that \
             files.region is the bucket's, and that they may s3:PutObject, s3:GetObject and s3:DeleteObject below files.url"
        }
        BucketTrouble::Silent | BucketTrouble::NoObject | BucketTrouble::Other => {
            "see that files.endpoint and files.region are right and that this machine reaches the storage (firewall, proxy, \
             certificate). Without an access key, the machine, container or pod must have a role"
        }
    }
}
