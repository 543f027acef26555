//! Backups: taken under load, restored, refused; and files that were merely copied back.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod backup {
    mod binary;
    mod codes;
    mod copied_back;
    mod devices;
    mod refusals;
    mod reservations;
    mod sealed;
    mod served;

    use std::ops::ControlFlow;
    use std::path::Path;
    use std::sync::Arc;

    use frontdesk_core::audit::Actor;
    use frontdesk_core::port::OnProgress;
    use frontdesk_core::time::Timestamp;

    /// Who restores, and when.
    const BY: (&Actor, Timestamp) = (&Actor::system(), Timestamp::from_millis(1_700_000_000_000));

    fn quiet() -> OnProgress {
        Arc::new(|_| ControlFlow::Continue(()))
    }

    /// Copies a folder with everything in it.
    fn copy_folder(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                copy_folder(&entry.path(), &target);
            } else if kind.is_file() {
                std::fs::copy(entry.path(), target).unwrap();
            }
        }
    }
}
