//! The session that `frontdesk serve --demo` prints, and that the README shows.

use super::page::Page;
use super::server::Demo;

/// What is pasted: the last of what is printed, which is indented.
fn session(printed: &str) -> String {
    let start = printed.find("  URL=").expect("a session");
    let lines = printed[start..].lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn the_session_that_is_printed_runs_and_the_robot_answers() {
    let demo = Demo::start();
    let printed = demo.run(&session(&demo.printed)).succeeded();
    let poll: serde_json::Value = serde_json::from_str(printed.lines().nth(2).unwrap()).unwrap();
    let messages = poll["downlinkMessages"].as_array().unwrap();
    assert_eq!(messages[0]["content"], "Welcome,welcome");
    assert!(messages[1]["content"].as_str().unwrap().contains("2 to 4 working days"), "{printed}");
}

#[test]
fn the_chat_that_is_printed_runs() {
    let demo = Demo::start();
    let line = demo.printed.lines().find(|line| line.contains(" chat ")).expect("a line for the chat");
    let (_, command) = line.split_once(':').unwrap();
    let printed = demo.run(&format!("echo 'How long does delivery take?' |{command}\n")).succeeded();
    assert!(printed.contains("test: Standard delivery takes 2 to 4 working days"), "{printed}");
}

#[test]
fn the_readme_shows_what_is_printed() {
    let demo = Demo::start();
    let readme = Page::read("README.md").text;
    let printed = demo.globalise(&demo.printed);
    assert!(readme.contains(&session(&printed)), "README.md lacks the session:\n{}", session(&printed));
    let told = printed.find("The demonstration shop").expect("what the demonstration is");
    let end = printed.find("Or paste").expect("the end of it");
    assert!(readme.contains(printed[told..end].trim_end()), "README.md lacks:\n{}", &printed[told..end]);
}
