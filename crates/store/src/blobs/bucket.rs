//! A bucket of S3-compatible storage.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use frontdesk_core::port::StoreError;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path as Name;
use object_store::{BackoffConfig, ClientOptions, Error, ObjectStoreExt as _, RetryConfig};

/// How often a request that failed is made again, as long as there is time.
const RETRIES: usize = 2;
/// How long making a connection may take at most.
const CONNECTING: Duration = Duration::from_secs(3);
/// The region that is signed for where none is named; storage other than Amazon's mostly takes any.
const ANY_REGION: &str = "us-east-1";
/// The longest that is told of an error.
const LONGEST_TEXT: usize = 300;

/// Variables of the environment, by the names that Amazon's own tools know them by, that say who asks.
const WHO_ASKS: [&str; 10] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// Which bucket, and how it is reached.
#[derive(Clone, Default)]
pub struct BucketOptions {
    /// `s3://bucket` or `s3://bucket/prefix`.
    pub url: String,
    /// Where the storage answers, such as `https://minio.example:9000`; empty: Amazon's, in the region.
    pub endpoint: String,
    /// The region; empty: as the environment says.
    pub region: String,
    /// The id of the access key; empty: as the environment says.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
    /// Whether an endpoint has the bucket in its paths, and not before its host.
    pub path_style: bool,
    /// How long a file may take, from the first byte of the request to the last of the answer.
    pub timeout: Duration,
}

impl std::fmt::Debug for BucketOptions {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("BucketOptions").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A bucket cannot be used as it is configured. The text is meant for the operator and holds no secret.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BucketRefused(String);

/// Why storage did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct BucketError {
    /// What kind of trouble it is.
    pub trouble: BucketTrouble,
    text: String,
}

/// What kind of trouble storage makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketTrouble {
    /// There is no such object.
    NoObject,
    /// There is no such bucket.
    NoBucket,
    /// Who asks is not known, or may not.
    Denied,
    /// It did not answer in time.
    Silent,
    /// Anything else.
    Other,
}

/// A bucket, or what is below a prefix in it.
pub struct Bucket {
    storage: AmazonS3,
    prefix: Name,
    timeout: Duration,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Bucket").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Bucket {
    /// Makes ready to use a bucket; asks it nothing yet. `variable` is the environment.
    pub fn open(
        options: &BucketOptions,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, BucketRefused> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let (bucket, prefix) = parse(&options.url)?;
        let timeout = options.timeout;
        let is_plain;
        let mut builder = AmazonS3Builder::new().with_bucket_name(&bucket);
        // Not all storage knows how to remove many at once, and of one it is clear whether it is gone.
        builder = builder.with_disable_bulk_delete(true);
        builder = signed(builder, options, &variable)?;
        let region = given(&options.region)
            .or_else(|| variable("AWS_REGION"))
            .or_else(|| variable("AWS_DEFAULT_REGION"));
        builder = builder.with_region(region.as_deref().unwrap_or(ANY_REGION));
        let endpoint = given(&options.endpoint)
            .or_else(|| variable("AWS_ENDPOINT_URL_S3"))
            .or_else(|| variable("AWS_ENDPOINT_URL"));
        (builder, is_plain) = match endpoint {
            Some(endpoint) => at(builder, endpoint.trim_end_matches('/'), &bucket, options.path_style)?,
            // Certificates for all buckets fit one label.
            None => (builder.with_virtual_hosted_style_request(!bucket.contains('.')), false),
        };
        let client = ClientOptions::new()
            .with_allow_http(is_plain)
            .with_timeout(timeout)
            .with_connect_timeout(CONNECTING.min(timeout));
        let backoff = BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(1),
            base: 2.0,
        };
        let retries = RetryConfig { backoff, max_retries: RETRIES, retry_timeout: timeout };
        let built = builder.with_client_options(client).with_retry(retries).build();
        let storage = built.map_err(|error| BucketRefused(format!("files: {}", told(&error))))?;
        Ok(Self { storage, prefix, timeout })
    }

    /// Stores an object. When this has returned, it is there for good.
    pub(super) async fn put(&self, name: &str, bytes: Bytes) -> Result<(), BucketError> {
        let name = self.name(name)?;
        self.in_time(async { self.storage.put(&name, bytes.into()).await.map(drop) }).await
    }

    /// The bytes of an object.
    pub(super) async fn get(&self, name: &str) -> Result<Bytes, BucketError> {
        let name = self.name(name)?;
        self.in_time(async { self.storage.get(&name).await?.bytes().await }).await
    }

    /// Removes an object.
    pub(super) async fn delete(&self, name: &str) -> Result<(), BucketError> {
        let name = self.name(name)?;
        self.in_time(self.storage.delete(&name)).await
    }

    /// Stores, reads and removes an object of this name, which nothing else has.
    pub async fn try_out(&self, name: &str) -> Result<(), BucketError> {
        let bytes = Bytes::from_static(b"frontdesk doctor");
        self.put(name, bytes.clone()).await?;
        let read = self.get(name).await;
        self.delete(name).await?;
        if read? == bytes {
            return Ok(());
        }
        let text = "what was stored is not what was read".to_owned();
        Err(BucketError { trouble: BucketTrouble::Other, text })
    }

    fn name(&self, name: &str) -> Result<Name, BucketError> {
        // Names come from sealed identifiers; a name that is none names nothing.
        let parsed = Name::parse(name)
            .map_err(|error| BucketError { trouble: BucketTrouble::Other, text: error.to_string() })?;
        Ok(self.prefix.parts().chain(parsed.parts()).collect())
    }

    async fn in_time<T>(&self, asked: impl Future<Output = Result<T, Error>>) -> Result<T, BucketError> {
        match tokio::time::timeout(self.timeout, asked).await {
            Ok(answered) => {
                answered.map_err(|error| BucketError { trouble: trouble(&error), text: told(&error) })
            }
            Err(_) => Err(BucketError {
                trouble: BucketTrouble::Silent,
                text: format!("no answer within {} ms", self.timeout.as_millis()),
            }),
        }
    }
}

impl From<BucketError> for StoreError {
    fn from(error: BucketError) -> Self {
        Self::Unavailable(format!("the storage of files: {error}"))
    }
}

fn given(text: &str) -> Option<String> {
    Some(text).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The bucket and the prefix. What is wrong with a URL is told without it: there may be a secret in it.
fn parse(url: &str) -> Result<(String, Name), BucketRefused> {
    let refused = || {
        let form = "files.url must be empty, for a folder, or s3://bucket or s3://bucket/prefix, of letters, digits and . _ -";
        BucketRefused(form.to_owned())
    };
    let plain = |part: &str| {
        let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || b"._-".contains(&letter);
        !part.is_empty() && !part.bytes().all(|letter| letter == b'.') && part.bytes().all(is_plain)
    };
    let path = url.strip_prefix("s3://").ok_or_else(refused)?.trim_end_matches('/');
    let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
    let is_prefix = prefix.is_empty() || prefix.split('/').all(plain);
    if !plain(bucket) || !(3..=63).contains(&bucket.len()) || !is_prefix {
        return Err(refused());
    }
    Ok((bucket.to_owned(), Name::from(prefix)))
}

/// With who asks: as configured, or else as the environment says, or else as the machine's own service does.
fn signed(
    mut builder: AmazonS3Builder,
    options: &BucketOptions,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<AmazonS3Builder, BucketRefused> {
    match (options.access_key.is_empty(), options.secret_key.is_empty()) {
        (false, false) => {
            builder =
                builder.with_access_key_id(&options.access_key).with_secret_access_key(&options.secret_key);
        }
        (true, true) => {
            for name in WHO_ASKS {
                if let (Some(value), Ok(key)) =
                    (variable(name), name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>())
                {
                    builder = builder.with_config(key, value);
                }
            }
        }
        _ => return Err(BucketRefused("files.access_key and files.secret_key only go together".to_owned())),
    }
    Ok(builder)
}

/// At an endpoint, and whether that is without encryption.
fn at(
    builder: AmazonS3Builder,
    endpoint: &str,
    bucket: &str,
    path_style: bool,
) -> Result<(AmazonS3Builder, bool), BucketRefused> {
    let is_plain = endpoint.starts_with("http://");
    let host = endpoint.split_once("://").filter(|(scheme, _)| is_plain || *scheme == "https");
    let (scheme, host) =
        host.filter(|(_, host)| !host.is_empty() && !host.contains(['@', '?', '#'])).ok_or_else(|| {
            BucketRefused(
                "files.endpoint must be https://host or http://host, with a port if there is one".to_owned(),
            )
        })?;
    let builder = builder.with_virtual_hosted_style_request(!path_style);
    let endpoint = if path_style { endpoint.to_owned() } else { format!("{scheme}://{bucket}.{host}") };
    Ok((builder.with_endpoint(endpoint), is_plain))
}

/// Only storage that says itself that the object is not there is believed: any web server answers 404 to something.
fn trouble(error: &Error) -> BucketTrouble {
    let text = error.to_string();
    let says = |code: &str| text.contains(code);
    match error {
        _ if says("NoSuchBucket") => BucketTrouble::NoBucket,
        Error::NotFound { .. } if says("NoSuchKey") => BucketTrouble::NoObject,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => BucketTrouble::Denied,
        _ if says("InvalidAccessKeyId") || says("SignatureDoesNotMatch") => BucketTrouble::Denied,
        _ => BucketTrouble::Other,
    }
}

/// What storage says, or what went wrong at the root: never what was asked, which is signed.
fn told(error: &Error) -> String {
    let whole = error.to_string();
    let between = |tag: &str| {
        let (_, rest) = whole.split_once(&format!("<{tag}>"))?;
        rest.split_once(&format!("</{tag}>")).map(|(value, _)| value.trim())
    };
    let text = match (between("Code"), between("Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => {
            let mut root = error.source();
            while let Some(deeper) = root.and_then(std::error::Error::source) {
                root = Some(deeper);
            }
            root.map_or(whole, ToString::to_string)
        }
    };
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> BucketOptions {
        BucketOptions {
            url: url.to_owned(),
            path_style: true,
            timeout: Duration::from_secs(1),
            ..BucketOptions::default()
        }
    }

    fn nothing(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn a_url_names_a_bucket_and_perhaps_a_prefix() {
        let parsed = |url| parse(url).map(|(bucket, prefix)| (bucket, prefix.to_string())).ok();
        let pair = |bucket: &str, prefix: &str| Some((bucket.to_owned(), prefix.to_owned()));
        assert_eq!(parsed("s3://files"), pair("files", ""));
        assert_eq!(parsed("s3://my.files/"), pair("my.files", ""));
        assert_eq!(parsed("s3://files/front-desk/one_1/"), pair("files", "front-desk/one_1"));
        for wrong in [
            "",
            "files",
            "/var/files",
            "s3://",
            "s3://ab",
            "https://files/a",
            "s3://key:secret@files",
            "s3://files//a",
            "s3://files/../a",
            "s3://files/a b",
            "s3://..../a",
            "gs://files",
        ] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
        let error = parse("s3://key:secret@files").unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn keys_and_endpoints_are_whole_or_refused() {
        let refused = |change: fn(&mut BucketOptions)| {
            let mut options = options("s3://files");
            change(&mut options);
            Bucket::open(&options, nothing).map(drop).unwrap_err().to_string()
        };
        assert!(refused(|options| options.access_key = "key".to_owned()).contains("files.secret_key"));
        assert!(
            refused(|options| options.secret_key = "very-secret".to_owned()).contains("files.access_key")
        );
        for wrong in ["minio:9000", "ftp://minio", "https://", "https://me:very-secret@minio"] {
            let mut options = options("s3://files");
            options.endpoint = wrong.to_owned();
            let error = Bucket::open(&options, nothing).map(drop).unwrap_err().to_string();
            assert!(error.contains("files.endpoint") && !error.contains("secret"), "{error}");
        }
        Bucket::open(&options("s3://files"), nothing).unwrap();
    }

    #[test]
    fn names_stand_below_the_prefix_and_lead_nowhere_else() {
        let bucket = Bucket::open(&options("s3://files/one"), nothing).unwrap();
        assert_eq!(bucket.name("tenants/ab/cd").unwrap().to_string(), "one/tenants/ab/cd");
        assert!(bucket.name("../outside").is_err());
        assert!(!format!("{bucket:?}").contains("storage"));
    }
}
