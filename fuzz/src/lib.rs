//! The targets of `frontdesk_tests::fuzz` as `cargo fuzz` wants them: a binary for each in `fuzz_targets`.

use frontdesk_tests::fuzz::{TARGETS, Target};

/// Checks these bytes.
///
/// # Panics
///
/// If something does not hold for them, or nothing is called `name`.
pub fn check(name: &str, bytes: &[u8]) {
    (target(name).check)(bytes);
}

/// The target that is called so.
///
/// # Panics
///
/// If none is.
pub fn target(name: &str) -> &'static Target {
    let found = TARGETS.iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("no target is called {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_binary_and_every_binary_a_target() {
        let manifest = include_str!("../Cargo.toml");
        let binaries = manifest.split("[[bin]]\nname = \"").skip(1);
        let mut binaries: Vec<_> = binaries.filter_map(|rest| rest.split('"').next()).collect();
        let mut targets: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        binaries.sort_unstable();
        targets.sort_unstable();
        assert_eq!(binaries, targets);
        for name in binaries {
            let path = format!("{}/fuzz_targets/{}.rs", env!("CARGO_MANIFEST_DIR"), name.replace('-', "_"));
            let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(source.contains(&format!("check(\"{name}\", bytes)")), "{path} is of another target");
        }
    }
}
