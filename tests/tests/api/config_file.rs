//! A tenant's configuration as one file, on the command line: with and without a running server.

use std::path::Path;

use frontdesk_tests::kit::{Finished, Frontdesk};

fn config(data: &Path, arguments: &[&str]) -> Frontdesk {
    Frontdesk::new(["config"]).arguments(arguments).argument("--data-dir").argument(data)
}

fn admin(data: &Path, arguments: &[&str]) -> String {
    Frontdesk::new(["admin"]).arguments(arguments).argument("--data-dir").argument(data).run().succeeded()
}

fn code(finished: &Finished) -> Option<i32> {
    assert!(!finished.stderr.contains("panicked"), "{finished:?}");
    finished.status.code()
}

/// A shop that uses what there is, with secrets wherever they can be. Gives all of them.
fn set_up(data: &Path) -> Vec<String> {
    let shop = |arguments: &[&str]| admin(data, &[arguments, &["--tenant", "shop"]].concat());
    admin(data, &["tenant", "shop", "--name", "Chairs \"and\" more"]);
    shop(&["queue", "sales"]);
    shop(&["robot", "helper", "--welcome", "Hello!\nHow are you?"]);
    let identity = "0123456789abcdef0123456789abcdef";
    shop(&["channel", "1001", "--robot", "helper", "--queue", "sales", "--identity-key", identity]);
    let set = |kind: &str, id: &str, values: &str| {
        let command = Frontdesk::new(["admin", "set", kind, id, "-", "--tenant", "shop", "--data-dir"]);
        command.argument(data).run_with(values).succeeded();
    };
    let push_key = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";
    let webhook = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0";
    set(
        "channel",
        "1001",
        &format!(
            "push.base_url = \"https://shop.example\"\npush.verification.signature.push_key = \"{push_key}\"\n\
             push.webhook_secrets = [\"{webhook}\"]\npush.paused = true\n"
        ),
    );
    let oauth = "push.base_url = \"https://shop.example\"\npush.verification.oauth = \
                 { app_key = \"ours\", app_secret = \"the-secret-of-theirs\" }\npush.paused = true\n";
    set("channel", "1002", oauth);
    set("canned-replies", "hi", "shortcut = \"hi\"\ntitle = \"Hi\"\ntext = \"Hi {{customer.name|there}}\"\n");
    set("sla_policy", "gold", "name = \"Gold\"\nfirst_reply = 60\nqueues = [\"sales\"]\n");
    let corp = "name = \"Corp\"\nissuer = \"https://id.example\"\nclient_id = \"desk\"\n\
                client_secret = \"the-secret-at-the-provider\"\n";
    set("identity_provider", "corp", corp);
    let secret = shop(&["app", "back-end"]).lines().last().unwrap().to_owned();
    let rotated = shop(&["rotate-secret", "back-end"]).lines().last().unwrap().to_owned();
    let password = shop(&["agent", "ann", "--queue", "sales"]).lines().last().unwrap().to_owned();
    [
        identity,
        push_key,
        webhook,
        "the-secret-of-theirs",
        "the-secret-at-the-provider",
        &secret,
        &rotated,
        &password,
    ]
    .map(str::to_owned)
    .to_vec()
}

fn export(data: &Path) -> String {
    let finished = config(data, &["export", "--tenant", "shop"]).run();
    assert_eq!(finished.stderr, "", "nothing to say");
    finished.succeeded()
}

fn is_live(data: &Path, password: &str) -> bool {
    // The hash of the store is what sign-ins are checked with.
    let process = Frontdesk::serve(data).start();
    let url = format!("{}/api/v1/agent/login", process.url);
    let body = serde_json::json!({ "tenant": "shop", "agentId": "ann", "password": password });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let status = runtime
        .block_on(async { reqwest::Client::new().post(url).json(&body).send().await.unwrap().status() });
    assert!(process.terminate().status.success());
    status == 200
}

#[test]
fn export_apply_export_gives_the_same_file_also_elsewhere() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (data, other) = (here.path().join("data"), there.path().join("data"));
    let secrets = set_up(&data);
    let file = export(&data);
    for secret in secrets.iter().map(String::as_str).chain(["$argon2", "_hash", "fds_"]) {
        assert!(!file.contains(secret), "{secret} is in the file");
    }
    assert!(file.starts_with("# ") && file.contains("\n[queues.sales]\n"), "{file}");

    let same = config(&data, &["diff", "-"]).run_with(&file);
    assert_eq!((code(&same), same.stdout.as_str(), same.stderr.as_str()), (Some(0), "", ""));
    let nothing = config(&data, &["apply", "-"]).run_with(&file);
    assert_eq!((code(&nothing), nothing.stderr.as_str()), (Some(0), "nothing to change\n"));
    assert_eq!(export(&data), file);
    assert!(is_live(&data, secrets.last().unwrap()), "secrets stay");

    let dry = config(&other, &["apply", "-", "--dry-run"]).run_with(&file);
    assert!(dry.stderr.ends_with("not applied, as asked for: 10 to change\n"), "{dry:?}");
    assert!(!other.exists(), "nothing is made where something is only tried");
    let made = config(&other, &["apply", "-"]).run_with(&file);
    assert!(
        made.stdout.contains("add queues.sales\n+[queues.sales]\n+name = \"sales\"\n"),
        "{}",
        made.stdout
    );
    for missing in [
        "to be set: apps.back-end: secret\n  frontdesk admin rotate-secret --tenant shop back-end\n",
        "to be set: agents.ann: password\n  frontdesk admin agent --tenant shop ann --password-stdin\n",
        "to be set: channels.1001: push.verification.signature.push_key\n",
        "to be set: channels.1002: push.verification.oauth.app_secret\n",
        "to be set: identity-providers.corp: client_secret\n",
        "applied: 10 changed\n",
    ] {
        assert!(made.stderr.contains(missing), "{missing} is not in {}", made.stderr);
    }
    assert_eq!(export(&other), file, "byte for byte");
    let again = config(&other, &["apply", "-"]).run_with(&file);
    assert!(again.stderr.ends_with("nothing to change\n") && again.stdout.is_empty(), "{again:?}");
    let how = "push.verification.signature.push_key = \"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ\"";
    let set = Frontdesk::new(["admin", "set", "--tenant", "shop", "channel", "1001", "-", "--data-dir"]);
    set.argument(&other).run_with(how).succeeded();
    assert!(admin(&other, &["rotate-secret", "--tenant", "shop", "back-end"]).contains("fds_"));
    let left = config(&other, &["apply", "-"]).run_with(&file).stderr;
    assert!(
        !left.contains("push_key") && !left.contains("back-end") && left.contains("agents.ann"),
        "{left}"
    );
    assert_eq!(export(&other), file);
}

#[test]
fn what_differs_is_shown_and_applied_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    set_up(&data);
    let before = export(&data);
    let changed = before
        .replace("[queues.sales]\nname = \"sales\"", "[queues.sales]\nname = \"Sales\"")
        .replace("[agents.ann]", "[agents.bob]");
    let path = folder.path().join("shop.toml");
    std::fs::write(&path, &changed).unwrap();
    let file = path.to_str().unwrap();
    let expected = "change queues.sales\n-name = \"sales\"\n+name = \"Sales\"\n\
                    remove agents.ann\n-[agents.ann]\n-nickname = \"ann\"\n-role = \"agent\"\n-capacity = 5\n\
                    -queues = [\"sales\"]\n\
                    add agents.bob\n+[agents.bob]\n+nickname = \"ann\"\n+role = \"agent\"\n+capacity = 5\n\
                    +queues = [\"sales\"]\n";
    let diff = config(&data, &["diff", file]).run();
    assert_eq!((code(&diff), diff.stdout.as_str()), (Some(1), expected), "{}", diff.stderr);
    let dry = config(&data, &["apply", file, "--dry-run", "--prune"]).run();
    assert_eq!((code(&dry), dry.stdout.as_str()), (Some(0), expected));
    assert_eq!(export(&data), before, "nothing was changed");

    // The same through a running server.
    let process = Frontdesk::serve(&data).start();
    assert_eq!(export(&data), before);
    let diff = config(&data, &["diff", file]).run();
    assert_eq!((code(&diff), diff.stdout.as_str()), (Some(1), expected));
    let applied = config(&data, &["apply", file]).run();
    assert!(applied.stderr.contains("not in the file, and kept: agents.ann (--prune takes it away)\n"));
    assert!(applied.stderr.ends_with("applied: 2 changed\n"), "{}", applied.stderr);
    let diff = config(&data, &["diff", file]).run();
    assert!(
        code(&diff) == Some(1) && diff.stdout.starts_with("remove agents.ann\n"),
        "what is extra differs"
    );
    config(&data, &["apply", file, "--prune"]).run().succeeded();
    assert_eq!(code(&config(&data, &["diff", file]).run()), Some(0));
    assert_eq!(export(&data), changed);
    assert!(process.terminate().status.success());
}

#[test]
fn what_does_not_fit_is_named_and_nothing_is_applied() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = folder.path().join("shop.toml");
    let file = path.to_str().unwrap();
    let no_store = config(&data, &["diff", file]).run();
    assert_eq!(code(&no_store), Some(2), "there is no file");
    std::fs::write(&path, "[tenant]\nid = \"shop\"\n").unwrap();
    let no_store = config(&data, &["diff", file]).run();
    assert_eq!(code(&no_store), Some(2), "there is no store");
    assert!(no_store.stderr.contains("there is no store in"), "{}", no_store.stderr);
    assert_eq!(code(&config(&data, &["export", "--tenant", "shop"]).run()), Some(1));
    assert!(!data.exists());

    set_up(&data);
    let before = export(&data);
    let wrong = "[tenant]\nid = \"shop\"\n\n[queues.new]\nname = \"New\"\n\n[agents.bob]\nqueues = [\"nowhere\"]\n\
                 capacity = 0\n\n[channels.1001]\ncolour = 1\n";
    std::fs::write(&path, wrong).unwrap();
    for command in [&["diff", file][..], &["apply", file], &["apply", file, "--dry-run"]] {
        let refused = config(&data, command).run();
        assert_eq!(code(&refused), Some(if command[0] == "diff" { 2 } else { 1 }));
        assert_eq!(refused.stdout, "");
        let lines: Vec<&str> = refused.stderr.lines().collect();
        assert_eq!(lines.len(), 4, "{}", refused.stderr);
        let expected = [
            "8: agents.bob.queues[0]: there is no queue \"nowhere\"",
            "9: agents.bob.capacity: must be 1 to 100000, not 0",
            "12: channels.1001.colour: unknown field `colour`",
        ];
        for (line, expected) in lines.iter().zip(expected) {
            assert!(line.starts_with(&format!("{file}:{expected}")), "{line}");
        }
        assert_eq!(lines[3], "frontdesk: the file cannot be applied: 3 problems");
    }
    assert_eq!(export(&data), before);
    let unknown = config(&data, &["export", "--tenant", "nowhere"]).run();
    assert!(unknown.stdout.is_empty() && unknown.failed().contains("there is no tenant \"nowhere\""));
}

#[test]
fn every_item_is_shown_set_and_unset_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    set_up(&data);
    let shop = |arguments: &[&str]| admin(&data, &[arguments, &["--tenant", "shop"]].concat());
    let before = export(&data);
    for (kind, id) in [
        ("tenant", "shop"),
        ("app", "back-end"),
        ("queues", "sales"),
        ("robot", "helper"),
        ("channel", "1001"),
        ("agent", "ann"),
        ("canned-reply", "hi"),
        ("sla-policies", "gold"),
        ("identity-provider", "corp"),
    ] {
        let shown = shop(&["get", kind, id]);
        assert!(shown.starts_with('{') && !shown.contains("hash") && !shown.contains("_key\""), "{shown}");
        assert_eq!(shop(&["list", kind]).lines().count(), if kind == "channel" { 2 } else { 1 }, "{kind}");
        // An item's own values change nothing, but a push is given whole or by its secrets alone.
        if kind != "channel" {
            let set = Frontdesk::new(["admin", "set", kind, id, "-", "--tenant", "shop", "--data-dir"]);
            set.argument(&data).run_with(&shown).succeeded();
        }
    }
    assert_eq!(export(&data), before);
    shop(&["unset", "channel", "1001", "robot", "push.paused", "patience.warn_before", "push"]);
    let shown = shop(&["get", "channel", "1001"]);
    assert!(!shown.contains("helper") && !shown.contains("push"), "{shown}");
    let refused =
        Frontdesk::new(["admin", "unset", "channel", "1001", "patience.nothing", "--tenant", "shop"]);
    let refused = refused.argument("--data-dir").argument(&data).run().failed();
    assert!(refused.contains("patience.nothing: is not a value of it"), "{refused}");
    shop(&["remove", "robots", "helper"]);
    assert!(!export(&data).contains("[robots.helper]"));
    admin(&data, &["remove-tenant", "shop"]);
    assert_eq!(admin(&data, &["list"]), "");
}
