//! The account whose ticket it is: the id in a request for a token.
//!
//! In: a text. Out: into [`Found`], that id, if all such requests name one.

use super::found::Found;

/// What asks WeChat for a token, and how it names the account.
const REQUESTS: [(&str, &str); 2] = [("cgi-bin/token?", "appid="), ("cgi-bin/gettoken?", "corpid=")];
/// A text has no more requests that are worth a look, and none is longer. Bytes.
const MOST: usize = 100;
const LONGEST: usize = 1024;

pub(super) fn read(text: &str, found: &mut Found) {
    let mut ids = REQUESTS.iter().flat_map(|(request, name)| {
        text.match_indices(request).take(MOST).filter_map(move |(at, _)| {
            let query = &text[at + request.len()..text.floor_char_boundary(at + LONGEST)];
            let query = query.split(|c: char| c.is_whitespace() || "\"'`<>".contains(c)).next()?;
            let id = query.split('&').find_map(|pair| pair.strip_prefix(name))?;
            let is_id = id.len() == 18 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            is_id.then_some(id)
        })
    });
    let first = ids.next();
    found.account = first.filter(|first| ids.all(|id| id == *first)).map(str::to_owned);
}
