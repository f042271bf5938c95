//! The requests of one log: each judged, and the one that a report is about.
//!
//! In: the requests that the text has. Out: the [`Judged`] one that counts most, the first that does
//! not hold, else the first whose logged answer is wrong, else the first; and the [`Requests`] it was
//! chosen of.

use serde::Serialize;

use super::Request;
use super::examine::{self, Credentials, Examined};
use super::incoming::Incoming;
use super::logged::{self, Answer, Known};
use crate::both;
use crate::callback::receiver::Receiver;
use crate::callback::request::Found;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::{Both, Lang, plural_s};
use crate::say;

/// Which requests a log has, by their lines.
#[derive(Serialize)]
pub struct Requests {
    /// How many.
    pub count: usize,
    /// The line of the one that the report is about.
    pub line: usize,
    /// The lines of those that do not hold.
    pub not_valid: Vec<usize>,
    /// The lines of those with a wrong answer.
    pub answer_not_ok: Vec<usize>,
    /// The lines of those whose signature could not be checked, such as one without its body.
    pub not_checked: Vec<usize>,
    /// The same in words.
    pub message: String,
    /// The first wrong answer.
    #[serde(skip)]
    pub refused: Option<Answer>,
}

/// A request that was judged.
pub(super) struct Judged {
    pub(super) line: usize,
    pub(super) incoming: Incoming,
    pub(super) examined: Examined,
    pub(super) kind: Receiver,
    pub(super) answer: Option<Answer>,
}

impl Judged {
    fn answer_is_wrong(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| !answer.ok)
    }

    fn is_checked(&self) -> bool {
        !self.examined.checks.is_empty()
    }
}

/// Judges each request. One that cannot be checked is an error only if there is no other.
pub(super) fn judge(
    request: &Request,
    logged: Vec<Found>,
    credentials: &Credentials,
    context: &Context,
) -> Result<(Judged, Option<Requests>), Failure> {
    let platform = credentials.profile.platform;
    let count = logged.len();
    let mut requests = Requests {
        count,
        line: 0,
        not_valid: Vec::new(),
        answer_not_ok: Vec::new(),
        not_checked: Vec::new(),
        message: String::new(),
        refused: None,
    };
    let mut lead: Option<Judged> = None;
    let mut error: Option<Failure> = None;
    let alone = Request::default();
    for (index, Found { request: found, line }) in logged.into_iter().enumerate() {
        // Values that were given one by one are those of the first.
        let values = if index == 0 { request } else { &alone };
        let incoming = match values.with_logged(found, platform) {
            Ok(incoming) => incoming,
            Err(failure) if count == 1 => return Err(failure),
            Err(failure) => {
                error.get_or_insert(failure);
                requests.not_checked.push(line);
                continue;
            }
        };
        // The search for a mistake takes its time, and one is enough.
        let explains = requests.not_valid.is_empty();
        let examined = match examine::examine(&incoming, credentials, explains, context) {
            Ok(examined) => examined,
            Err(failure) => {
                error.get_or_insert(failure);
                Examined::default()
            }
        };
        let judged = with_answer(incoming, examined, line, credentials, context.lang);
        if !judged.is_checked() {
            requests.not_checked.push(line);
        } else if !judged.examined.valid() {
            requests.not_valid.push(line);
        }
        if judged.answer_is_wrong() {
            if requests.answer_not_ok.is_empty() {
                let answer = judged.answer.as_ref();
                requests.refused = answer.map(|answer| Answer { line: Some(line), ..answer.clone() });
            }
            requests.answer_not_ok.push(line);
        }
        if lead.as_ref().is_none_or(|lead| weight(&judged) > weight(lead)) {
            lead = Some(judged);
        }
    }
    let Some(mut lead) = lead.filter(|lead| lead.is_checked() || error.is_none()) else {
        return Err(unchecked(error, requests.refused.as_ref()));
    };
    if count == 1 {
        return Ok((lead, None));
    }
    if let Some(answer) = &mut lead.answer {
        answer.line = Some(lead.line);
    }
    requests.line = lead.line;
    requests.message = in_words(&requests, context.lang);
    Ok((lead, Some(requests)))
}

/// Why nothing could be checked, and the answer that is wrong whatever the signature is.
fn unchecked(error: Option<Failure>, refused: Option<&Answer>) -> Failure {
    let mut failure = error.unwrap_or_else(|| {
        Failure::usage(both!("没有给出回调", "no callback is given"))
            .hint("wecheck callback verify --request FILE")
    });
    if let Some(Answer { status: Some(status), line: Some(line), .. }) = refused
        && *status != 200
    {
        let Both { zh, en } = failure.message;
        failure.message = both!(
            "{zh}；另外，第 {line} 行的应答是 {status}，微信只把 200 当作成功",
            "{en}; besides, the answer in line {line} is {status}, and WeChat takes only 200 for success"
        );
    }
    failure
}

/// What leads; of equals the first.
fn weight(judged: &Judged) -> u8 {
    match (judged.is_checked(), judged.examined.valid(), judged.answer_is_wrong()) {
        (false, ..) => 0,
        (true, false, _) => 3,
        (true, true, true) => 2,
        (true, true, false) => 1,
    }
}

fn with_answer(
    incoming: Incoming,
    examined: Examined,
    line: usize,
    credentials: &Credentials,
    lang: Lang,
) -> Judged {
    let kind = logged::kind_of(&incoming, &examined, credentials.profile);
    let expected = examined.expected_receive_id.clone().unwrap_or_default();
    let known = credentials.token.as_ref().map(|token| Known {
        incoming: &incoming,
        examined: &examined,
        kind,
        token,
        key: credentials.key.as_ref(),
        receive_id: &expected,
        lang,
    });
    let answer = known.and_then(|known| known.judge());
    Judged { line, incoming, examined, kind, answer }
}

fn in_words(requests: &Requests, lang: Lang) -> String {
    let (count, line) = (requests.count, requests.line);
    let mut text = say!(
        lang,
        "日志里有 {count} 个请求，这里说的是第 {line} 行的那个",
        "the log has {count} requests; this is about the one in line {line}"
    );
    let lists = [
        (&requests.not_valid, "签名或消息不对", "not valid"),
        (&requests.answer_not_ok, "应答不对", "wrongly answered"),
        (
            &requests.not_checked,
            "没有检查签名（缺请求体或参数）",
            "signature not checked for want of the body or a value",
        ),
    ];
    for (lines, zh, en) in lists.into_iter().filter(|(lines, ..)| !lines.is_empty()) {
        let (list, s) = (listed(lines), plural_s(lines.len()));
        text.push_str(&say!(lang, "；{zh}：第 {list} 行", "; {en}: line{s} {list}"));
    }
    if lists.iter().all(|(lines, ..)| lines.is_empty()) {
        text.push_str(lang.pick("；其余的也没有问题", "; nothing is wrong with the others"));
    }
    text
}

/// So many lines are named.
const LINES_NAMED: usize = 10;

fn listed(lines: &[usize]) -> String {
    let mut text = lines.iter().take(LINES_NAMED).map(usize::to_string).collect::<Vec<_>>().join(", ");
    if lines.len() > LINES_NAMED {
        text.push('…');
    }
    text
}
