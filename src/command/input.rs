//! Text from a file or from stdin, for every flag that takes `FILE|-`.
//!
//! In: a path, `-` for stdin, and a limit in bytes. Out: the text, or a failure that names what is
//! wrong. UTF-16 with a byte order mark, as PowerShell writes it, is read too.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::failure::Failure;

/// Enough for pasted code and logs of one page, HAR files included. Bytes.
pub const TEXT_LIMIT: u64 = 8 * 1024 * 1024;

/// Reads a whole text of at most `limit` bytes.
pub fn read_text(path: &Path, limit: u64) -> Result<String, Failure> {
    let name = if path.as_os_str() == "-" { "stdin".to_owned() } else { format!("`{}`", path.display()) };
    let refuse = |error: &io::Error| Failure::storage(format!("cannot read {name}: {error}"));
    let mut bytes = Vec::new();
    let source: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(
            File::open(path)
                .map_err(|error| refuse(&error).hint("name a file that is there, or - for stdin"))?,
        )
    };
    source.take(limit + 1).read_to_end(&mut bytes).map_err(|error| refuse(&error))?;
    if bytes.len() as u64 > limit {
        return Err(Failure::usage(format!("{name} has more than {} MiB", limit / (1024 * 1024)))
            .hint("cut it down to the part around wx.config or the signature"));
    }
    decode(bytes).map_err(|at| {
        Failure::usage(format!("{name} is not UTF-8: byte {at} belongs to no character"))
            .hint("save it as UTF-8")
    })
}

/// UTF-8 with or without a mark, UTF-16 with one. The error is the first bad byte's position.
fn decode(bytes: Vec<u8>) -> Result<String, usize> {
    let utf16 = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => Some((encoding_rs::UTF_16LE, rest)),
        [0xfe, 0xff, rest @ ..] => Some((encoding_rs::UTF_16BE, rest)),
        _ => None,
    };
    if let Some((encoding, rest)) = utf16 {
        return Ok(encoding.decode_without_bom_handling(rest).0.into_owned());
    }
    let text = String::from_utf8(bytes).map_err(|error| error.utf8_error().valid_up_to())?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_no_part_of_the_text() {
        assert_eq!(decode(b"\xef\xbb\xbfa".to_vec()).as_deref(), Ok("a"));
        assert_eq!(decode(b"\xff\xfea\x00\x2d\x4e".to_vec()).as_deref(), Ok("a中"));
        assert_eq!(decode(b"ab\xffc".to_vec()), Err(2));
    }
}
