//! What a file is, by its bytes: a name or a header can say anything.

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKind {
    /// Its type as on the wire, such as `png`.
    pub name: &'static str,
    /// Its media type.
    pub media: &'static str,
    /// Whether a browser may show it in place; everything else is downloaded.
    pub inline: bool,
}

const fn kind(name: &'static str, media: &'static str, inline: bool) -> FileKind {
    FileKind { name, media, inline }
}

/// Types that are exchanged. `bpm` is how older pages spell bmp.
const KINDS: [FileKind; 13] = [
    kind("jpg", "image/jpeg", true),
    kind("jpeg", "image/jpeg", true),
    kind("png", "image/png", true),
    kind("bmp", "image/bmp", true),
    kind("bpm", "image/bmp", true),
    kind("mp3", "audio/mpeg", true),
    kind("aac", "audio/aac", true),
    kind("mp4", "video/mp4", true),
    kind("txt", "text/plain; charset=utf-8", false),
    kind("csv", "text/csv; charset=utf-8", false),
    kind("pdf", "application/pdf", false),
    kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", false),
    kind("zip", "application/zip", false),
];

impl FileKind {
    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.name == name)
    }

    /// Whether these bytes are such a file.
    pub fn fits(self, bytes: &[u8]) -> bool {
        let found = infer::get(bytes).map(|found| found.extension());
        match self.name {
            "jpg" | "jpeg" => found == Some("jpg"),
            "png" => found == Some("png"),
            "bmp" | "bpm" => found == Some("bmp"),
            "mp3" => found == Some("mp3") || is_mpeg_audio(bytes),
            "aac" => found == Some("aac") || is_adts(bytes),
            "mp4" => matches!(found, Some("mp4" | "m4v" | "mov")) || is_iso_media(bytes),
            "txt" | "csv" => is_text(bytes),
            "pdf" => found == Some("pdf"),
            "docx" => matches!(found, Some("docx" | "zip")),
            "zip" => matches!(found, Some("zip")),
            _ => false,
        }
    }
}

/// The kind of some bytes, if it is one that is exchanged. A name helps where bytes say little.
pub fn recognise(bytes: &[u8], file_name: Option<&str>) -> Option<FileKind> {
    let named = file_name
        .and_then(|name| name.rsplit_once('.'))
        .and_then(|(_, extension)| FileKind::named(&extension.to_ascii_lowercase()))
        .filter(|kind| kind.fits(bytes));
    named.or_else(|| KINDS.into_iter().find(|kind| kind.fits(bytes)))
}

/// A frame of MPEG audio without a tag in front.
fn is_mpeg_audio(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, second, ..] if second & 0xE6 == 0xE2)
}

/// A frame of AAC in ADTS.
fn is_adts(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, second, ..] if second & 0xF6 == 0xF0)
}

/// Any brand of the ISO base media format.
fn is_iso_media(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
}

/// Text in UTF-8, or at least nothing that no text has; old spreadsheets write other encodings.
fn is_text(bytes: &[u8]) -> bool {
    let starts_like_another =
        infer::get(bytes).is_some_and(|found| !matches!(found.matcher_type(), infer::MatcherType::Text));
    !starts_like_another && !bytes.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn bytes_decide_not_names() {
        assert!(FileKind::named("png").unwrap().fits(PNG));
        assert!(!FileKind::named("jpg").unwrap().fits(PNG));
        assert!(!FileKind::named("txt").unwrap().fits(PNG));
        assert_eq!(recognise(PNG, Some("holiday.jpg")).unwrap().name, "png");
        assert_eq!(recognise(b"a;b\n1;2\n", Some("table.csv")).unwrap().name, "csv");
        assert_eq!(recognise(b"\x7fELF\x02\x01\x01\0", Some("notes.txt")), None);
    }
}
