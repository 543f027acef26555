//! Nothing is left out: interfaces, settings, options, metrics, files.

use std::fs;

use frontdesk_core::access::Permission;
use frontdesk_server::config::Config;
use frontdesk_server::router::routes;
use frontdesk_tests::kit::Frontdesk;
use serde_json::Value;

use super::page::{Page, below, root};

fn guide() -> String {
    below("docs/guide", "md").iter().map(|name| Page::read(name).text).collect()
}

fn missing<'a>(wanted: impl IntoIterator<Item = &'a String>, text: &str) -> Vec<&'a String> {
    wanted.into_iter().filter(|wanted| !text.contains(wanted.as_str())).collect()
}

#[test]
fn every_route_is_in_the_guide() {
    let routes: Vec<String> =
        routes().iter().map(|route| format!("`{} {}`", route.method, route.path)).collect();
    assert_eq!(missing(&routes, &guide()), Vec::<&String>::new());
}

#[test]
fn every_permission_is_in_the_guide() {
    let names: Vec<String> = Permission::ALL.iter().map(|permission| format!("`{permission}`")).collect();
    assert_eq!(missing(&names, &Page::read("docs/guide/people.md").text), Vec::<&String>::new());
}

#[test]
fn every_key_of_the_configuration_is_in_the_guide() {
    fn keys(prefix: &str, value: &Value, found: &mut Vec<String>) {
        match value.as_object() {
            Some(table) => {
                for (name, value) in table {
                    keys(&format!("{prefix}{name}."), value, found);
                }
            }
            None => found.push(prefix.trim_end_matches('.').to_owned()),
        }
    }
    let mut found = Vec::new();
    keys("", &serde_json::to_value(Config::default()).unwrap(), &mut found);
    let mut names: Vec<String> = found.iter().map(|key| format!("| `{key}` |")).collect();
    names.extend(Config::variables().iter().map(|name| format!("`{name}`")));
    assert_eq!(missing(&names, &Page::read("docs/guide/operating.md").text), Vec::<&String>::new());
}

#[test]
fn every_option_of_the_command_line_is_in_the_guide() {
    let subjects = ["list", "tenant", "app", "channel", "robot", "knowledge", "queue", "agent", "remove"];
    let subjects = subjects.into_iter().chain(["get", "set", "unset", "rotate-secret", "remove-tenant"]);
    let subjects = subjects.chain(["knowledge-import", "knowledge-export", "knowledge-publish"]);
    let mut commands: Vec<Vec<&str>> = vec![vec!["serve"], vec!["chat"], vec!["doctor"]];
    commands.extend(["check", "print", "export", "diff", "apply"].map(|action| vec!["config", action]));
    commands.extend(subjects.map(|subject| vec!["admin", subject]));
    let operating = Page::read("docs/guide/operating.md").text;
    for command in commands {
        let help = Frontdesk::new(command.iter().chain(&["--help"])).run().succeeded();
        let is_name = |letter: char| letter == '-' || letter.is_ascii_lowercase();
        let options =
            help.split(|letter| !is_name(letter)).filter(|word| word.starts_with("--") && *word != "--help");
        let options: Vec<String> = options.map(str::to_owned).collect();
        assert_eq!(missing(&options, &operating), Vec::<&String>::new(), "of {command:?}");
        assert!(operating.contains(&command.join(" ")), "{command:?} is not in the guide");
    }
}

#[test]
fn every_option_of_moving_and_of_backups_is_in_the_guide() {
    let options_of = |command: &str| {
        let help = Frontdesk::new([command, "--help"]).run().succeeded();
        let is_name = |letter: char| letter == '-' || letter.is_ascii_lowercase();
        let words =
            help.split(|letter| !is_name(letter)).filter(|word| word.starts_with("--") && *word != "--help");
        words.map(str::to_owned).collect::<Vec<String>>()
    };
    for (command, page) in [("move", "growing"), ("backup", "backup"), ("restore", "backup")] {
        let text =
            Page::read(&format!("docs/guide/{page}.md")).text + &Page::read("docs/guide/postgresql.md").text;
        assert_eq!(missing(&options_of(command), &text), Vec::<&String>::new(), "of {command}");
    }
}

#[test]
fn every_metric_is_in_the_guide() {
    let mut metrics = Vec::new();
    for name in below("crates", "rs") {
        let text = fs::read_to_string(root().join(name)).unwrap();
        for call in ["counter!(", "gauge!(", "histogram!("] {
            let names = text.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            metrics.extend(names.filter_map(|rest| rest.split_once('"')).map(|(name, _)| format!("`{name}")));
        }
    }
    assert!(metrics.len() > 3, "{metrics:?}");
    assert_eq!(missing(&metrics, &Page::read("docs/guide/operating.md").text), Vec::<&String>::new());
}

/// Links to files, and paths in backticks.
#[test]
fn every_file_that_is_named_is_there() {
    let mut names: Vec<String> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
            .map(str::to_owned)
            .into();
    names.extend(below("docs", "md"));
    let mut wrong = Vec::new();
    for name in names {
        let page = Page::read(&name);
        let folder = root().join(&name).parent().unwrap().to_owned();
        let links =
            page.text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        for link in links.filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let file = link.split('#').next().unwrap_or_default();
            if !folder.join(file).exists() {
                wrong.push(format!("{name}: {link}"));
            }
        }
        let is_path = |code: &&str| {
            let first = code.split('/').next().unwrap_or_default();
            ["crates", "tests", "scripts", "docs"].contains(&first)
                && code.contains('/')
                && !code.contains(['…', '*', '<', ' '])
        };
        for path in page.text.split('`').filter(is_path) {
            if !root().join(path).exists() {
                wrong.push(format!("{name}: {path}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
