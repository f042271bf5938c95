//! Where a setting is in today's consoles: the one table from which every entry takes its path.
//!
//! In: a text with `{@mp-secret}` in it. Out: the text with the menu path of `data/console-paths.toml`
//! in its place, so that a menu that moves is changed in one line.

use std::borrow::Cow;

const PLACES: &str = concat!("\n", include_str!("../../data/console-paths.toml"));

/// The path of a place: `mp-ip-list`, `work-domain` …
pub fn path(id: &str) -> Option<&'static str> {
    field(super::table_text(PLACES, id)?, "path")
}

/// Every place: its id, its path, and the path that it had before.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, Option<&'static str>)> {
    super::tables(PLACES).filter_map(|(id, lines)| Some((id, field(lines, "path")?, field(lines, "before"))))
}

/// A field of a table; paths hold no quotes and no escapes.
fn field(lines: &'static str, name: &str) -> Option<&'static str> {
    let line = lines.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))?;
    line.strip_suffix('"')
}

/// The text with each `{@id}` replaced.
pub fn fill(text: &str) -> Cow<'_, str> {
    if memchr::memmem::find(text.as_bytes(), b"{@").is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 200);
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{@") {
        out.push_str(before);
        let known = behind.split_once('}').and_then(|(id, after)| Some((path(id)?, after)));
        if let Some((path, after)) = known {
            out.push_str(path);
            rest = after;
        } else {
            out.push_str("{@");
            rest = behind;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_becomes_its_path() {
        let secret = path("mp-secret").expect("known");
        assert_eq!(
            fill("to {@mp-secret}, then {@nowhere} {@"),
            format!("to {secret}, then {{@nowhere}} {{@")
        );
        assert!(all().count() > 20);
        for (id, path, _) in all() {
            assert!(path.contains('→') && !path.contains('"'), "{id}");
        }
    }
}
