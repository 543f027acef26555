//! Every example of every page, page by page, each on a demonstration of its own.

use std::fmt::Write as _;
use std::fs;

use super::page::{Example, Page};
use super::server::Demo;

#[test]
fn every_example_runs_and_prints_what_its_page_shows() {
    let mut wrong = Vec::new();
    for page in Page::with_examples() {
        let result = page.examples().and_then(|examples| run(&page, &examples));
        wrong.extend(result.err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn run(page: &Page, examples: &[Example]) -> Result<(), String> {
    if examples.is_empty() {
        return Ok(());
    }
    let demo = Demo::start();
    let folder = demo.folder.path();
    let mut script = String::new();
    // One shell for the page, so that what an example sets is there in the next; what each prints goes apart.
    for (index, example) in examples.iter().enumerate() {
        let commands = demo.localise(&example.commands);
        write!(script, "{{\n{commands}\n}} > \"{}\"\n", folder.join(format!("printed-{index}")).display())
            .unwrap();
    }
    let finished = demo.run(&script);

    for (index, example) in examples.iter().enumerate() {
        let named = |why: &str, printed: &str| {
            let errors = &finished.stderr;
            format!("{}, line {}: {why}\n{printed}\n{errors}", page.name, example.line)
        };
        // What was not begun is not there: the one before failed.
        let printed = fs::read_to_string(folder.join(format!("printed-{index}"))).unwrap_or_default();
        let is_last_begun = !folder.join(format!("printed-{}", index + 1)).exists();
        if is_last_begun && !finished.status.success() {
            return Err(named(&format!("the commands fail, {}", finished.status), &printed));
        }
        if let Some(expected) = &example.expected {
            expected.check(&demo.globalise(&printed)).map_err(|why| named(&why, &printed))?;
        }
    }
    Ok(())
}
