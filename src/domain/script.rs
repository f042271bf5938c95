//! Letters that deceive: labels of mixed scripts, and labels that look like plain ASCII.
//!
//! In: a host in its own script. Out: whether a reader can be deceived by it, and the ASCII text it
//! would be taken for. A warning's material, never a verdict.

/// Why a host may be misread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Deceit {
    /// One label holds letters of scripts that no language mixes.
    Mixed,
    /// A whole label looks like this ASCII host.
    LooksLike(String),
}

/// The deceit in a host, if any.
pub(super) fn deceit(host: &str) -> Option<Deceit> {
    if host.is_ascii() {
        return None;
    }
    let twin: String = host.chars().map(|c| ascii_twin(c).unwrap_or(c)).collect();
    if twin.is_ascii() {
        return Some(Deceit::LooksLike(twin));
    }
    host.split('.').any(is_mixed).then_some(Deceit::Mixed)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Armenian,
    Cherokee,
    /// Han, Kana, Hangul, Bopomofo: written together, and together with Latin.
    East,
    Other(u32),
}

fn is_mixed(label: &str) -> bool {
    let mut scripts = Vec::new();
    for script in label.chars().filter_map(script_of) {
        if !scripts.contains(&script) {
            scripts.push(script);
        }
    }
    scripts.len() > 1
        && !(scripts.len() == 2 && scripts.contains(&Script::East) && scripts.contains(&Script::Latin))
}

/// The script of a letter; `None` for digits, hyphens and marks that every script uses.
fn script_of(c: char) -> Option<Script> {
    let code = u32::from(c);
    Some(match code {
        0x41..=0x5a | 0x61..=0x7a | 0xc0..=0x24f | 0x250..=0x2af | 0x1e00..=0x1eff | 0xab30..=0xab64 => {
            Script::Latin
        }
        0x370..=0x3ff | 0x1f00..=0x1fff => Script::Greek,
        0x400..=0x52f | 0x1c80..=0x1c8f | 0x2de0..=0x2dff | 0xa640..=0xa69f => Script::Cyrillic,
        0x531..=0x58f => Script::Armenian,
        0x13a0..=0x13ff | 0xab70..=0xabbf => Script::Cherokee,
        0x1100..=0x11ff
        | 0x2e80..=0x2fdf
        | 0x3005..=0x3007
        | 0x3040..=0x31bf
        | 0x31f0..=0x31ff
        | 0x3400..=0x9fff
        | 0xac00..=0xd7af
        | 0xf900..=0xfaff
        | 0x20000..=0x323af => Script::East,
        // The blocks from Hebrew to Khmer are 128 wide, near enough to tell two scripts apart.
        0x590..=0x139f | 0x1400..=0x1bff => Script::Other(code / 128),
        _ => return None,
    })
}

/// The ASCII character that a letter is commonly mistaken for.
fn ascii_twin(c: char) -> Option<char> {
    TWINS.iter().find(|(_, letters)| letters.contains(c)).map(|(twin, _)| *twin)
}

/// ASCII letters and what passes for them: Cyrillic, Greek, Armenian, and Latin letters whose sign
/// is hardly seen. Accents that languages write (é, ü) are honest and not here.
const TWINS: &[(char, &str)] = &[
    ('a', "аαɑạ"),
    ('b', "ьв"),
    ('c', "с"),
    ('d', "ԁḍ"),
    ('e', "еёεẹ"),
    ('g', "ɡց"),
    ('h', "һհ"),
    ('i', "іїιίıɩ"),
    ('j', "ј"),
    ('k', "кκ"),
    ('l', "ӏḷłƚ"),
    ('m', "мṃ"),
    ('n', "пηոṇ"),
    ('o', "оοσօọ"),
    ('p', "рρ"),
    ('q', "ԛ"),
    ('r', "г"),
    ('s', "ѕṣ"),
    ('t', "тτṭ"),
    ('u', "υսụ"),
    ('v', "ν"),
    ('w', "ԝωẉ"),
    ('x', "хχ"),
    ('y', "уγỵ"),
    ('z', "ẓ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_and_mixtures_differ_from_honest_names() {
        assert_eq!(deceit("аpi.weixin.com"), Some(Deceit::LooksLike("api.weixin.com".into())));
        assert_eq!(deceit("аррӏе.com"), Some(Deceit::LooksLike("apple.com".into())));
        assert_eq!(deceit("wжx.com"), Some(Deceit::Mixed));
        assert_eq!(deceit("café.com"), None);
        assert_eq!(deceit("例子.中国"), None);
        assert_eq!(deceit("qq音乐.com"), None);
        assert_eq!(deceit("пример.рф"), None);
        assert_eq!(deceit("api.weixin.com"), None);
    }
}
