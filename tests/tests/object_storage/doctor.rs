//! The binary on storage that looks who asks: `frontdesk doctor`, and a server that is killed.

use std::net::TcpListener;
use std::path::Path;

use frontdesk_store::BucketOptions;
use frontdesk_tests::kit::{App, Finished, Frontdesk, Http};
use reqwest::Method;
use serde_json::Value;

use super::storage::{PNG, Storage, downloaded, uploaded};

/// A storage that lets one key in, and a bucket in it.
async fn guarded() -> (Storage, BucketOptions) {
    // The bucket, and the three that make somebody.
    let storage = Storage::start(&["4"]);
    let bucket = storage.bucket().await;
    let iam = async |form: &str| {
        let form = format!("{form}&UserName=frontdesk&Version=2010-05-08");
        String::from_utf8(storage.ask(Method::POST, "", "iam", &form).await).unwrap()
    };
    iam("Action=CreateUser").await;
    let policy = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D";
    iam(&format!("Action=PutUserPolicy&PolicyName=files&PolicyDocument={policy}")).await;
    let made = iam("Action=CreateAccessKey").await;
    let value = |tag: &str| {
        let (_, rest) = made.split_once(&format!("<{tag}>")).unwrap();
        rest.split_once("</").unwrap().0.to_owned()
    };
    let bucket =
        BucketOptions { access_key: value("AccessKeyId"), secret_key: value("SecretAccessKey"), ..bucket };
    (storage, bucket)
}

/// With the bucket in the variables of the environment.
fn on(command: Frontdesk, bucket: &BucketOptions) -> Frontdesk {
    command
        .variable("FRONTDESK_FILES_URL", &bucket.url)
        .variable("FRONTDESK_FILES_ENDPOINT", &bucket.endpoint)
        .variable("FRONTDESK_FILES_ACCESS_KEY", &bucket.access_key)
        .variable("FRONTDESK_FILES_SECRET_KEY", &bucket.secret_key)
}

fn doctor(data: &Path) -> Frontdesk {
    Frontdesk::new(["doctor", "--json", "--internal-listen", "off", "--listen", "127.0.0.1:0", "--data-dir"])
        .argument(data)
}

/// The state of the bucket, what was found, and what to do.
fn told(finished: &Finished) -> (String, String, String) {
    let report: Value = serde_json::from_str(&finished.stdout).unwrap_or_else(|_| panic!("{finished:?}"));
    let findings = report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["check"] == "bucket");
    let finding = finding.unwrap_or_else(|| panic!("nothing of a bucket: {findings:?}"));
    let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    (text("state"), text("found"), text("advice"))
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_whether_the_bucket_will_do() {
    let (_storage, bucket) = guarded().await;
    let folder = tempfile::tempdir().unwrap();
    let ask = |bucket: &BucketOptions| on(doctor(folder.path()), bucket).run();
    let (state, found, _) = told(&ask(&bucket));
    assert_eq!(state, "well", "{found}");
    assert!(found.contains("stored, read and removed"), "{found}");

    // As Amazon's own tools are told.
    let by_environment = BucketOptions {
        access_key: String::new(),
        secret_key: String::new(),
        endpoint: String::new(),
        ..bucket.clone()
    };
    let amazons = on(doctor(folder.path()), &by_environment)
        .variable("AWS_ACCESS_KEY_ID", &bucket.access_key)
        .variable("AWS_SECRET_ACCESS_KEY", &bucket.secret_key)
        .variable("AWS_ENDPOINT_URL", &bucket.endpoint);
    let (state, found, _) = told(&amazons.run());
    assert_eq!(state, "well", "{found}");

    let wrong = BucketOptions { secret_key: "quite-another-secret".to_owned(), ..bucket.clone() };
    let finished = ask(&wrong);
    let (state, found, advice) = told(&finished);
    assert!(state == "wrong" && found.contains("SignatureDoesNotMatch"), "{state}: {found}");
    assert!(advice.contains("files.secret_key"), "{advice}");
    assert!(!format!("{finished:?}").contains("quite-another-secret"), "{finished:?}");

    let (state, found, advice) =
        told(&ask(&BucketOptions { url: "s3://nowhere-to-be-found".to_owned(), ..bucket.clone() }));
    assert!(state == "wrong" && found.contains("NoSuchBucket"), "{state}: {found}");
    assert!(advice.contains("make the bucket"), "{advice}");

    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (state, found, advice) =
        told(&ask(&BucketOptions { endpoint: format!("http://{nobody}"), ..bucket.clone() }));
    assert!(state == "wrong" && advice.contains("files.endpoint"), "{state}: {found}, {advice}");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent =
        BucketOptions { endpoint: format!("http://{}", silent.local_addr().unwrap()), ..bucket.clone() };
    let finished = on(doctor(folder.path()), &silent).variable("FRONTDESK_FILES_TIMEOUT_MS", "500").run();
    assert_eq!(told(&finished).0, "wrong", "{finished:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_and_no_secret_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let options = BucketOptions { url: "s3://key:very-secret@files".to_owned(), ..BucketOptions::default() };
    let checked = on(Frontdesk::new(["config", "check"]), &options).run().failed();
    let served = on(Frontdesk::serve(folder.path()), &options).try_start().map(drop).unwrap_err().failed();
    let finished = on(doctor(folder.path()), &options).run();
    assert_eq!(told(&finished).0, "wrong");
    for said in [checked, served] {
        assert!(said.contains("files.url") && !said.contains("very-secret"), "{said}");
    }
    let half =
        BucketOptions { url: "s3://files".to_owned(), secret_key: "very-secret".to_owned(), ..options };
    let said = on(Frontdesk::new(["config", "check"]), &half).run().failed();
    assert!(said.contains("files.access_key") && !said.contains("very-secret"), "{said}");
    let printed = on(Frontdesk::new(["config", "print"]), &half).run().succeeded();
    assert!(printed.contains("secret_key = \"***\"") && !printed.contains("very-secret"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_finds_its_files_again() {
    let (_storage, bucket) = guarded().await;
    let folder = tempfile::tempdir().unwrap();
    let start = || on(Frontdesk::serve(folder.path()).argument("--demo"), &bucket).start();
    let server = start();
    let app = App::sign_in(&Http::new(&server.url), "demo-app", "demo-secret").await;
    let key = uploaded(&app.customer("u-77", "en").await, PNG).await;
    let finished = server.kill();
    assert!(!finished.stderr.contains(&bucket.secret_key), "{}", finished.stderr);
    let server = start();
    let app = App::sign_in(&Http::new(&server.url), "demo-app", "demo-secret").await;
    assert_eq!(downloaded(&app.customer("u-77", "en").await, &key).await, PNG);
    assert!(!server.terminate().stderr.contains(&bucket.secret_key));
}
