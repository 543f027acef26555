//! Secrets that are sealed with keys which neither the data directory nor its backups have.

use std::path::Path;

use frontdesk_tests::kit::{Agent, Answer, CHANNEL, Frontdesk, Http, Process};
use serde_json::{Value, json};

const IDENTITY: &str = "an-identity-key-of-more-than-32-bytes-zebra";
const PUSH: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";

fn serve(data: &Path, key: Option<&Path>) -> Frontdesk {
    let serve = Frontdesk::serve(data).argument("--demo");
    match key {
        Some(key) => serve.variable("FRONTDESK_STORE_KEY_FILE", key),
        None => serve,
    }
}

fn key(step: &str, file: &Path) -> Frontdesk {
    Frontdesk::new(["key", step, "--key-file"]).argument(file)
}

/// The files below a folder in whose bytes a text stands.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if let Ok(bytes) = std::fs::read(&path)
            && bytes.windows(text.len()).any(|window| window == text.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
    found
}

async fn administrator(server: &Process) -> Agent {
    Agent::sign_in(&Http::new(&server.url), "demo", "901", "demo-901").await
}

async fn set_secrets(server: &Process) {
    let secrets = json!({
        "identity_key": IDENTITY,
        "push": { "base_url": "https://shop.example", "verification": { "signature": { "push_key": PUSH } }, "paused": true },
    });
    let path = format!("/api/v1/config/channels/{CHANNEL}");
    let set = administrator(server).await.http.patch(&path, secrets).await;
    assert_eq!(set.status, 200, "{}", set.text);
}

async fn session(server: &Process, more: Value) -> Answer {
    let mut body = json!({ "channelId": CHANNEL });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Http::new(&server.url).post("/api/v1/widget/session", body).await
}

/// Whether the identity key that was set is still known: a page's signature of who the customer is counts.
async fn identity_is_known(server: &Process) {
    let opened = session(server, json!({ "identity": signed() })).await;
    assert_eq!((opened.status.as_u16(), &opened.json["userId"]), (200, &json!("ann")), "{}", opened.text);
}

/// What a shop's back end signs, in a JWT of its own making.
#[expect(clippy::disallowed_methods, reason = "the binary has the system's clock")]
fn signed() -> String {
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({ "sub": "ann", "exp": now + 300 });
    let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let text =
        format!("{}.{}", encode(br#"{"alg":"HS256","typ":"JWT"}"#), encode(claims.to_string().as_bytes()));
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(IDENTITY.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", encode(&mac.finalize().into_bytes()))
}

#[tokio::test]
async fn a_copy_of_the_data_gives_no_secret_away_and_rotation_keeps_all_of_them() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (data, file) = (folder.path().join("data"), elsewhere.path().join("frontdesk.key"));

    // As it was before there was a key file.
    let server = serve(&data, None).start();
    set_secrets(&server).await;
    let visitor = session(&server, json!({})).await.json;
    let visitor = json!({ "visitor": { "userId": visitor["userId"], "secret": visitor["visitorSecret"] } });
    server.terminate();
    assert!(!files_with(&data, IDENTITY).is_empty() && !files_with(&data, PUSH).is_empty());

    // With one everything is sealed at the start; it is made there and then, for its owner alone.
    let inside = serve(&data, Some(&data.join("inside.key"))).run().failed();
    assert!(inside.contains("outside of the data directory"), "{inside}");
    let server = serve(&data, Some(&file)).start();
    identity_is_known(&server).await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    // What the store's own keys made before still counts.
    assert_eq!(session(&server, visitor.clone()).await.status, 200);
    for secret in [IDENTITY, PUSH] {
        assert_eq!(files_with(&data, secret), Vec::<String>::new(), "{secret}");
    }
    set_secrets(&server).await;
    server.terminate();

    // Without the right key it does not start, and says which one is missing.
    let first = key("list", &file).run().succeeded();
    let name = first.split_whitespace().next().unwrap().to_owned();
    let missing = serve(&data, None).run().failed();
    assert!(missing.contains(&name) && missing.contains("FRONTDESK_STORE_KEY_FILE"), "{missing}");
    let wrong = elsewhere.path().join("wrong.key");
    let refused = serve(&data, Some(&wrong)).run().failed();
    assert!(refused.contains(&name), "{refused}");
    assert!(!wrong.exists(), "a key that opens nothing is not left behind");

    // After a rotation the newest seals, and the old one is needed for nothing but old backups.
    let rotated = key("rotate", &file).run().succeeded();
    assert_eq!(rotated.lines().filter(|line| line.contains("opens")).count(), 2, "{rotated}");
    let server = serve(&data, Some(&file)).start();
    identity_is_known(&server).await;
    assert_eq!(session(&server, visitor.clone()).await.status, 200);
    server.terminate();
    assert_eq!(files_with(&data, &format!("fdsk1:{name}:")), Vec::<String>::new());
    let text = std::fs::read_to_string(&file).unwrap();
    let newest: Vec<&str> = text.lines().filter(|line| !line.starts_with(&name)).collect();
    std::fs::write(&file, newest.join("\n")).unwrap();
    let server = serve(&data, Some(&file)).start();
    identity_is_known(&server).await;
    server.terminate();

    // A backup has what the data directory has.
    let backup = folder.path().join("backup");
    let taken = Frontdesk::new(["backup", "--to"]).argument(&backup).argument("--data-dir").argument(&data);
    taken.variable("FRONTDESK_STORE_KEY_FILE", &file).run().succeeded();
    for secret in [IDENTITY, PUSH] {
        assert_eq!(files_with(&backup, secret), Vec::<String>::new(), "{secret}");
    }
    let restored = folder.path().join("restored");
    let restore = Frontdesk::new(["restore", "--from"]).argument(&backup).argument("--data-dir");
    restore.argument(&restored).run().succeeded();
    serve(&restored, None).run().failed();
    let server = serve(&restored, Some(&file)).start();
    identity_is_known(&server).await;
    assert_eq!(session(&server, visitor).await.status, 200);
    server.terminate();
}
