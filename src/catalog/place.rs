//! Where a setting is in today's consoles: the one table from which every entry takes its path.
//!
//! In: a text with `{@mp-secret}` in it. Out: the text with the menu path of `data/console-paths.toml`
//! in its place, so that a menu that moves is changed in one line.

use std::borrow::Cow;

use crate::lang::Lang;

const PLACES: &str = concat!("\n", include_str!("../../data/console-paths.toml"));

/// The path of a place: `mp-ip-list`, `work-domain` …
pub fn path(id: &str) -> Option<&'static str> {
    field(super::table_text(PLACES, id)?, "path")
}

/// The path of a place as it is read in a language: all but menus is translated.
pub fn path_in(id: &str, lang: Lang) -> Option<Cow<'static, str>> {
    let path = path(id)?;
    Some(match lang {
        Lang::En if path.contains(THIS_APP) => Cow::Owned(path.replace(THIS_APP, "the app")),
        _ => Cow::Borrowed(path),
    })
}

/// A step of a path that is not a menu.
const THIS_APP: &str = "该应用";

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
        // The text is a table's, or its words in one language.
        let english = out.rfind(" = \"").is_some_and(|at| out[..at].ends_with("en"));
        let lang = if english { Lang::En } else { Lang::Zh };
        let known = behind.split_once('}').and_then(|(id, after)| Some((path_in(id, lang)?, after)));
        if let Some((path, after)) = known {
            out.push_str(&path);
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
        assert!(
            !fill("zh = \"{@work-ip}\", en = \"x {@work-ip}\"")
                .rsplit("en = ")
                .next()
                .expect("en")
                .contains("该应用")
        );
        assert!(all().count() > 20);
        for (id, path, _) in all() {
            assert!(path.contains('→') && !path.contains('"'), "{id}");
        }
    }
}
