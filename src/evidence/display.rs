//! What a browser, a forum or an input method did to a text when it displayed it.
//!
//! In: a text. Out: what it may have been. A browser reads `&times` as an entity even without its
//! semicolon and shows `×tamp` for `&timestamp`; so it does with a hundred other names, `&copy`, `&reg`,
//! `&para`, `&not`, `&curren`, which parameters may start with. A forum shows `&` as `&amp;`. An input
//! method sets curly quotes. Nothing here decides which reading is right: a hash does.

use std::borrow::Cow;

/// The names that HTML knows without a semicolon, for U+00A0 to U+00FF.
const NAMES: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo",
    "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot",
    "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",
    "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute",
    "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash",
    "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave", "aacute", "acirc", "atilde",
    "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc",
    "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave",
    "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
];

/// The parameter's beginning that a browser displayed as this character.
pub(super) fn entity(c: char) -> Option<&'static str> {
    let index = u32::from(c).checked_sub(0xa0)?;
    NAMES.get(usize::try_from(index).ok()?).copied()
}

/// What a text may have been before it was displayed, the likeliest first; none if nothing shows.
pub fn readings(text: &str) -> Vec<String> {
    let mut readings: Vec<String> = Vec::new();
    let mut keep = |reading: String| {
        if reading != text && !readings.contains(&reading) {
            readings.push(reading);
        }
    };
    let times = text.replace("×tamp", "&timestamp");
    let all = with_entities(text);
    for plain in [&times, &all] {
        keep(plain.clone());
        if plain.contains("&amp;") {
            keep(plain.replace("&amp;", "&"));
            keep(plain.replace("&amp;amp;", "&amp;"));
        }
        if plain.contains(['“', '”', '‘', '’', '\u{a0}', '\u{200b}', '\u{feff}']) {
            keep(straight(&plain.replace("&amp;", "&")));
        }
        for quote in ['"', '\''] {
            if plain.contains(&format!("={quote}")) {
                keep(without_quotes(&plain.replace("&amp;", "&"), quote));
            }
        }
    }
    readings
}

/// `©`, `¬`, `¤` and their like as the beginning of a parameter's name: `&copy`, `&not`, `&curren`.
fn with_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        // A name or its `=` goes on behind it, or the next parameter comes.
        let goes_on = chars.peek().is_none_or(|next| next.is_ascii_alphanumeric() || "=_-&[".contains(*next));
        match entity(c).filter(|_| goes_on) {
            Some(name) => {
                out.push('&');
                out.push_str(name);
            }
            None => out.push(c),
        }
    }
    out
}

/// `a="1"&b="2"` as `a=1&b=2`: a log sets each value in quotes.
fn without_quotes(text: &str, quote: char) -> String {
    let pairs = text.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => {
            let value = value.strip_prefix(quote).unwrap_or(value);
            format!("{name}={}", value.strip_suffix(quote).unwrap_or(value))
        }
        None => pair.strip_suffix(quote).unwrap_or(pair).to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A terminal's colors left out: `\x1b[32mticket\x1b[0m`.
pub fn without_colors(text: &str) -> Cow<'_, str> {
    const ESCAPE: char = '\x1b';
    if !text.contains(ESCAPE) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(ESCAPE) {
        out.push_str(before);
        // `[`, numbers, a letter.
        let end = behind.strip_prefix('[').and_then(|codes| {
            let length = codes.find(|c: char| !(c.is_ascii_digit() || ";:?".contains(c)))?;
            codes.as_bytes()[length].is_ascii_alphabetic().then_some(length + 2)
        });
        rest = &behind[end.unwrap_or(0)..];
    }
    out.push_str(rest);
    out.into()
}

/// Straight quotes; no marks that no one sees.
fn straight(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '“' | '”' => Some('"'),
            '‘' | '’' => Some('\''),
            '\u{200b}' | '\u{feff}' => None,
            '\u{a0}' => Some(' '),
            c => Some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_left_out() {
        assert_eq!(without_colors("\x1b[1;32mok\x1b[0m=\x1b[38;5;9m1\x1b[K"), "ok=1");
        assert_eq!(without_colors("\x1b[\x1b \x1b[32"), "[ [32");
        assert!(matches!(without_colors("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn a_parameter_that_became_a_sign_is_a_parameter_again() {
        for (shown, was) in [
            ("a&noncestr=n×tamp=1&url=u", "a&noncestr=n&timestamp=1&url=u"),
            ("http://a.b/?x=1©=2", "http://a.b/?x=1&copy=2"),
            ("http://a.b/?x=1¬ify=2", "http://a.b/?x=1&notify=2"),
            ("http://a.b/?x=1¤cy=2", "http://a.b/?x=1&currency=2"),
            ("http://a.b/?x=1¶m=2", "http://a.b/?x=1&param=2"),
            ("http://a.b/?x=1®ion=2", "http://a.b/?x=1&region=2"),
            ("http://a.b/?x=1§ion=2", "http://a.b/?x=1&section=2"),
            ("http://a.b/?x=1°ree=2", "http://a.b/?x=1&degree=2"),
            ("http://a.b/?x=1&amp;y=2", "http://a.b/?x=1&y=2"),
            ("t=\"1\"&url=\"http://a.b/?x=1&y=2\"", "t=1&url=http://a.b/?x=1&y=2"),
        ] {
            assert!(readings(shown).contains(&was.to_owned()), "{shown}: {:?}", readings(shown));
        }
        assert_eq!(readings("http://a.b/?x=1&y=2"), Vec::<String>::new());
    }
}
