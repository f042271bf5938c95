//! Values behind a name with nothing of a notation between: `url是https://…`, `ticket=[kgt8…]`,
//! the line that `redis-cli` prints below a key.
//!
//! In: a text about one signature, and what the other readers found in it. Out: into [`Found`], values of
//! the fields that have none. The value must have the shape of its field, a name of the field must be right
//! before it (or end the line above), and no second value may claim to be it.

use super::beside::is_unmistakable;
use super::cursor::Lines;
use super::found::{Found, Place, Trust};
use super::key::Key;
use super::literal::is_unfilled;
use super::{Field, LONGEST_QUESTION, Origin};

/// How far before a value its name ends, and how long it is. Bytes.
const FILLER: usize = 30;
const NAME: usize = 40;
/// So many addresses without a name are kept, and how long one is. Bytes.
const LONE: usize = 64;
const LONGEST_ADDRESS: usize = 4096;

/// What is between a name and its value.
const COPULAS: [&str; 6] = [" is", " was", " are", " used", " string", " int"];
const MARKS: &str = " \t\u{3000}:：=\"'`“”「『《(（[【{<>*-→|";
/// 是, 为, 用的是, 就是, 如下, 等于, 生成的是, 取的, 得到, 传入的值是, 这个.
const VERBS: &str = "是为就如下等于用的使生成取得到传入值这个了";

pub(super) fn read(text: &str, lines: Lines<'_>, found: &mut Found) {
    const FIELDS: [Field; 5] = [Field::Ticket, Field::Nonce, Field::Timestamp, Field::Url, Field::Signature];
    let lacks: Vec<Field> = FIELDS.into_iter().filter(|field| lacks(found, *field)).collect();
    let signatures = signatures(found);
    let is_about_one = signatures == 1 || signatures == 0 && !found.hashes.is_empty();
    if text.len() > LONGEST_QUESTION || lacks.is_empty() || !is_about_one {
        return;
    }
    let mut named: Vec<(Key, &str, usize)> = Vec::new();
    let (mut above, mut at) = ("", 0);
    for line in text.split('\n') {
        for (start, run) in runs(line) {
            if lacks.contains(&Field::Url) && run.starts_with("http") {
                keep_address(address(&line[start..]), found);
            }
            // Nearly all runs are ruled out by their shape, before a name is looked for.
            let shape = run.trim_end_matches(['.', ':']);
            if !lacks.iter().any(|field| is_unmistakable(Key::Field(*field), shape)) {
                continue;
            }
            let before = &line[..start];
            let key = name_before(before)
                .or_else(|| name_behind(&line[start + run.len()..]))
                .or_else(|| stored_under(before))
                .or_else(|| is_margin(before).then(|| name_at_end(above)).flatten())
                .filter(|key| key.field().is_some_and(|field| lacks.contains(&field)));
            if let Some(key) = key
                && let Some(value) = value(key, run, &line[start..])
            {
                named.push((key, value, at + start));
            }
        }
        if !line.trim().is_empty() {
            above = line.trim_end();
        }
        at += line.len() + 1;
    }
    // A text that has no signature asks something else.
    let is_named = |field| named.iter().any(|(key, ..)| key.field() == Some(field));
    let is_there = |field| !lacks.contains(&field) || is_named(field);
    let is_whole = is_there(Field::Nonce) && is_there(Field::Timestamp);
    if !(signatures == 1 || is_named(Field::Signature) || is_whole) {
        return;
    }
    for field in lacks {
        let mut of_field = named.iter().filter(|(key, ..)| key.field() == Some(field));
        // Of two it is not known which one was signed.
        if let Some((key, value, at)) = of_field.next()
            && of_field.all(|(_, other, _)| other == value)
        {
            let line = lines.of(*at);
            found.value(*key, (*value).to_owned(), line, Origin::Line, Trust::Plain, Place::default());
        }
    }
}

/// Keeps an address that may be the signed one: a hash shows whether it is.
fn keep_address(url: &str, found: &mut Found) {
    if url.contains("://") && found.lone_urls.len() < LONE && !found.lone_urls.iter().any(|own| own == url) {
        found.lone_urls.push(url.to_owned());
    }
}

fn lacks(found: &Found, field: Field) -> bool {
    let is_there = found
        .values
        .iter()
        .any(|kept| kept.value.field == field && kept.trust < Trust::Comment && !kept.value.text.is_empty());
    // The page's own address stands for the one that was signed.
    !is_there && (field != Field::Url || found.page_urls.is_empty())
}

/// How many different signatures there are.
fn signatures(found: &Found) -> usize {
    let mut texts: Vec<&str> = found
        .values
        .iter()
        .filter(|kept| kept.value.field == Field::Signature && kept.trust < Trust::Dropped)
        .map(|kept| kept.value.text.as_str())
        .collect();
    texts.sort_unstable();
    texts.dedup();
    texts.len()
}

/// The runs of a line that may be values: ASCII without whitespace, quotes and brackets.
fn runs(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_ascii_graphic() && !"\"'`<>[](){},;|".contains(c);
    let mut pos = 0;
    std::iter::from_fn(move || {
        let start = pos + line[pos..].find(is_part)?;
        let end = line[start..].find(|c| !is_part(c)).map_or(line.len(), |length| start + length);
        pos = end;
        Some((start, &line[start..end]))
    })
    // `url=https://…` has its name in the run.
    .map(|(start, run)| {
        let value = run.find("http://").or_else(|| run.find("https://")).unwrap_or(0);
        (start + value, &run[value..])
    })
}

/// The value in a run that has the shape of its field.
fn value<'t>(key: Key, run: &'t str, line: &'t str) -> Option<&'t str> {
    let value =
        if key.field() == Some(Field::Url) { address(line) } else { run.trim_end_matches(['.', ':']) };
    let is_plain = !value.contains('\\') && !is_unfilled(value) && Key::of(value) == Key::Other;
    (is_plain && is_unmistakable(key, value)).then_some(value)
}

/// The address at the start of a line.
fn address(line: &str) -> &str {
    let line = &line[..line.floor_char_boundary(LONGEST_ADDRESS)];
    let end = line.find(|c: char| c.is_whitespace() || "\"'`<>，。；、）」】》”".contains(c));
    line[..end.unwrap_or(line.len())].trim_end_matches([',', ';', '.', ')', ']', '}', '|'])
}

/// Whether only what a console or a list puts there is before a value on its line: ` 2) "`, `> `.
fn is_margin(before: &str) -> bool {
    if before.len() > NAME {
        return false;
    }
    let rest = before.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() <= 8 && rest.chars().all(|c| c.is_whitespace() || ")\"'.>:".contains(c))
}

/// The key in `… as jsapi_ticket`, `… 作为 ticket`.
fn name_behind(after: &str) -> Option<Key> {
    let after = after.trim_start_matches(['"', '\'', '`', ')', ' ']);
    let name = after.strip_prefix("as ").or_else(|| after.strip_prefix("作为"))?.trim_start();
    let name = name.strip_prefix("the ").unwrap_or(name).trim_start_matches(['"', '\'', '`']);
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
    Some(Key::of(&name[..end.unwrap_or(name.len())])).filter(|key| key.field().is_some())
}

/// The key in a command of Redis's that stores a value: `"SETEX" "wx:jsapi_ticket:wx01…" "7000" "`.
fn stored_under(before: &str) -> Option<Key> {
    const COMMANDS: [&str; 7] = ["set", "setex", "psetex", "setnx", "getset", "hset", "hmset"];
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(4 * NAME))..];
    let quotes = ['"', '\''];
    let mut words = before.split_ascii_whitespace().map(|word| word.trim_matches(quotes));
    words.by_ref().find(|word| COMMANDS.iter().any(|own| word.eq_ignore_ascii_case(own)))?;
    let name = words.next()?;
    let key = name.split([':', '.', '/', '|']).map(Key::of).find(|key| key.field().is_some())?;
    words.all(|word| word.bytes().all(|byte| byte.is_ascii_digit())).then_some(key)
}

/// The key that the words right before a value name, unless a notation is between, which others read.
fn name_before(before: &str) -> Option<Key> {
    let (key, between) = name_and_rest(before)?;
    let is_said = between.chars().any(|c| VERBS.contains(c))
        || between.contains(['[', '【', '《', '「', '→', '|'])
        || between.contains("->")
        || COPULAS.iter().any(|copula| between.to_ascii_lowercase().starts_with(copula));
    // `see the url https://…` says nothing about a signature.
    let is_beside = match key.field() {
        Some(Field::Url) => false,
        // A `ts` that no notation's reader takes for one.
        Some(Field::Timestamp) => between.len() <= 4,
        _ => between.trim_matches([' ', '\t', '`', '"', '\'', '“']).is_empty(),
    };
    (is_said || is_beside).then_some(key)
}

/// The key that a line ends with: `get wx:jsapi_ticket`, ` 1) "noncestr"`.
fn name_at_end(line: &str) -> Option<Key> {
    // Flags and lengths may follow: `VALUE jsapi_ticket 0 86`.
    name_and_rest(line.trim_end_matches(|c: char| c == ' ' || c.is_ascii_digit())).map(|(key, _)| key)
}

/// The key that a text ends with, and what follows it.
fn name_and_rest(before: &str) -> Option<(Key, &str)> {
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(FILLER + NAME))..];
    let mut rest = before;
    loop {
        let shorter = rest.trim_end_matches(|c| MARKS.contains(c) || VERBS.contains(c));
        let copula = COPULAS.iter().find_map(|copula| {
            let from = shorter.len().checked_sub(copula.len())?;
            let tail = shorter.get(from..)?;
            tail.eq_ignore_ascii_case(copula).then(|| &shorter[..from])
        });
        let next = copula.unwrap_or(shorter);
        if next.len() == rest.len() {
            break;
        }
        rest = next;
    }
    if before.len() - rest.len() > FILLER {
        return None;
    }
    let between = &before[rest.len()..];
    let rest = &rest[rest.ceil_char_boundary(rest.len().saturating_sub(NAME))..];
    // A clause of its own: what comes before a comma is another's name.
    let clause = rest.rsplit(['，', '。', '；', '、', ',', ';', '！', '：', ':', '=', '"']).next()?;
    let latin = clause
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.'))
        .last()
        .map_or("", |(at, _)| &clause[at..]);
    let words: Vec<&str> = latin.split([' ', '.']).filter(|word| !word.is_empty()).collect();
    let last_two = words.len().checked_sub(2).map(|from| words[from..].join(" "));
    let of_words = last_two.as_deref().into_iter().chain(words.last().copied());
    let is_chinese = clause.ends_with(|c: char| !c.is_ascii());
    // Elsewhere a `ts` is the time of anything.
    let is_short = words.last().is_some_and(|word| matches!(*word, "ts" | "time"));
    of_words
        .map(Key::of)
        .chain(is_short.then_some(Key::Field(Field::Timestamp)))
        .chain(is_chinese.then(|| Key::of(clause.trim())))
        .find(|key| key.field().is_some())
        .map(|key| (key, between))
}

#[cfg(test)]
mod tests {
    use super::super::extract;
    use super::*;

    #[test]
    fn a_name_right_before_a_value_names_it() {
        for (before, key) in [
            ("我的ticket是", Some(Field::Ticket)),
            ("url为", Some(Field::Url)),
            ("The ticket is ", Some(Field::Ticket)),
            ("and the nonce str was \"", Some(Field::Nonce)),
            ("noncestr=[", Some(Field::Nonce)),
            ("随机串用的是 ", Some(Field::Nonce)),
            ("jsapi_ticket 用的是这个：", Some(Field::Ticket)),
            ("timestamp 取的 ", Some(Field::Timestamp)),
            ("算出来的signature是", Some(Field::Signature)),
            ("得到的签名为", Some(Field::Signature)),
            ("时间戳 ", Some(Field::Timestamp)),
            ("ticket 过期了，新的 ", None),
            ("version ", None),
            ("", None),
        ] {
            assert_eq!(name_before(before).and_then(Key::field), key, "{before}");
        }
    }

    #[test]
    fn of_two_values_of_one_field_none_is_taken() {
        let one = "kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q";
        let hash = "da200a74701a8f8419e65ee845818ffc2ee24ca1";
        let other = one.replace("2h8Q", "2h8R");
        let found = extract(&format!("旧的ticket是{one}，新的ticket是{other}，签名是{hash}"));
        assert_eq!(found.all(Field::Ticket).count(), 0, "{found:?}");
        let found = extract(&format!("现在的ticket是{one}，签名是{hash}"));
        assert_eq!(found.all(Field::Ticket).map(|value| value.text.as_str()).collect::<Vec<_>>(), [one]);
    }
}
