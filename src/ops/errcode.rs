//! What an error code, an answer or a message means: the use case behind `errcode explain`,
//! `POST /api/errcode` and the tool `explain`.
//!
//! In: a [`Request`], the platform that is usual here and the language. Out: an [`Explained`], the
//! `--json` document of the command.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::both;
use crate::catalog::answer::{Answer, Meaning, Unknown, answer};
use crate::catalog::{js_api, message};
use crate::evidence;
use crate::failure::Failure;
use crate::findings;
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;

/// What is to be explained. As JSON: `{"what": "40164"}` or `{"what": ["40164", "42001"]}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What was pasted, or the words of a command line.
    #[serde(deserialize_with = "one_or_several")]
    pub what: Vec<String>,
    /// Only this platform's meanings.
    #[serde(default)]
    pub platform: Option<Platform>,
    /// The page's own code: says whether the API of a message is in its jsApiList.
    #[serde(default)]
    pub from: Option<String>,
}

/// A code as number or text, a text, or a list of them.
fn one_or_several<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum One {
        Text(String),
        Number(i64),
        Answer(serde_json::Map<String, serde_json::Value>),
    }
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "another type, expected a code, a text, an answer, or a list of them")]
    enum What {
        One(One),
        Several(Vec<One>),
    }
    let text = |one| match one {
        One::Text(text) => text,
        One::Number(code) => code.to_string(),
        One::Answer(object) => serde_json::Value::Object(object).to_string(),
    };
    Ok(match What::deserialize(from)? {
        What::One(one) => vec![text(one)],
        What::Several(list) => list.into_iter().map(text).collect(),
    })
}

/// What a text means: the `--json` document of `errcode explain`.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// The text as given.
    pub query: String,
    /// The explanations of all queries, in their order.
    pub results: Vec<Meaning>,
    /// What is near the first query that was not understood.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Unknown>,
    /// Each query with its answer.
    #[serde(skip)]
    pub answers: Vec<(String, Answer)>,
}

impl Request {
    /// Explains each query; `usual` is the platform of the profile in use.
    pub fn explain(&self, usual: Option<Platform>, lang: Lang) -> Result<Explained, Failure> {
        let query = self.what.join(" ");
        if query.trim().is_empty() {
            return Err(Failure::usage(both!("没有要解释的内容", "there is nothing to explain"))
                .hint("wecheck errcode explain 40164"));
        }
        let page = self.from.as_deref().map(evidence::extract);
        let mut seen = HashSet::new();
        let answers: Vec<(String, Answer)> = queries(&self.what)
            .into_iter()
            // The same again has the same answer.
            .filter(|query| seen.insert(query.clone()))
            .map(|query| {
                let answer = finding(&query, lang)
                    .or_else(|| api(&query, lang))
                    .unwrap_or_else(|| answer(&query, self.platform, usual, page.as_ref(), lang));
                (query, answer)
            })
            .collect();
        let results = answers.iter().flat_map(|(_, answer)| answer.results.iter().cloned()).collect();
        let unknown = answers.iter().find_map(|(_, answer)| answer.unknown.clone());
        Ok(Explained { query, results, unknown, answers })
    }
}

/// A console has no more answers of APIs that one asks about at once.
const SEVERAL: usize = 8;

/// Codes, JSON documents and whole sentences are queries of their own; any other word makes all of them one text.
/// Of a text, each line with an API's error is one.
fn queries(what: &[String]) -> Vec<String> {
    let alone = |word: &String| {
        let word = word.trim();
        word.parse::<i64>().is_ok()
            || (word.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(word).is_ok())
    };
    let sentences = what.iter().filter(|text| text.trim().contains(char::is_whitespace)).count();
    if what.iter().all(alone) {
        what.to_vec()
    } else if sentences > 1 {
        what.iter().flat_map(|text| by_api(text)).collect()
    } else {
        by_api(&what.join(" "))
    }
}

/// A text, cut before each line that has the error of another API.
fn by_api(text: &str) -> Vec<String> {
    let mut apis: Vec<&str> = Vec::new();
    let mut parts: Vec<String> = vec![String::new()];
    for line in text.lines() {
        let api = failed_api(line).filter(|api| !apis.contains(api));
        // What is before the first belongs to it.
        if api.is_some() && !apis.is_empty() {
            parts.push(String::new());
        }
        apis.extend(api);
        if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    match parts.len() {
        2..=SEVERAL => parts.into_iter().map(|part| part.trim_end().to_owned()).collect(),
        _ => vec![text.to_owned()],
    }
}

/// The API whose error a line is or has.
fn failed_api(line: &str) -> Option<&str> {
    let from = ["errMsg", "err_msg"].iter().find_map(|key| line.find(key)).unwrap_or(0);
    message::api_of(&line[from..]).filter(|api| {
        let name = api.rsplit('.').next().unwrap_or(api);
        let reason = line.split_once(api).map_or("", |(_, behind)| behind);
        js_api::names().any(|one| one.name == name) && !reason.starts_with(":ok")
    })
}

/// What one of our own ids says: `url-fragment`, `ticket-shape` …
fn finding(query: &str, lang: Lang) -> Option<Answer> {
    let entry = findings::find(query.trim())?;
    let detail = [("detail", "…"), ("gap", lang.pick("若干秒", "some seconds"))];
    let meaning = Meaning {
        error_message: Some(entry.id.to_owned()),
        fixes: vec![entry.fix.fill(lang, &detail)],
        ..Meaning::new(entry.title.get(lang).to_owned(), entry.id.to_owned(), entry.cause.fill(lang, &detail))
    };
    Some(Answer { results: vec![meaning], unknown: None })
}

/// What a name of the JS-SDK is and needs: `chooseImage`, `wx.chooseImage`.
fn api(query: &str, lang: Lang) -> Option<Answer> {
    let query = query.trim();
    let bare = query.strip_prefix("wx.").or_else(|| query.strip_prefix("ww.")).unwrap_or(query);
    let name = js_api::names().find(|name| name.name == bare)?;
    let platforms = name.platforms();
    let needs = name.needs().get(lang);
    let meaning = match name.kind() {
        "menu" => say!(lang, "右上角菜单里的一项。需要：{needs}", "an item of the menu; it needs: {needs}"),
        "tag" => say!(lang, "开放标签。需要：{needs}", "an open tag; it needs: {needs}"),
        _ => say!(lang, "JS-SDK 的接口。需要：{needs}", "an API of the JS-SDK; it needs: {needs}"),
    };
    let result = Meaning {
        platform: if let [one] = platforms[..] { Some(one) } else { None },
        fixes: name.note().map(|note| note.get(lang).to_owned()).into_iter().collect(),
        commands: vec![format!("wecheck js-api {}", name.name)],
        see: ["offline-verifying", "permission-denied", "function-not-exist"]
            .map(|id| format!("faq:{id}"))
            .into(),
        ..Meaning::new(name.name.to_owned(), name.name.to_owned(), meaning)
    };
    Some(Answer { results: vec![result], unknown: None })
}

/// What a server's refusal means and what to do first, in the language spoken: shown at once beside
/// the error, so that no one has to look the code up.
pub fn first_advice(failure: &Failure, lang: Lang) -> Option<(String, Option<String>)> {
    let code = failure.errcode?;
    let facts = failure.facts.as_ref();
    let errmsg = facts.map_or("", |facts| facts.errmsg.as_str());
    let platform = facts.and_then(|facts| facts.platform);
    let ip = facts.and_then(|facts| facts.ip.as_deref());
    let rid = facts.and_then(|facts| facts.rid.as_deref());
    let query =
        serde_json::json!({ "errcode": code, "errmsg": errmsg, "requestIP": ip, "rid": rid }).to_string();
    let result =
        answer(&query, None, platform, None, lang).results.into_iter().find(|one| one.code == Some(code))?;
    let step = result.fixes.into_iter().next();
    Some((result.meaning, step))
}
