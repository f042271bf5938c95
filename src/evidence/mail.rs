//! The transfer encoding of mails: quoted-printable.
//!
//! In: a text. Out: the text without it, where it has it: `=3D` for `=`, and lines that end in `=` and go
//! on in the next. Joined lines leave their break behind the whole one, so that a value still names the
//! line it started in.

/// The text decoded, if a mail program encoded it.
pub(super) fn decoded(text: &str) -> Option<String> {
    let is_said = || text.to_ascii_lowercase().contains("content-transfer-encoding: quoted-printable");
    let looks_so = text.contains("=3D")
        && text.lines().any(|line| line.len() > 60 && line.trim_end_matches('\r').ends_with('='))
        && ["icket=3D", "timestamp=3D", "url=3D", "signature=3D"].iter().any(|key| text.contains(key));
    if !text.contains("=3D") || !(looks_so || is_said()) {
        return None;
    }
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut owed = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        let end = &line[body.len()..];
        // Spaces at the end are the transport's.
        let body = body.trim_end_matches([' ', '\t']);
        let soft = body.strip_suffix('=').filter(|_| !end.is_empty());
        decode(soft.unwrap_or(body), &mut out);
        if soft.is_some() {
            owed += 1;
        } else {
            out.extend_from_slice(end.as_bytes());
            out.resize(out.len() + std::mem::take(&mut owed), b'\n');
        }
    }
    String::from_utf8(out).ok()
}

fn decode(line: &str, out: &mut Vec<u8>) {
    let mut bytes = line.as_bytes();
    while let Some((&byte, rest)) = bytes.split_first() {
        let escaped = (byte == b'=').then(|| rest.get(..2)).flatten();
        let value = escaped
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(value.unwrap_or(byte));
        bytes = if value.is_some() { &rest[2..] } else { rest };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_decoded_and_its_lines_stay_in_place() {
        let text = "Content-Transfer-Encoding: quoted-printable\n\nurl=3Dhttps://a=\n.com/=E4=BD=A0\nx=3D1\n";
        let decoded = decoded(text).expect("decoded");
        assert_eq!(decoded, "Content-Transfer-Encoding: quoted-printable\n\nurl=https://a.com/你\n\nx=1\n");
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in ["a=3D1", "jsapi_ticket=k=3D&noncestr=n", ""] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
