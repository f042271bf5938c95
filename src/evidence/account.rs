//! What requests to WeChat say of a ticket: whose it is, and of which kind.
//!
//! In: a text. Out: into [`Found`], the id in its requests for a token, if all of them name one; the kind of
//! a ticket below the request that it answers.

use super::account_id;
use super::cursor::Lines;
use super::found::Found;
use super::{Field, Origin};
use crate::signature::Kind;

/// What asks WeChat for a token, and how it names the account.
const REQUESTS: [(&str, &str); 2] = [("cgi-bin/token?", "appid="), ("cgi-bin/gettoken?", "corpid=")];
/// A text has no more requests that are worth a look, and none is longer. Bytes.
const MOST: usize = 100;
const LONGEST: usize = 1024;
/// An answer is at most so many lines below its request.
const BELOW: usize = 6;

pub(super) fn read(text: &str, found: &mut Found) {
    let mut ids = REQUESTS.iter().flat_map(|(request, name)| {
        text.match_indices(request).take(MOST).filter_map(move |(at, _)| {
            let query = &address(text, at)[request.len()..];
            let id = query.split('&').find_map(|pair| pair.strip_prefix(name))?;
            let is_id = id.len() == 18 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            is_id.then_some(id)
        })
    });
    let first = ids.next();
    found.account = first.filter(|first| ids.all(|id| id == *first)).map(str::to_owned);
    found.ids = account_id::all(text);
}

/// The part of a request's address that begins at a place.
fn address(text: &str, at: usize) -> &str {
    let rest = &text[at..text.floor_char_boundary(at + LONGEST)];
    rest.split(|c: char| c.is_whitespace() || "\"'`<>".contains(c)).next().unwrap_or_default()
}

/// The kind of the ticket that a request gives, if it is one for a ticket.
fn kind_of(request: &str) -> Option<Kind> {
    let has = |pair: &str| request.split(['?', '&']).any(|own| own == pair);
    match request.split(['?', '/']).nth(1)? {
        "get_jsapi_ticket" => Some(Kind::Jsapi),
        "ticket" if has("type=agent_config") => Some(Kind::Agent),
        "ticket" if has("type=jsapi") => Some(Kind::Jsapi),
        "ticket" if has("type=wx_card") => Some(Kind::Card),
        "ticket" if has("type=contact") => Some(Kind::Group),
        _ => None,
    }
}

/// Gives a ticket that says no kind that of the request above it: `curl …/get_jsapi_ticket?…`, and its answer.
pub(super) fn kinds(text: &str, lines: Lines<'_>, found: &mut Found) {
    let requests: Vec<(usize, Kind)> = text
        .match_indices("cgi-bin/")
        .take(MOST)
        .filter_map(|(at, _)| {
            let kind = kind_of(address(text, at))?;
            Some((lines.of(at), kind))
        })
        .collect();
    for kept in &mut found.values {
        if kept.value.field != Field::Ticket || kept.value.kind.is_some() || kept.value.origin != Origin::Json
        {
            continue;
        }
        let line = kept.value.line;
        let above = requests.iter().rev().find(|(own, _)| (*own..=own + BELOW).contains(&line));
        kept.value.kind = above.map(|(_, kind)| *kind);
    }
}
