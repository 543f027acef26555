use super::*;

#[test]
fn a_state_of_a_base_is_named_or_numbered() {
    let read = |value| Edition::read("version", value, Edition::Draft);
    assert_eq!(read(None), Ok(Edition::Draft));
    assert_eq!(read(Some("live")), Ok(Edition::Live));
    assert_eq!(read(Some("3")), Ok(Edition::Version(3)));
    for wrong in ["0", "-1", "newest", "1.5"] {
        let error = read(Some(wrong)).unwrap_err().to_string();
        assert_eq!(error, "`version` must be draft, live or the number of a version");
    }
}

#[test]
fn an_import_says_what_it_is() {
    let read = |json: &str| {
        let query: ImportQuery = serde_json::from_str(json).unwrap();
        query
            .check()
            .map(|wish| (wish.format, wish.delimiter, wish.dry_run))
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        read(r#"{"format":"csv","delimiter":";","dryRun":"true"}"#),
        Ok((FileFormat::Csv, Some(b';'), true))
    );
    assert_eq!(read("{}").unwrap_err(), "`format` is missing");
    assert_eq!(read(r#"{"format":"xml"}"#).unwrap_err(), "`format` must be one of csv, json, html, markdown");
    let quote = read(r#"{"format":"csv","delimiter":"\""}"#).unwrap_err();
    assert_eq!(quote, "`delimiter` must be one character, and no quote");
}

#[test]
fn lists_are_bounded() {
    assert_eq!(limit(None), Ok(100));
    assert_eq!(limit(Some("0")), Ok(1));
    assert_eq!(limit(Some("99999")), Ok(500));
    assert!(limit(Some("-1")).is_err());
}
