//! Embeds the files that `make web` has put into `pages`. Without them the build succeeds, too, and the server shows
//! a hint in their place.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// How a compressed form of a file is named: behind the whole name of the file.
const COMPRESSED: [&str; 2] = [".br", ".gz"];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names = Vec::new();
    collect(&folder, "", &mut names)?;
    names.sort();
    let mut table = String::from("[\n");
    for name in names.iter().filter(|name| !COMPRESSED.iter().any(|ending| name.ends_with(ending))) {
        let [brotli, gzip] = COMPRESSED.map(|ending| {
            let name = format!("{name}{ending}");
            names.contains(&name).then(|| format!("Some({})", bytes(&folder.join(name))))
        });
        let none = || "None".to_owned();
        let (brotli, gzip) = (brotli.unwrap_or_else(none), gzip.unwrap_or_else(none));
        let plain = bytes(&folder.join(name));
        writeln!(table, "Embedded {{ name: {name:?}, plain: {plain}, brotli: {brotli}, gzip: {gzip} }},")?;
    }
    table.push(']');
    let out = env::var_os("OUT_DIR").ok_or("Cargo names no folder for what is generated")?;
    fs::write(PathBuf::from(out).join("pages.rs"), table)?;
    Ok(())
}

/// The names of all files below a folder, with `/` between their parts.
fn collect(folder: &Path, prefix: &str, names: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| "a file's name is not UTF-8")?;
        if name.starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), names)?;
        } else {
            names.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

fn bytes(path: &Path) -> String {
    format!("include_bytes!({:?})", path.display().to_string())
}
