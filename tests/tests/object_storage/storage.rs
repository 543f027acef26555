//! Real S3-compatible storage in a process of its own.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use frontdesk_store::BucketOptions;
use frontdesk_tests::kit::{Customer, Server, ServerOptions};
use reqwest::{Client, Method};
use serde_json::json;

/// One black pixel.
pub(super) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// The process. It ends when this is dropped, or with the test.
pub(super) struct Storage {
    /// Where it is.
    pub(super) url: String,
    process: Child,
}

impl Storage {
    /// One that all tests share and that lets anybody in.
    pub(super) fn shared() -> &'static Self {
        static SHARED: OnceLock<Storage> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[]))
    }

    /// One that knows who asks, but for the first few requests.
    pub(super) fn start(arguments: &[&str]) -> Self {
        install();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut process = Command::new(root.join("../target/object-storage/venv/bin/python"))
            .arg(root.join("object_storage/serve.py"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the storage starts");
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("http://"), "the storage says where it is: {line}");
        Self { url: line.trim().to_owned(), process }
    }

    /// A new bucket, as a server is told of it.
    pub(super) async fn bucket(&self) -> BucketOptions {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("files-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.ask(Method::PUT, &name, "s3", "").await;
        BucketOptions {
            url: format!("s3://{name}/front/desk"),
            endpoint: self.url.clone(),
            access_key: "somebody".to_owned(),
            secret_key: "very-secret-indeed".to_owned(),
            path_style: true,
            timeout: Duration::from_secs(20),
            ..BucketOptions::default()
        }
    }

    /// The objects of a bucket, by the names below what its URL names, with their bytes.
    pub(super) async fn objects(&self, bucket: &BucketOptions) -> BTreeMap<String, Vec<u8>> {
        let (name, prefix) = place(bucket);
        let mut objects = BTreeMap::new();
        for key in self.names(bucket).await {
            let bytes = self.ask(Method::GET, &format!("{name}/{prefix}/{key}"), "s3", "").await;
            objects.insert(key, bytes);
        }
        objects
    }

    /// Their names alone.
    pub(super) async fn names(&self, bucket: &BucketOptions) -> Vec<String> {
        let (name, prefix) = place(bucket);
        let list = self.ask(Method::GET, &format!("{name}?list-type=2"), "s3", "").await;
        let list = String::from_utf8(list).unwrap();
        let keys = list.split("<Key>").skip(1).map(|part| part.split("</Key>").next().unwrap());
        keys.map(|key| key.strip_prefix(&format!("{prefix}/")).unwrap().to_owned()).collect()
    }

    /// Asks the storage itself, as a service of its kind; it is believed who asks.
    pub(super) async fn ask(&self, method: Method, path: &str, service: &str, form: &str) -> Vec<u8> {
        let who = format!(
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let request =
            Client::builder().no_proxy().build().unwrap().request(method, format!("{}/{path}", self.url));
        let request = request.header("authorization", who);
        let request = if form.is_empty() {
            request
        } else {
            request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned())
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body = answer.bytes().await.unwrap().to_vec();
        assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&body));
        body
    }
}

/// The bucket's own name, and what is before the names of objects in it.
fn place(bucket: &BucketOptions) -> (&str, &str) {
    bucket.url.strip_prefix("s3://").unwrap().split_once('/').unwrap()
}

impl Drop for Storage {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn install() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/object-storage.sh");
        let status = Command::new(script).stdout(Stdio::null()).status().expect("the script runs");
        assert!(status.success(), "the storage could not be installed");
    });
}

/// A server that keeps files in a bucket.
pub(super) async fn server_on(bucket: &BucketOptions) -> Server {
    Server::start_with(ServerOptions { bucket: Some(bucket.clone()), ..ServerOptions::default() }).await
}

/// A customer sends a file, and gets its key.
pub(super) async fn uploaded(customer: &Customer, bytes: &[u8]) -> String {
    let answer = customer.call("uploadFileStream", upload(bytes)).await;
    answer.json["objectKey"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned()
}

/// The request of that.
pub(super) fn upload(bytes: &[u8]) -> serde_json::Value {
    json!({ "fileType": "png", "channel": "WEB", "fileStream": STANDARD.encode(bytes) })
}

/// The request of a customer who fetches a file.
pub(super) fn download(key: &str) -> serde_json::Value {
    json!({ "fileId": key, "channel": "WEB", "fileType": "png" })
}

/// A customer fetches a file, and gets its bytes.
pub(super) async fn downloaded(customer: &Customer, key: &str) -> Vec<u8> {
    let answer = customer.call("downloadFileStream", download(key)).await;
    let found = answer.json["fileStream"].as_str().unwrap_or_else(|| panic!("{}", answer.text));
    STANDARD.decode(found).unwrap()
}
