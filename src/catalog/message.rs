//! What the client libraries say: `config:invalid signature` and its many spellings.
//!
//! In: an errMsg as jweixin, `@wecom/jssdk`, the raw bridge or the devtools print it. Out: the
//! [`Message`] it is. Each library rewrites the client's words in its own way (`_` becomes a space
//! or vanishes, the API's name changes), so texts and patterns are compared by their letters,
//! digits and Chinese characters alone, and the longest pattern found decides.

use serde::Deserialize;

use super::Advice;
use crate::lang::Words;
use crate::platform::Platform;

const MESSAGES: &str = concat!("\n", include_str!("../../data/jssdk.toml"));

/// A pattern this short must be all that stands behind the API's name: contained, `ok` would be
/// found in `access_token`.
const WHOLE: usize = 6;

/// A message of the client.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// The name by which scripts know it: `invalid signature`, `offline verifying`, `ok` …
    pub group: String,
    /// Where it is seen.
    pub platforms: Vec<Platform>,
    /// A few words.
    pub name: Words,
    /// The texts it is known by. One that begins with `=` must stand there letter by letter: it is one
    /// API's own, and with other blanks or case it means what it means of every API.
    pub patterns: Vec<String>,
    /// What to do about it.
    #[serde(flatten)]
    pub advice: Advice,
}

/// How sure a match is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// The message's table in the file.
    table: &'static str,
    /// Whether it rests on the name of a JS API, so that the text can come from a client only.
    pub names_an_api: bool,
    /// Whether the text is this message, to the letter, and nothing more.
    pub whole: bool,
}

impl Match {
    /// The message itself.
    pub fn read(self) -> Option<Message> {
        toml::from_str(self.table).ok()
    }
}

/// Every message.
pub fn all() -> impl Iterator<Item = Message> {
    super::tables(MESSAGES).filter_map(|(_, lines)| toml::from_str(lines).ok())
}

/// The message that a text is, or contains.
pub fn find(text: &str) -> Option<Match> {
    let letters = normalised(text);
    let api = api_of(text);
    // What stands behind `API:`, also where the API's name or the reason has colons of its own.
    let behind = text.rsplit(':').next().map(normalised).filter(|_| api.is_some());
    let lower = text.to_lowercase();
    let mut best: Option<((usize, bool, bool), Match)> = None;
    for (_, table) in super::tables(MESSAGES) {
        for pattern in patterns(table) {
            let wanted = normalised(&pattern);
            let literal = pattern.strip_prefix('=');
            let pattern = literal.unwrap_or(&pattern);
            let found = if literal.is_some() {
                text.contains(pattern)
            } else if wanted.chars().count() <= WHOLE {
                letters == wanted || behind.as_ref() == Some(&wanted)
            } else {
                letters.contains(&wanted)
            };
            // `fail_nopermission` and `fail no permission` have the same letters: of two patterns
            // of one length, the one that stands there literally is meant.
            let rank =
                (wanted.len(), text.contains(pattern), lower.contains(pattern.to_lowercase().as_str()));
            if found && best.is_none_or(|(top, _)| rank > top) {
                let names_an_api = api.is_some() || pattern.contains([':', '：']);
                let whole = text.trim() == pattern;
                best = Some((rank, Match { table, names_an_api, whole }));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// The JS API that a message begins with: `chooseImage` of `chooseImage:permission denied`.
pub fn api_of(text: &str) -> Option<&str> {
    let mut text = text.trim_start_matches(|c: char| c.is_whitespace() || "\"'`{(".contains(c));
    for label in ["errMsg", "err_msg", "errmsg", "Error"] {
        if let Some(rest) = text.strip_prefix(label) {
            text = rest.trim_start_matches(|c: char| c.is_whitespace() || "\"'`:=".contains(c));
        }
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))?;
    let (name, rest) = text.split_at(end);
    let rest = rest.strip_prefix(':')?;
    // Words that end with a colon in the servers' own texts.
    let no_api = ["http", "https", "errcode", "error", "hint", "hints", "rid", "ip", "warning", "req_id"];
    let known = !no_api.contains(&name.to_ascii_lowercase().as_str());
    (known && name.starts_with(|c: char| c.is_ascii_alphabetic()) && !rest.starts_with("//")).then_some(name)
}

/// The patterns of a table. The line is a JSON array as well as a TOML one, and JSON is cheaper.
fn patterns(table: &str) -> Vec<String> {
    table
        .lines()
        .find_map(|line| line.strip_prefix("patterns = "))
        .and_then(|list| serde_json::from_str(list).ok())
        .unwrap_or_default()
}

/// Letters, digits and Chinese characters alone, in lower case.
fn normalised(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(text: &str) -> String {
        find(text).and_then(Match::read).map_or_else(String::new, |message| message.group)
    }

    #[test]
    fn every_table_parses_and_is_found_by_each_of_its_patterns() {
        assert_eq!(all().count(), MESSAGES.matches("\n[\"").count());
        for (name, table) in super::super::tables(MESSAGES) {
            let message: Message = toml::from_str(table).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(patterns(table), message.patterns, "{name}");
            for pattern in &message.patterns {
                assert_eq!(group(pattern.trim_start_matches('=')), message.group, "{pattern}");
            }
        }
    }

    #[test]
    fn each_librarys_rewriting_is_the_same_message() {
        for (text, expected) in [
            ("chooseImage:permission denied", "permission denied"),
            ("system:access_denied", "permission denied"),
            ("chooseImage:accessdenied", "permission denied"),
            ("chooseImage:functionnotexist", "function not exist"),
            ("system:function_not_exist", "function not exist"),
            ("scanQRCode:the permission value is offline verfying", "offline verifying"),
            ("x:fail_nopermission", "fail_nopermission"),
            ("x:fail_no permission", "no permission"),
            ("x:fail no permission", "no permission"),
            ("chooseImage:fail_nopermission", "fail_nopermission"),
            ("chooseImage:failnopermission", "fail_nopermission"),
            ("chooseImage:FAIL_NOPERMISSION", "fail_nopermission"),
            ("wx.chooseImage:fail_nopermission", "fail_nopermission"),
            ("chooseImage:fail no permission", "no permission"),
            ("chooseImage:fail_no permission", "no permission"),
            ("chooseImage:fail:no permission", "no permission"),
            ("chooseImage:fail No Permission", "not JS-SDK"),
            ("chooseImage:fail nopermission to execute undefined", "fail_nopermission"),
            ("saveImageToPhotosAlbum:permission denied", "permission denied"),
            ("saveImageToPhotosAlbum:fail no permission", "not JS-SDK"),
            ("config:fail,invalid signature", "invalid signature"),
            ("preVerifyJSAPI:fail", "config:fail"),
            ("choose_invoice: cancel", "cancel"),
            ("auto:location:report:ok", "ok"),
            ("chooseImage:ok", "ok"),
            ("chooseImage:fail", "documented"),
        ] {
            assert_eq!(group(text), expected, "{text}");
        }
    }

    #[test]
    fn a_short_pattern_is_not_found_inside_a_word() {
        assert_eq!(group("access_token broke"), "");
        assert_eq!(group("failure is not an option"), "");
        assert_eq!(group("cancelled"), "");
    }

    #[test]
    fn an_api_is_told_from_the_servers_own_colons() {
        assert_eq!(api_of("errMsg: \"chooseImage:ok\""), Some("chooseImage"));
        assert_eq!(api_of("auto:location:report:ok"), Some("auto"));
        assert_eq!(api_of("invalid code, hint: [1]"), None);
        assert_eq!(api_of("https://example.com"), None);
        assert_eq!(api_of("错误：x"), None);
        assert_eq!(api_of(""), None);
    }
}
