//! A form with one file (multipart/form-data, RFC 7578).

use crate::random;

/// The form's media type and body: one field `file` with this name and these bytes.
pub(crate) fn with_file(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    // 128 random bits never stand in the file by chance.
    let boundary = format!("frontdesk-{}", random::name());
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n",
        quotable(name)
    );
    let foot = format!("\r\n--{boundary}--\r\n");
    let body = [head.as_bytes(), bytes, foot.as_bytes()].concat();
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// The name without what would end it or its line, in a form that needs no unescaping.
fn quotable(name: &str) -> String {
    let line: String = name.chars().filter(|letter| !letter.is_control()).collect();
    line.replace('"', "'").replace('\\', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_line() {
        let (media, body) = with_file("a\"b\r\nX: y\\.txt", b"hello");
        let boundary = media.strip_prefix("multipart/form-data; boundary=").unwrap();
        let body = String::from_utf8(body).unwrap();
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a'bX: y_.txt\"\r\n\
             Content-Type: application/octet-stream\r\n\r\nhello\r\n--{boundary}--\r\n"
        );
        assert_eq!(body, expected);
    }
}
