//! The linter of `data/`: what the catalog promises about itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::OnceLock;

use clap::CommandFactory;
use sha2::{Digest, Sha256};
use wecheck::catalog::{self, Advice, message, query, topic};
use wecheck::lang::{Lang, Words};
use wecheck::platform::Platform;

use crate::generated::in_step;

/// Digests of the sentences of the documents that the catalog was written from; made by
/// `tests/data/digest_sentences.py`.
const SOURCE_SENTENCES: &str = include_str!("../data/source-sentences.txt");

/// Codes of work that must have advice of their own: every one that the official table of 2019
/// has advice for, the ones it leaves out, and the ones met most often.
const PROMISED_WORK: &str = include_str!("../data/promised-work.txt");

/// The same for mp: what a token, ticket, signature, domain, callback, IP or quota developer meets.
const PROMISED_MP: &str = include_str!("../data/promised-mp.txt");

/// A text of the catalog and where it is.
struct Said {
    place: String,
    words: Words,
}

/// Something that is said: its place, its texts, its commands, its references.
struct Entry {
    place: String,
    platform: Option<Platform>,
    texts: Vec<Said>,
    commands: Vec<String>,
    see: Vec<String>,
}

/// Everything that the catalog tells, read once.
fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(read_entries)
}

/// The command line of the binary.
fn command_line() -> &'static clap::Command {
    static COMMAND: OnceLock<clap::Command> = OnceLock::new();
    COMMAND.get_or_init(|| {
        let mut command = wecheck::cli::Cli::command();
        // Subcommands are made only when typed; here all of them are looked into.
        command.build();
        command
    })
}

fn read_entries() -> Vec<Entry> {
    let mut found = Vec::new();
    for platform in Platform::ALL {
        for code in catalog::codes(platform) {
            let explanation = catalog::explain(code.code, platform).expect("it is listed");
            if explanation.own {
                let place = format!("{platform} {}", code.code);
                found.push(entry(place, Some(platform), &explanation.advice));
            }
        }
    }
    // A text that stands for a code has no words of its own.
    for message in message::all().filter(|message| message.codes.is_empty()) {
        let mut entry = entry(format!("message {}", message.name.en), None, &message.advice);
        entry.texts.push(Said { place: format!("{} name", entry.place), words: message.name });
        found.push(entry);
    }
    for topic in topic::all() {
        let place = format!("faq {}", topic.id);
        let steps = topic.steps.iter().enumerate();
        let mut texts: Vec<Said> = steps
            .map(|(index, step)| Said { place: format!("{place} step {}", index + 1), words: step.clone() })
            .collect();
        texts.push(Said { place: format!("{place} title"), words: topic.title });
        found.push(Entry { place, platform: None, texts, commands: topic.commands, see: topic.see });
    }
    for platform in Platform::ALL {
        let mut seen = BTreeSet::new();
        for code in catalog::codes(platform) {
            let Some(family) = catalog::family(code.code, platform) else { continue };
            if !seen.insert(family.name.zh.clone()) {
                continue;
            }
            let place = format!("{platform} family {}", family.name.en);
            let texts = std::iter::once(family.name);
            let texts = texts.map(|words| Said { place: place.clone(), words }).collect();
            found.push(Entry { place, platform: None, texts, commands: Vec::new(), see: Vec::new() });
        }
    }
    found
}

fn entry(place: String, platform: Option<Platform>, advice: &Advice) -> Entry {
    let mut texts = vec![Said { place: format!("{place} meaning"), words: advice.meaning.clone() }];
    for (name, list) in [("cause", &advice.causes), ("fix", &advice.fixes)] {
        for (index, words) in list.iter().enumerate() {
            texts.push(Said { place: format!("{place} {name} {}", index + 1), words: words.clone() });
        }
    }
    Entry { place, platform, texts, commands: advice.commands.clone(), see: advice.see.clone() }
}

fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_files_are_sorted_and_name_nothing_twice() {
    for file in ["labels/mp.tsv", "labels/work.tsv", "errcodes/mp.toml", "errcodes/work.toml"] {
        let text = data(file);
        let numbers: Vec<i64> = text
            .lines()
            .filter_map(|line| match line.strip_prefix('[') {
                Some(header) => header.strip_suffix(']'),
                None => line.split_once('\t').map(|(code, _)| code),
            })
            .map(|number| number.parse().unwrap_or_else(|_| panic!("{file}: `{number}`")))
            .collect();
        assert!(numbers.len() > 100, "{file}");
        let unsorted: Vec<_> = numbers.windows(2).filter(|pair| pair[0] >= pair[1]).collect();
        assert!(unsorted.is_empty(), "{file}: {unsorted:?}");
    }
    let mut last = (String::new(), i64::MIN);
    for line in data("errcodes/families.toml").lines().filter_map(|line| line.strip_prefix('[')) {
        let (platform, bounds) = line.trim_end_matches(']').split_once('-').expect("platform-low-high");
        let dash = bounds[1..].find('-').expect("two bounds") + 1;
        let (low, high): (i64, i64) =
            (bounds[..dash].parse().expect("low"), bounds[dash + 1..].parse().expect("high"));
        assert!(low <= high && (platform != last.0 || low > last.1), "{line}");
        last = (platform.to_owned(), high);
    }
    for file in ["jssdk.toml", "faq.toml"] {
        let mut names = BTreeSet::new();
        for header in data(file).lines().filter(|line| line.starts_with('[')) {
            assert!(names.insert(header.to_owned()), "{file}: {header} twice");
        }
    }
}

fn data(file: &str) -> String {
    std::fs::read_to_string(format!("{}/data/{file}", env!("CARGO_MANIFEST_DIR"))).expect("a data file")
}

#[test]
fn both_languages_are_complete() {
    let mut wrong = Vec::new();
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    for entry in entries() {
        for Said { place, words } in &entry.texts {
            for (lang, text) in [("zh", &words.zh), ("en", &words.en)] {
                if text.trim() != text || text.is_empty() {
                    wrong.push(format!("{place} {lang}: empty, or whitespace at an end: `{text}`"));
                }
            }
            // Names and code are the same in both; a sentence is not.
            if words.en.len() > 24 && !is_chinese(&words.zh) {
                wrong.push(format!("{place}: no Chinese in `{}`", words.zh));
            }
            if words.zh == words.en && words.en.contains(' ') && words.en.len() > 24 {
                wrong.push(format!("{place}: one text for both languages"));
            }
            if words.zh.starts_with('请') && !["请求", "请管理员"].iter().any(|ask| words.zh.starts_with(ask))
            {
                wrong.push(format!("{place}: 请 in `{}`", words.zh));
            }
        }
    }
    for platform in Platform::ALL {
        for code in catalog::codes(platform) {
            if code.name.zh.is_empty() || code.name.en.is_empty() || is_chinese(code.name.en) {
                wrong.push(format!("{platform} {}: {:?}", code.code, code.name));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn no_sentence_is_one_of_the_documents() {
    let known: BTreeSet<&str> = SOURCE_SENTENCES.lines().collect();
    assert!(known.len() > 1000);
    let mut wrong = Vec::new();
    for entry in entries() {
        for Said { place, words } in &entry.texts {
            for text in [&words.zh, &words.en] {
                for sentence in sentences(text) {
                    let digest = hex::encode(&Sha256::digest(sentence.as_bytes())[..8]);
                    if known.contains(digest.as_str()) {
                        wrong.push(format!("{place}: {sentence}"));
                    }
                }
            }
        }
    }
    assert_none(&wrong);
}

/// As `tests/data/digest_sentences.py` cuts and normalizes them.
fn sentences(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let ends = match c {
            '。' | '；' | '！' | '？' | '\n' | '|' => true,
            '.' | '!' | '?' | ';' => chars.peek().is_none_or(|next| next.is_whitespace()),
            _ => false,
        };
        match parts.last_mut() {
            Some(part) if !ends => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts
        .iter()
        .map(|part| part.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect())
        .filter(|sentence: &String| sentence.chars().count() > 5)
        .collect()
}

#[test]
fn a_copied_sentence_would_be_found() {
    // The remedy of -1 in the official table, as a writer might have kept it.
    let copied = "看一看：建议 重试次数，不超过3次。建议重试次数不超过3次！open.work.weixin.qq.com 不是句子";
    let known: BTreeSet<&str> = SOURCE_SENTENCES.lines().collect();
    let found = sentences(copied)
        .iter()
        .filter(|sentence| known.contains(hex::encode(&Sha256::digest(sentence.as_bytes())[..8]).as_str()))
        .count();
    assert_eq!(found, 1, "{:?}", sentences(copied));
}

#[test]
fn every_command_parses() {
    let mut wrong = Vec::new();
    for entry in entries() {
        for command in &entry.commands {
            let words: Vec<&str> = command.split(' ').collect();
            let args = words.iter().map(|word| filled(word));
            if let Err(error) = command_line().clone().try_get_matches_from(args) {
                let reason = error.to_string().lines().next().unwrap_or_default().to_owned();
                wrong.push(format!("{}: `{command}`: {reason}", entry.place));
            }
        }
        for Said { place, words } in &entry.texts {
            for text in [&words.zh, &words.en] {
                for mention in mentions(text) {
                    let words: Vec<&str> = mention.split(' ').collect();
                    if let Err(reason) = is_known(&words) {
                        wrong.push(format!("{place}: `{mention}`: {reason}"));
                    }
                }
            }
        }
    }
    assert_none(&wrong);
}

/// A placeholder's value; any other word as it is.
fn filled(word: &str) -> String {
    match word {
        "URL" | "PAGE_URL" => "https://m.example.com/".to_owned(),
        "CODE" => "40001".to_owned(),
        "TIMESTAMP" => "1700000000".to_owned(),
        "ENTRY" => "m.example.com".to_owned(),
        "ID" => "invalid-signature".to_owned(),
        _ => word.to_owned(),
    }
}

/// Each `wecheck …` of a text as far as it is a command: its subcommands, then flags with their
/// values and placeholders.
fn mentions(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("wecheck ") {
        let line: String =
            text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || " -_:/.".contains(*c)).collect();
        let mut words: Vec<&str> = Vec::new();
        let mut level = Some(command_line());
        for word in line.split(' ') {
            let ends = word.ends_with([':', '.']);
            let word = word.trim_end_matches([':', '.']);
            let flag_before = words.last().is_some_and(|last| last.starts_with("--"));
            let placeholder = !word.is_empty() && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            let subcommand = level.and_then(|level| level.find_subcommand(word));
            let first = words.len() < 2;
            let misspelt = level.is_some_and(clap::Command::is_subcommand_required_set) && !word.is_empty();
            if !(first
                || misspelt
                || subcommand.is_some()
                || flag_before
                || placeholder
                || word.starts_with("--"))
            {
                // `wecheck errcode explain 40014`, `wecheck faq invalid-signature`.
                let takes_a_word = level.is_some_and(|level| level.get_positionals().next().is_some());
                let is_a_word = word.parse::<i64>().is_ok() || topic::lookup(word).is_some();
                if !(takes_a_word && is_a_word) {
                    break;
                }
            }
            if !words.is_empty() && subcommand.is_some() {
                level = subcommand;
            } else if words.len() == 1 {
                level = None;
            }
            words.push(word);
            if ends {
                break;
            }
        }
        // `wecheck 的…` names the program, not a command.
        if words.iter().any(|word| *word != "wecheck" && !word.is_empty()) {
            found.push(words.join(" "));
        }
    }
    found
}

/// Whether the subcommands and flags exist and take these values. What is missing is not a fault: a
/// sentence names a command without all of its arguments.
fn is_known(words: &[&str]) -> Result<(), String> {
    let command = command_line();
    let mut level = command;
    let mut words = words[1..].iter().peekable();
    while let Some(word) = words.next() {
        if let Some(deeper) = level.find_subcommand(word) {
            level = deeper;
        } else if let Some(name) = word.strip_prefix("--") {
            let flags = level.get_arguments().chain(command.get_arguments());
            let flag = flags
                .into_iter()
                .find(|flag| flag.get_long() == Some(name))
                .ok_or_else(|| format!("no flag --{name}"))?;
            let allowed: Vec<String> =
                flag.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
            if flag.get_action().takes_values()
                && let Some(value) = words.next()
                && !allowed.is_empty()
                && !allowed.iter().any(|known| known == value)
                && value.chars().any(char::is_lowercase)
            {
                return Err(format!("--{name} takes {allowed:?}"));
            }
        } else if level.get_positionals().next().is_none() {
            return Err(format!("no subcommand {word}"));
        }
    }
    Ok(())
}

#[test]
fn a_wrong_command_would_be_found() {
    for (text, fine) in [
        ("运行 wecheck verify --from FILE，它会指出", true),
        ("run wecheck sign URL --kind agent and paste", true),
        ("wecheck errcode explain 48001 --platform mp.", true),
        ("see wecheck faq offline-verifying", true),
        ("one wecheck profile per app", false),
        ("run wecheck verify --file FILE", false),
        ("wecheck sign URL --kind agents", false),
        ("wecheck errcode explane 48001", false),
    ] {
        let found = mentions(text);
        assert_eq!(found.len(), 1, "{text}");
        let words: Vec<&str> = found[0].split(' ').collect();
        assert_eq!(is_known(&words).is_ok(), fine, "{text}: {found:?} {:?}", is_known(&words));
    }
}

#[test]
fn everything_referred_to_is_there() {
    const HOSTS: [&str; 8] = [
        "developers.weixin.qq.com",
        "developer.work.weixin.qq.com",
        "open.work.weixin.qq.com",
        "work.weixin.qq.com",
        "mp.weixin.qq.com",
        "open.weixin.qq.com",
        "mmpayweb.tenpay.com",
        "pay.weixin.qq.com",
    ];
    let mut wrong = Vec::new();
    for entry in entries() {
        for see in &entry.see {
            let there = if let Some(address) = see.strip_prefix("https://") {
                let host = address.split(['/', '?']).next().unwrap_or_default();
                HOSTS.contains(&host)
            } else if let Some(id) = see.strip_prefix("faq:") {
                topic::lookup(id).is_some()
            } else {
                let (platform, code) = match see.split_once(':') {
                    Some((name, code)) => (Platform::from_name(name), code),
                    None => (entry.platform, see.as_str()),
                };
                let code = code.parse().ok();
                code.zip(platform).is_some_and(|(code, on)| catalog::lookup(code, on).is_some())
            };
            if !there {
                wrong.push(format!("{}: {see}", entry.place));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn no_entry_names_an_old_console_path() {
    let mut wrong = Vec::new();
    for entry in entries() {
        for Said { place, words } in &entry.texts {
            for text in [&words.zh, &words.en] {
                for old in [
                    "设置与开发 → 公众号设置",
                    "设置与开发 → 基本配置",
                    "设置与开发 → 接口权限",
                    "设置与开发 → 开发接口管理",
                    "公众号设置 → 功能设置",
                    "企业应用 → 自建应用",
                ] {
                    if text.contains(old) {
                        wrong.push(format!("{place}: {old}"));
                    }
                }
                if text.contains("{@") {
                    wrong.push(format!("{place}: an unknown place in `{text}`"));
                }
            }
        }
    }
    assert_none(&wrong);
}

/// Sequences that are not menus of a console: states, calls, a phone's or a client's own menus.
const OTHER_SEQUENCES: [&str; 8] = [
    "INIT → LOCK",
    "register → active",
    "打开适配器 → 搜索",
    "系统设置 → 微信",
    "+ → 设置",
    "+ → 停用的应用",
    "+ (top right) → ",
    "帮助 → 开发调试选项",
];

/// The menus of a text: `设置与开发 → 账号设置` of `在 设置与开发 → 账号设置，填`.
fn menus(text: &str) -> Vec<&str> {
    let ends = |c: char| "“”「」，。；：！？（）\"'`,;:{}\n".contains(c);
    text.split(ends).filter(|part| part.contains('→')).map(str::trim).collect()
}

#[test]
fn every_console_path_comes_from_the_one_table() {
    let mut wrong = Vec::new();
    let other = |menu: &str| OTHER_SEQUENCES.iter().any(|one| menu.contains(one));
    for file in ["errcodes/mp.toml", "errcodes/work.toml", "jssdk.toml", "texts.toml", "faq.toml"] {
        for line in data(file).lines().filter(|line| !line.starts_with('#')) {
            wrong.extend(
                menus(line).into_iter().filter(|menu| !other(menu)).map(|menu| format!("{file}: {menu}")),
            );
        }
    }
    // What the program says elsewhere is at least part of a path of the table.
    let is_chinese = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
    let sources = crate::words::files()
        .into_iter()
        .filter(|file| file.starts_with("src") && file.extension().is_some_and(|ending| ending == "rs"));
    for file in sources.filter(|file| !file.ends_with("catalog/place.rs")) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let file = file.display();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            wrong.extend(
                menus(line)
                    .into_iter()
                    .filter(|menu| menu.chars().any(is_chinese))
                    .map(|menu| {
                        menu.split(" on ").next().unwrap_or(menu).trim_start_matches(|c: char| c.is_ascii())
                    })
                    .filter(|menu| !catalog::place::all().any(|(_, path, _)| path.contains(menu)))
                    .map(|menu| format!("{file}: {menu}")),
            );
        }
    }
    assert_none(&wrong);
}

#[test]
fn a_menu_in_a_sentence_is_seen() {
    assert_eq!(menus("到“公众号设置 → 功能设置”里改；再看 x"), ["公众号设置 → 功能设置"]);
    assert_eq!(menus("{@work-agent} → 可见范围 选上"), ["→ 可见范围 选上"]);
}

/// Lines of the human text without wrapping: with `--platform` an entry fits on one screen.
#[test]
fn no_entry_is_longer_than_a_screen() {
    let mut wrong = Vec::new();
    let lines = |advice: &Advice| -> usize {
        let lists = [advice.causes.len(), advice.fixes.len(), advice.commands.len(), advice.see.len()];
        3 + lists.into_iter().filter(|length| *length > 0).map(|length| length + 2).sum::<usize>()
    };
    for platform in Platform::ALL {
        for code in catalog::codes(platform) {
            let explanation = catalog::explain(code.code, platform).expect("it is listed");
            if lines(&explanation.advice) > 30 {
                wrong.push(format!("{platform} {}: {}", code.code, lines(&explanation.advice)));
            }
        }
    }
    for message in message::all() {
        if lines(&message.advice) > 30 {
            wrong.push(format!("message {}: {}", message.group, lines(&message.advice)));
        }
    }
    assert_none(&wrong);
}

#[test]
fn no_family_lends_its_advice_to_another() {
    // Words that belong to one family's advice only.
    let own = [
        ("payment", &["paySign", "prepay_id", "支付授权目录", "mchid", "商户"][..]),
        ("callback", &["EncodingAESKey", "msg_signature", "echostr"][..]),
        ("device", &["SOTER", "考勤机"][..]),
    ];
    let mut wrong = Vec::new();
    for message in message::all().filter(|message| message.codes.is_empty()) {
        let advice = &message.advice;
        let texts: Vec<&str> = [&advice.meaning]
            .into_iter()
            .chain(&advice.causes)
            .chain(&advice.fixes)
            .flat_map(|words| [words.zh.as_str(), words.en.as_str()])
            .collect();
        for (family, words) in own {
            if message.family == family
                || (family == "callback" && ["console", "bot"].contains(&message.family.as_str()))
            {
                continue;
            }
            for word in words {
                if texts.iter().any(|text| text.contains(word)) {
                    wrong.push(format!("{} ({}): {word} of {family}", message.name.en, message.family));
                }
            }
        }
        if ["payment", "callback", "device"].contains(&message.family.as_str()) {
            for word in ["jsapi_ticket", "jsApiList", "access_token"] {
                if message.group != "fail_nopermission"
                    && texts.iter().any(|text| text.contains(word))
                    && !texts[0].contains("无关")
                    && !texts[0].contains("两回事")
                {
                    wrong.push(format!("{}: {word} of the page", message.name.en));
                }
            }
        }
        // A mini program's files and settings do not help a page.
        let of_mini_programs = message.name.zh.contains("小程序")
            || message.group.starts_with("mini-program")
            || message.platforms.len() == 1;
        for word in ["app.json", "request 合法域名", "基础库", "wx.getSetting", "session_key"] {
            if !of_mini_programs && message.family == "client" && texts.iter().any(|text| text.contains(word))
            {
                wrong.push(format!("{}: {word} of mini programs", message.name.en));
            }
        }
        for (api, after) in
            message.apis.iter().flat_map(|api| message.after.iter().map(move |one| (api, one)))
        {
            let found = message::find(&format!("{api}:{after}")).and_then(message::Match::read);
            if found.as_ref().is_none_or(|found| found.family != message.family) {
                wrong.push(format!("{api}:{after}: {:?}", found.map(|found| found.name.en)));
            }
        }
        // Each pattern finds its own family.
        for pattern in
            message.patterns.iter().map(|one| one.trim_start_matches(['=', '~']).replace(" & ", " … "))
        {
            let found = message::find(&pattern).and_then(message::Match::read);
            if found.as_ref().is_none_or(|found| found.family != message.family) {
                wrong.push(format!("{pattern}: {:?}", found.map(|found| found.name.en)));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn no_advice_is_empty_where_it_is_promised() {
    let mut wrong = Vec::new();
    for (platform, list) in [(Platform::Work, PROMISED_WORK), (Platform::Mp, PROMISED_MP)] {
        for code in list.split_whitespace() {
            let code: i64 = code.parse().expect("a code");
            match catalog::explain(code, platform) {
                Some(found) if !found.own => {
                    wrong.push(format!("{platform} {code}: only its family's advice"));
                }
                Some(found) if found.advice.causes.is_empty() || found.advice.fixes.is_empty() => {
                    // Success has no cause and nothing to do.
                    if code != 0 {
                        wrong.push(format!("{platform} {code}: no cause or no step"));
                    }
                }
                Some(_) => {}
                None => wrong.push(format!("{platform} {code}: not there")),
            }
        }
    }
    for message in message::all().filter(|message| message.codes.is_empty()) {
        let fine = matches!(message.group.as_str(), "ok" | "cancel" | "checkJsApi");
        if message.advice.fixes.is_empty() || (message.advice.causes.is_empty() && !fine) {
            wrong.push(format!("message {}: no cause or no step", message.name.en));
        }
    }
    for topic in topic::all() {
        if topic.steps.is_empty() || topic.platforms.is_empty() {
            wrong.push(format!("faq {}: no step or no platform", topic.id));
        }
    }
    assert_none(&wrong);
}

#[test]
fn every_item_of_the_documents_is_answered_by_a_topic() {
    let answered: BTreeSet<String> = topic::all().into_iter().flat_map(|topic| topic.sources).collect();
    let items: BTreeSet<String> = include_str!("../data/faq-items.txt").lines().map(str::to_owned).collect();
    assert_eq!(items.len(), 85);
    let missing: Vec<&String> = items.symmetric_difference(&answered).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_message_ever_seen_finds_its_entry() {
    let mut wrong = Vec::new();
    for line in include_str!("../data/jssdk-errmsg.tsv").lines() {
        let (group, text) = line.split_once('\t').expect("group and text");
        let found = query::understand(text).into_iter().find_map(|found| match found {
            query::Found::Message { message, .. } => Some(message.group),
            query::Found::Code { .. } => None,
        });
        let fits = match (group, found.as_deref()) {
            // The lists of the API's documents: success and cancel are named as such, and what
            // happens with other APIs too as what it is there.
            ("documented", Some(found)) => ["documented", "ok", "cancel", "no permission"].contains(&found),
            // A field that is beside the message, not a message.
            ("realAuthUrl", Some(found)) => found == "invalid signature",
            (group, Some(found)) => group == found,
            (_, None) => false,
        };
        if !fits {
            wrong.push(format!("{text}: {found:?} for {group}"));
        }
    }
    assert_none(&wrong);
}

#[test]
fn the_index_is_made_from_the_data() {
    let own: BTreeSet<String> = entries().iter().map(|entry| entry.place.clone()).collect();
    let mut text = String::from(
        "# Error codes\n\nMade from the catalogue by `WECHECK_REGENERATE=1 cargo test --test it catalogue`. \
         Codes in bold have an explanation of their own: `wecheck errcode explain CODE --platform PLATFORM`; \
         of the others the name and what the codes around them concern is known.\n",
    );
    for (platform, title) in
        [(Platform::Mp, "mp: 公众号, Official Account"), (Platform::Work, "work: 企业微信, WeCom")]
    {
        let _ = write!(text, "\n## {title}\n\n| code | 中文 | English |\n| --- | --- | --- |\n");
        for code in catalog::codes(platform) {
            let mark = if own.contains(&format!("{platform} {}", code.code)) { "**" } else { "" };
            let cell = |lang| code.name.get(lang).replace('|', "\\|");
            let (zh, en) = (cell(Lang::Zh), cell(Lang::En));
            let _ = writeln!(text, "| {mark}{}{mark} | {zh} | {en} |", code.code);
        }
    }
    text.push_str("\n## Messages of the client libraries\n\n| name | 中文 | English | where |\n| --- | --- | --- | --- |\n");
    for message in message::all().filter(|message| message.codes.is_empty()) {
        let places: Vec<&str> = message.platforms.iter().map(|platform| platform.name()).collect();
        let (group, name, places) = (&message.group, &message.name, places.join(", "));
        let _ = writeln!(text, "| {group} | {} | {} | {places} |", name.zh, name.en);
    }
    text.push_str(
        "\n## Troubleshooting topics\n\n`wecheck faq ID`\n\n| id | 中文 | English |\n| --- | --- | --- |\n",
    );
    for topic in topic::all() {
        let _ = writeln!(text, "| {} | {} | {} |", topic.id, topic.title.zh, topic.title.en);
    }
    let files = BTreeMap::from([("errcodes.md".to_owned(), text)]);
    in_step("docs", &files, |name| name == "errcodes.md");
}
