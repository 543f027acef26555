//! Writes examples that no file can hold, because they are made with a key: `made TARGET FOLDER`.

use std::io::Result;
use std::path::PathBuf;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(folder)) = (arguments.next(), arguments.next().map(PathBuf::from)) else {
        eprintln!("usage: made TARGET FOLDER");
        std::process::exit(2);
    };
    for (number, example) in (frontdesk_fuzz::target(&name).made)().into_iter().enumerate() {
        std::fs::write(folder.join(format!("made-{number}")), example)?;
    }
    Ok(())
}
