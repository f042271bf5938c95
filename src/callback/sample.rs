//! Sample messages and events, of our own making, to send to a receiver.
//!
//! In: a name and a kind. Out: a [`Sample`], filled with addresses, time and ids, and changed by
//! `path=value`. The texts are in `data/samples`, one file a group: `== name`, then the message.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::receiver::Receiver;
use crate::packed::{Packed, packed};

/// Groups and their texts; a group serves the kinds of [`group_of`].
static FILES: [(&str, Packed); 5] = [
    ("mp", packed!("data/samples/mp.txt")),
    ("work", packed!("data/samples/work.txt")),
    ("suite", packed!("data/samples/suite.txt")),
    ("component", packed!("data/samples/component.txt")),
    ("bot", packed!("data/samples/bot.txt")),
];

/// A sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its name, unique in its group.
    pub name: &'static str,
    /// `mp`, `work`, `suite`, `component` or `bot`.
    pub group: &'static str,
    text: &'static str,
}

/// What fills a sample.
#[derive(Clone, Debug, Default)]
pub struct Values<'a> {
    /// `ToUserName`.
    pub to: &'a str,
    /// `FromUserName`.
    pub from: &'a str,
    /// The receive id.
    pub receive_id: &'a str,
    /// Seconds since 1970.
    pub now: u64,
    /// 19 digits.
    pub id: &'a str,
    /// `AgentID`.
    pub agent_id: &'a str,
}

/// The group that a kind of receiver gets its samples from.
pub fn group_of(kind: Receiver) -> &'static str {
    match kind {
        Receiver::Mp | Receiver::MpEncrypted => "mp",
        Receiver::Work => "work",
        Receiver::SuiteCommand | Receiver::SuiteData => "suite",
        Receiver::Component => "component",
        Receiver::Bot => "bot",
    }
}

/// The kind that a sample is for, when nothing else says it.
pub fn kind_of(sample: Sample) -> Receiver {
    match sample.group {
        "suite" if sample.name.starts_with("data-") => Receiver::SuiteData,
        "work" => Receiver::Work,
        "suite" => Receiver::SuiteCommand,
        "component" => Receiver::Component,
        "bot" => Receiver::Bot,
        _ => Receiver::Mp,
    }
}

/// All samples, in the order of their files.
pub fn all() -> impl Iterator<Item = Sample> {
    FILES.iter().flat_map(|(group, file)| {
        file.text().split("== ").skip(1).filter_map(move |block| {
            let (name, text) = block.split_once('\n')?;
            Some(Sample { name: name.trim(), group, text: text.trim_end() })
        })
    })
}

/// The samples of a name: one in its kind's group comes first. A name of the data URL is found from
/// both of a suite's kinds, and messages of authorized accounts from a third-party platform.
pub fn find(name: &str, kind: Option<Receiver>) -> Option<Sample> {
    let groups: &[&str] = match kind {
        Some(Receiver::SuiteData) => &["suite", "work"],
        Some(Receiver::Component) => &["component", "mp"],
        Some(kind) => &[group_of(kind)],
        None => &["mp", "work", "suite", "component", "bot"],
    };
    groups.iter().find_map(|group| all().find(|sample| sample.group == *group && sample.name == name))
}

impl Sample {
    /// `xml` or `json`.
    pub fn format(self) -> &'static str {
        if self.group == "bot" { "json" } else { "xml" }
    }

    /// The message.
    pub fn fill(self, values: &Values) -> String {
        let (now, later) = (values.now.to_string(), (values.now + 3_600).to_string());
        // In one pass, so that a value with braces is not filled again.
        let number = values.id.get(..9).unwrap_or("100000001");
        let mut out = String::with_capacity(self.text.len() + 64);
        let mut rest = self.text;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let end = rest.find('}').unwrap_or(0);
            let value = match rest.get(1..end).unwrap_or_default() {
                "to" => values.to,
                "from" => values.from,
                "receive" => values.receive_id,
                "now" => &now,
                "later" => &later,
                "id" => values.id,
                "number" => number,
                "agent" => values.agent_id,
                _ => {
                    out.push('{');
                    rest = &rest[1..];
                    continue;
                }
            };
            if self.format() == "json" {
                let quoted = Value::from(value).to_string();
                out.push_str(quoted.trim_matches('"'));
            } else {
                out.push_str(&value.replace("]]>", "]]]]><![CDATA[>"));
            }
            rest = &rest[end + 1..];
        }
        out + rest
    }
}

/// Why a value could not be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetError {
    /// The message is neither XML nor a JSON object.
    NotAMessage,
    /// The path has an empty part.
    Path,
    /// A part of the path is a value, so nothing can be below it.
    Leaf(String),
}

/// Sets one value in a message: XML or JSON, by a path whose parts are joined by `.`, the root left
/// out. What is not there is added. Says whether it was there.
pub fn set(message: &str, path: &str, value: &str) -> Result<(String, bool), SetError> {
    let parts: Vec<&str> = path.split(['.', '/']).collect();
    if parts.iter().any(|part| part.is_empty() || part.contains(['<', '>', '&', '"', ' '])) {
        return Err(SetError::Path);
    }
    if message.trim_start().starts_with('{') {
        return set_json(message, &parts, value);
    }
    set_xml(message, &parts, value)
}

fn set_json(message: &str, parts: &[&str], value: &str) -> Result<(String, bool), SetError> {
    let mut document: Value = serde_json::from_str(message).map_err(|_| SetError::NotAMessage)?;
    let mut at = &mut document;
    let mut was_there = true;
    for part in parts {
        at = match at {
            Value::Array(list) => {
                let index: usize = part.parse().map_err(|_| SetError::Leaf((*part).to_owned()))?;
                if index >= list.len() {
                    was_there = false;
                    list.push(Value::Null);
                }
                let last = list.len() - 1;
                &mut list[index.min(last)]
            }
            Value::Object(fields) => {
                was_there &= fields.contains_key(*part);
                fields.entry((*part).to_owned()).or_insert(Value::Null)
            }
            Value::Null => {
                *at = Value::Object(serde_json::Map::new());
                let Value::Object(fields) = at else { return Err(SetError::NotAMessage) };
                fields.entry((*part).to_owned()).or_insert(Value::Null)
            }
            _ => return Err(SetError::Leaf((*part).to_owned())),
        };
    }
    // A number stays a number.
    *at = match (&*at, value.parse::<i64>()) {
        (Value::Number(_), Ok(number)) => number.into(),
        _ => value.into(),
    };
    Ok((document.to_string(), was_there))
}

/// Finds the element of a path in the text itself, so that everything else stays as it is.
fn set_xml(message: &str, parts: &[&str], value: &str) -> Result<(String, bool), SetError> {
    let (mut from, mut to) = inside_root(message).ok_or(SetError::NotAMessage)?;
    let mut rest = parts;
    while let Some((part, below)) = rest.split_first() {
        // `item.1` is the second `item`.
        let (index, below) =
            match below.split_first().and_then(|(next, more)| Some((next.parse().ok()?, more))) {
                Some((index, more)) => (index, more),
                None => (0, below),
            };
        let Some((start, end)) = child(&message[from..to], part, index) else { break };
        (from, to) = (from + start, from + end);
        rest = below;
    }
    let was_there = rest.is_empty();
    let inner = &message[from..to];
    let has_children = inner.contains("</") && !inner.trim_start().starts_with("<![CDATA[");
    if was_there {
        let plain = !inner.trim_start().starts_with("<![CDATA[")
            && value.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
            && !value.is_empty();
        let text = if plain { value.to_owned() } else { cdata(value) };
        return Ok((format!("{}{text}{}", &message[..from], &message[to..]), true));
    }
    if from != inside_root(message).map_or(0, |root| root.0) && !has_children && !inner.trim().is_empty() {
        return Err(SetError::Leaf(rest[0].to_owned()));
    }
    let mut element = cdata(value);
    for part in rest.iter().rev() {
        element = format!("<{part}>{element}</{part}>");
    }
    Ok((format!("{}{element}{}", &message[..to], &message[to..]), false))
}

fn cdata(value: &str) -> String {
    format!("<![CDATA[{}]]>", value.replace("]]>", "]]]]><![CDATA[>"))
}

/// Where the content of the root is.
fn inside_root(message: &str) -> Option<(usize, usize)> {
    let mut reader = Reader::from_str(message);
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) => break,
            Event::Eof | Event::Empty(_) => return None,
            _ => {}
        }
    }
    let from = usize::try_from(reader.buffer_position()).ok()?;
    let to = message.rfind("</")?;
    (from <= to).then_some((from, to))
}

/// Where the content of the `index`th child of a name is, in a piece of XML.
fn child(piece: &str, name: &str, index: usize) -> Option<(usize, usize)> {
    let mut reader = Reader::from_str(piece);
    reader.config_mut().check_end_names = false;
    let (mut depth, mut seen, mut start) = (0_usize, 0, None);
    loop {
        let before = usize::try_from(reader.buffer_position()).ok()?;
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                if depth == 0 && tag.name().as_ref() == name {
                    if seen == index {
                        start = Some(usize::try_from(reader.buffer_position()).ok()?);
                    }
                    seen += 1;
                }
                depth += 1;
            }
            Event::End(_) => {
                depth = depth.checked_sub(1)?;
                if depth == 0
                    && let Some(start) = start
                {
                    return Some((start, before));
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callback::body;

    const VALUES: Values = Values {
        to: "gh_1",
        from: "o{1}\"]]>",
        receive_id: "ww1",
        now: 1_700_000_000,
        id: "1234567890123456789",
        agent_id: "7",
    };

    #[test]
    fn every_sample_is_a_message_and_nothing_is_left_to_fill() {
        let mut names: Vec<(&str, &str)> = all().map(|sample| (sample.group, sample.name)).collect();
        assert!(names.len() >= 100, "{}", names.len());
        for sample in all() {
            let text = sample.fill(&VALUES);
            let fields =
                body::fields(&text).unwrap_or_else(|error| panic!("{}: {error}\n{text}", sample.name));
            assert!(!fields.is_empty(), "{}", sample.name);
            for hole in ["{to}", "{from}", "{now}", "{id}", "{number}", "{agent}", "{receive}", "{later}"] {
                assert!(!text.contains(hole), "{}: {hole}", sample.name);
            }
        }
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn values_are_set_by_path() {
        let xml = "<xml><A><![CDATA[1]]></A><B><C>2</C><I><P>a</P></I><I><P>b</P></I></B></xml>";
        for (path, value, expected) in [
            ("A", "x", "<A><![CDATA[x]]></A>"),
            ("B.C", "3", "<C>3</C>"),
            ("B.C", "三", "<C><![CDATA[三]]></C>"),
            ("B.I.1.P", "c", "<I><P>a</P></I><I><P><![CDATA[c]]></P></I>"),
            ("B.I.P", "c", "<I><P><![CDATA[c]]></P></I><I><P>b</P></I>"),
            ("B.D", "4", "<D><![CDATA[4]]></D></B>"),
            ("E.F", "5", "<E><F><![CDATA[5]]></F></E></xml>"),
            ("A", "]]>", "<A><![CDATA[]]]]><![CDATA[>]]></A>"),
        ] {
            let (text, _) = set(xml, path, value).unwrap();
            assert!(text.contains(expected), "{path}: {text}");
            body::fields(&text).unwrap();
        }
        assert!(set(xml, "A", "1").unwrap().1);
        assert!(!set(xml, "Z", "1").unwrap().1);
        assert_eq!(set(xml, "A.X", "1"), Err(SetError::Leaf("X".into())));
        assert_eq!(set(xml, "A..X", "1"), Err(SetError::Path));
        assert_eq!(set("nothing", "A", "1"), Err(SetError::NotAMessage));
        let json = r#"{"a":{"b":1},"l":[{"t":"x"}]}"#;
        assert_eq!(set(json, "a.b", "2").unwrap().0, r#"{"a":{"b":2},"l":[{"t":"x"}]}"#);
        assert_eq!(set(json, "l.0.t", "y").unwrap().0, r#"{"a":{"b":1},"l":[{"t":"y"}]}"#);
        assert_eq!(set(json, "c.d", "z").unwrap().0, r#"{"a":{"b":1},"l":[{"t":"x"}],"c":{"d":"z"}}"#);
    }

    #[test]
    fn a_value_of_json_is_set_or_added_and_says_which() {
        let json = r#"{"a":{"b":1},"l":[{"t":"x"},{"t":"y"}]}"#;
        for (path, value, expected, was_there) in [
            ("a.b", "2", r#"{"a":{"b":2},"l":[{"t":"x"},{"t":"y"}]}"#, true),
            ("a.b", "two", r#"{"a":{"b":"two"},"l":[{"t":"x"},{"t":"y"}]}"#, true),
            ("a.c", "2", r#"{"a":{"b":1,"c":"2"},"l":[{"t":"x"},{"t":"y"}]}"#, false),
            ("c.d", "2", r#"{"a":{"b":1},"l":[{"t":"x"},{"t":"y"}],"c":{"d":"2"}}"#, false),
            ("l.0.t", "z", r#"{"a":{"b":1},"l":[{"t":"z"},{"t":"y"}]}"#, true),
            ("l.1.t", "z", r#"{"a":{"b":1},"l":[{"t":"x"},{"t":"z"}]}"#, true),
            ("l.2.t", "z", r#"{"a":{"b":1},"l":[{"t":"x"},{"t":"y"},{"t":"z"}]}"#, false),
            ("l.9.t", "z", r#"{"a":{"b":1},"l":[{"t":"x"},{"t":"y"},{"t":"z"}]}"#, false),
        ] {
            assert_eq!(set(json, path, value), Ok((expected.to_owned(), was_there)), "{path}");
        }
        for (path, error) in [
            ("a.b.c", SetError::Leaf("c".into())),
            ("l.x", SetError::Leaf("x".into())),
            ("a b", SetError::Path),
            ("", SetError::Path),
        ] {
            assert_eq!(set(json, path, "1"), Err(error), "{path}");
        }
        assert_eq!(set("{", "a", "1"), Err(SetError::NotAMessage));
    }

    #[test]
    fn a_value_of_xml_is_in_cdata_unless_it_replaces_a_number() {
        let xml = "<xml><T> <![CDATA[1]]> </T><N>2</N><E></E></xml>";
        for (path, value, expected) in [
            ("T", "5", "<xml><T><![CDATA[5]]></T><N>2</N><E></E></xml>"),
            ("N", "-1.5", "<xml><T> <![CDATA[1]]> </T><N>-1.5</N><E></E></xml>"),
            ("N", "", "<xml><T> <![CDATA[1]]> </T><N><![CDATA[]]></N><E></E></xml>"),
            ("N", "1x", "<xml><T> <![CDATA[1]]> </T><N><![CDATA[1x]]></N><E></E></xml>"),
            ("E.A", "3", "<xml><T> <![CDATA[1]]> </T><N>2</N><E><A><![CDATA[3]]></A></E></xml>"),
        ] {
            let (text, _) = set(xml, path, value).unwrap();
            assert_eq!(text, expected, "{path}");
        }
        assert_eq!(set(xml, "T.A", "1"), Err(SetError::Leaf("A".into())));
        assert_eq!(set(xml, "N.A", "1"), Err(SetError::Leaf("A".into())));
    }

    #[test]
    fn a_sample_says_its_kind_and_its_format() {
        for (group, name, kind) in [
            ("mp", "text", Receiver::Mp),
            ("work", "enter_agent", Receiver::Work),
            ("suite", "suite_ticket", Receiver::SuiteCommand),
            ("suite", "data-enter_agent", Receiver::SuiteData),
            ("component", "component_verify_ticket", Receiver::Component),
            ("bot", "text", Receiver::Bot),
        ] {
            let sample = all().find(|sample| (sample.group, sample.name) == (group, name));
            assert_eq!(sample.map(kind_of), Some(kind), "{group} {name}");
        }
        for kind in Receiver::ALL {
            assert!(all().any(|sample| sample.group == group_of(kind)), "{kind:?}");
        }
    }

    #[test]
    fn a_sample_is_filled_in_one_pass() {
        let fill = |group: &'static str, text: &'static str| Sample { name: "x", group, text }.fill(&VALUES);
        for (text, filled) in [
            ("{now} {later}", "1700000000 1700003600"),
            ("{id} {number} {agent} {receive}", "1234567890123456789 123456789 7 ww1"),
            ("{from}", "o{1}\"]]]]><![CDATA[>"),
            ("{other} {", "{other} {"),
            ("a{to}b", "agh_1b"),
        ] {
            assert_eq!(fill("mp", text), filled, "{text}");
        }
        assert_eq!(fill("bot", "{\"a\":\"{from}\"}"), "{\"a\":\"o{1}\\\"]]>\"}");
        let short = Values { id: "12", ..VALUES };
        assert_eq!(Sample { name: "x", group: "mp", text: "{number}" }.fill(&short), "100000001");
    }

    #[test]
    fn a_name_is_looked_up_in_its_kind() {
        assert_eq!(find("text", None).map(|sample| sample.group), Some("mp"));
        assert_eq!(find("text", Some(Receiver::Bot)).map(|sample| sample.group), Some("bot"));
        assert_eq!(find("enter_agent", None).map(|sample| sample.group), Some("work"));
        assert_eq!(find("suite_ticket", Some(Receiver::Mp)), None);
    }
}
