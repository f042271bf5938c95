//! Error codes in a stream of any size: a log, JSON lines, an access log.
//!
//! In: bytes, in pieces as they are read. Out: every code but 0 with how often it is there and
//! its first and last line. Known by what is before the number: `"errcode":40001`, also with
//! escaped quotes, `errcode=40001`, `errcode: 40001`, `errCode`, `err_code`, `error code:63002`,
//! `错误码：63002`, `错误码40001`, `错误代码：`, `<ErrCode>40001`. A line without any of these may
//! still hold a known code beside an error's words: `[40164] invalid ip … rid: …`, `Error: 48001,
//! api unauthorized`, `VerifyURL ret: -40003`, `… hint: [x](45009)`.
//! Memory does not grow with the input, not even with a line of ten gigabytes.

mod loose;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use memchr::memchr_iter;
use memchr::memmem::Finder;

pub use loose::{by_text, numbers_beside_words};

use loose::{Beside, Lines};

/// A mark is never longer than this, from its first byte to the byte behind the number.
const MARK: usize = 64;

/// No number that is a code has more digits.
const DIGITS: usize = 10;

/// So many different codes are said apart; a log that holds more holds no codes.
const DISTINCT: usize = 65_536;

/// What begins a mark: the tail that is searched for, and what may be before it. The tails are
/// as long as spellings share them, because each costs a pass over the bytes.
const MARKS: [(&[u8], &[&[u8]]); 7] = [
    (b"rrcode", &[b"e", b"E"]),
    (b"rrCode", &[b"e", b"E"]),
    (b"RRCODE", &[b"E"]),
    (b"rr_code", &[b"e", b"E"]),
    (b"rror code", &[b"e", b"E"]),
    ("错误码".as_bytes(), &[b""]),
    ("错误代码".as_bytes(), &[b""]),
];

/// How often a code was found, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The code.
    pub code: i64,
    /// How often.
    pub count: u64,
    /// The first line it is in, from 1.
    pub first_line: u64,
    /// The last line it is in.
    pub last_line: u64,
}

/// Finds codes in a stream; see the module.
pub struct Scanner {
    finders: [Finder<'static>; MARKS.len()],
    tallies: HashMap<i64, Tally>,
    /// The end of what was fed: a mark may go on in the next piece.
    carried: Vec<u8>,
    hits: Vec<(usize, i64)>,
    /// Line breaks before the carried bytes.
    line_breaks: u64,
    ends_with_break: bool,
    overflow: bool,
    /// The lines without a mark.
    lines: Lines,
    /// A client's own numbers, by line: they count unless the line has an address with the code.
    small: BTreeMap<(u64, i64), u64>,
    /// The lines with such an address, as far as their marks may still come.
    linked: BTreeSet<u64>,
}

/// What a whole stream held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The codes, by number.
    pub tallies: Vec<Tally>,
    /// How many lines there were.
    pub lines: u64,
    /// Whether there were more different numbers than are said apart.
    pub overflow: bool,
}

impl Default for Scanner {
    fn default() -> Self {
        Self {
            finders: MARKS.map(|(tail, _)| Finder::new(tail)),
            tallies: HashMap::new(),
            carried: Vec::new(),
            hits: Vec::new(),
            line_breaks: 0,
            ends_with_break: true,
            overflow: false,
            lines: Lines::default(),
            small: BTreeMap::new(),
            linked: BTreeSet::new(),
        }
    }
}

impl Scanner {
    /// Takes the next piece, of any length.
    pub fn feed(&mut self, piece: &[u8]) {
        let Some(last) = piece.last() else { return };
        let mut beside = Vec::new();
        self.lines.feed(piece, &mut beside);
        self.count_beside(&beside);
        self.ends_with_break = *last == b'\n';
        // The seam first: the carried bytes and as much of the piece as a mark can reach into.
        let mut carried = std::mem::take(&mut self.carried);
        let reach = piece.len().min(2 * MARK);
        let seam = carried.len();
        carried.extend_from_slice(&piece[..reach]);
        if reach == piece.len() {
            let settled = carried.len().saturating_sub(MARK);
            self.take(&carried, settled);
            carried.drain(..settled);
        } else {
            self.take(&carried, seam);
            let settled = piece.len() - MARK;
            self.take(piece, settled);
            carried.clear();
            carried.extend_from_slice(&piece[settled..]);
        }
        self.carried = carried;
        self.settle(self.lines.done());
    }

    /// The stream has ended.
    pub fn finish(mut self) -> Summary {
        let carried = std::mem::take(&mut self.carried);
        self.take(&carried, carried.len());
        let mut beside = Vec::new();
        self.lines.finish(&mut beside);
        self.count_beside(&beside);
        self.settle(u64::MAX);
        let mut tallies: Vec<Tally> = self.tallies.into_values().collect();
        tallies.sort_by_key(|tally| tally.code);
        let lines = self.line_breaks + u64::from(!self.ends_with_break);
        Summary { tallies, lines, overflow: self.overflow }
    }

    /// Counts the marks that begin in the first `settled` bytes; the rest is there to be read on.
    fn take(&mut self, bytes: &[u8], settled: usize) {
        let mut hits = std::mem::take(&mut self.hits);
        find(&self.finders, bytes, |at, code| {
            if at < settled && code != 0 {
                hits.push((at, code));
            }
        });
        hits.sort_unstable();
        let mut counted = 0;
        for &(at, code) in &hits {
            self.line_breaks += line_breaks(&bytes[counted..at]);
            counted = at;
            let line = self.line_breaks + 1;
            if is_client_number(code) {
                *self.small.entry((line, code)).or_default() += 1;
            } else {
                self.count(code, line, 1);
            }
        }
        self.line_breaks += line_breaks(&bytes[counted..settled]);
        hits.clear();
        self.hits = hits;
    }
}

impl Scanner {
    fn count(&mut self, code: i64, line: u64, times: u64) {
        if self.tallies.len() >= DISTINCT && !self.tallies.contains_key(&code) {
            self.overflow = true;
            return;
        }
        let first = Tally { code, count: 0, first_line: line, last_line: line };
        let tally = self.tallies.entry(code).or_insert(first);
        tally.count += times;
        tally.first_line = tally.first_line.min(line);
        tally.last_line = tally.last_line.max(line);
    }

    fn count_beside(&mut self, found: &[Beside]) {
        for one in found {
            self.count(one.code, one.line, 1);
            if one.instead {
                self.linked.insert(one.line);
            }
        }
    }

    /// Counts the clients' own numbers of the first `done` lines, which have been looked at whole.
    fn settle(&mut self, done: u64) {
        let rest = self.small.split_off(&(done.saturating_add(1), i64::MIN));
        for ((line, code), times) in std::mem::replace(&mut self.small, rest) {
            if !self.linked.contains(&line) {
                self.count(code, line, times);
            }
        }
        self.linked = self.linked.split_off(&self.line_breaks);
    }
}

/// Whether a number may be a client's own, which says nothing by itself.
fn is_client_number(code: i64) -> bool {
    (-2..=99).contains(&code) && code != 0
}

/// The codes of a short text with where their marks begin, 0 among them, in the order of the text.
pub fn codes_in(text: &str) -> Vec<(usize, i64)> {
    // Made once: a log's every error line comes here.
    static FINDERS: OnceLock<[Finder<'static>; MARKS.len()]> = OnceLock::new();
    let finders = FINDERS.get_or_init(|| MARKS.map(|(tail, _)| Finder::new(tail)));
    let mut found = Vec::new();
    find(finders, text.as_bytes(), |at, code| found.push((at, code)));
    found.sort_unstable();
    found
}

fn line_breaks(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

/// Calls `found` with the place and the number of each mark, one spelling after the other.
fn find(finders: &[Finder<'static>; MARKS.len()], bytes: &[u8], mut found: impl FnMut(usize, i64)) {
    for (finder, (tail, heads)) in finders.iter().zip(MARKS) {
        let mut from = 0;
        while let Some(step) = finder.find(&bytes[from..]) {
            let at = from + step;
            from = at + tail.len();
            let Some(head) = heads.iter().find(|head| bytes[..at].ends_with(head)) else { continue };
            let glued = tail[0] >= 0x80;
            if let Some(code) = number_behind(&bytes[from..], glued) {
                found(at - head.len(), code);
            }
        }
    }
}

/// The number behind a mark's word: quotes (escaped or not) and whitespace, one `:`, `=`, `=>`, `：`, or the
/// `>` of an XML element, quotes and whitespace again, the digits. PHP's `var_dump` writes `]=>`, a line break
/// and `int(`.
fn number_behind(bytes: &[u8], glued: bool) -> Option<i64> {
    let bytes = &bytes[..bytes.len().min(MARK - 10)];
    let rest = skip_quotes(bytes);
    let rest = [&b":"[..], b"=>", b"=", "：".as_bytes(), b"%3A", b"%3D", b">"]
        .iter()
        .find_map(|sign| rest.strip_prefix(*sign))
        .or_else(|| rest.strip_prefix(b"]=>").map(<[u8]>::trim_ascii_start))
        .or_else(|| (rest.len() < bytes.len() && b" \t".contains(&bytes[0])).then_some(rest))
        .or_else(|| {
            let rest =
                ["为", "是"].iter().find_map(|word| rest.strip_prefix(word.as_bytes())).unwrap_or(rest);
            glued.then_some(rest)
        })?;
    let rest = skip_quotes(rest);
    let rest = rest.strip_prefix(b"int(").unwrap_or(rest);
    let (negative, rest) = match rest.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=DIGITS).contains(&digits) {
        return None;
    }
    let number = rest[..digits].iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    Some(if negative { -number } else { number })
}

fn skip_quotes(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    loop {
        let stripped =
            [&b"\\u0022"[..], b"\\", b"\"", b"'", b" ", b"\t", b"&quot;", b"%22", b"[", b"<", b"("]
                .iter()
                .find_map(|quote| rest.strip_prefix(*quote));
        match stripped {
            Some(shorter) => rest = shorter,
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scan(text: &[u8]) -> Summary {
        let mut scanner = Scanner::default();
        scanner.feed(text);
        scanner.finish()
    }

    #[test]
    fn every_spelling_is_found() {
        for text in [
            r#"{"errcode":40001,"errmsg":"x"}"#,
            r#"{"errcode" : "40001"}"#,
            r#"body="{\"errcode\":40001}""#,
            r#"body="{\\\"errcode\\\":40001}""#,
            "errcode=40001&x",
            "errcode: 40001",
            "errCode 40001",
            "ERRCODE:40001",
            "ErrCode=40001",
            "['errcode' => 40001]",
            "Error: System error, error code:40001,invalid signature",
            "Error code: 40001",
            "系统错误，错误码：40001,invalid signature",
            "错误码:40001",
            "{&quot;errcode&quot;:40001}",
            "%22errcode%22%3A40001",
            "<ErrCode>40001</ErrCode>",
            "[\"errcode\"]=>\n  int(40001)",
            "\\u0022errcode\\u0022:40001",
            "errcode\t40001",
            "错误代码：40001, 错误信息：invalid credential",
            "系统错误，错误码40001",
            "错误码为 40001",
            "{\"err_code\":40001}",
            "[40001] invalid credential rid: 1-2-3",
            "OfficialAPIError: 40001: invalid credential",
            "40001 invalid credential, hint: [1700001818_47_c947]",
            "Request Error: 40001, invalid credential",
            "出错 invalid credential hint: [fXEsmv0573vr20](40001)",
            "40001 invalid credential, access_token is invalid",
            "公众号返回 40001",
            "ret: 40001",
        ] {
            let summary = scan(text.as_bytes());
            let codes: Vec<i64> = summary.tallies.iter().map(|tally| tally.code).collect();
            assert_eq!((codes, summary.lines), (vec![40001], text.lines().count() as u64), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_not_found() {
        for text in [
            r#"{"errcode":0}"#,
            "errcode",
            "errcode: none",
            "errcode40001",
            "errcode:99999999999",
            "rrcode:40001",
            "errcode\n40001",
            "code:40001",
            "error after 40001 ms",
            "error at 127.0.0.1:40001",
            "error 3.40001 hint",
            "rid: 40001-40001-2",
            "userid=40029",
        ] {
            assert_eq!(scan(text.as_bytes()).tallies, [], "{text}");
        }
    }

    #[test]
    fn the_address_has_the_code_that_a_client_s_own_number_hides() {
        let line =
            b"{ errCode: 2, err_Info: 'more info at https://open.work.weixin.qq.com/devtool/query?e=40093' }";
        assert!(scan(line).tallies.iter().any(|tally| tally.code == 40093));
    }

    #[test]
    fn a_code_below_zero_and_the_lines_are_given() {
        let summary = scan(b"a\nerrcode:-1\nb\nerrcode:-1 errcode:-1\n");
        let tally = Tally { code: -1, count: 3, first_line: 2, last_line: 4 };
        assert_eq!(summary, Summary { tallies: vec![tally], lines: 4, overflow: false });
    }

    #[test]
    fn a_flood_of_numbers_stays_bounded() {
        let mut scanner = Scanner::default();
        for number in 1..=100_000 {
            scanner.feed(format!("errcode:{number}\n").as_bytes());
        }
        let summary = scanner.finish();
        assert!(summary.overflow);
        assert_eq!((summary.tallies.len(), summary.lines), (DISTINCT, 100_000));
    }

    proptest! {
        /// However the stream is cut, the answer is the same.
        #[test]
        fn a_cut_changes_nothing(
            parts in proptest::collection::vec(prop_oneof![
                Just("\n".to_owned()), Just("\"errcode\":40001".to_owned()), Just("errcode=0".to_owned()),
                Just("错误码：63002".to_owned()), Just("error code: 42".to_owned()),
                Just("[48001] x rid: 1".to_owned()), Just("Error: 40164, y".to_owned()), "[a-z\"\\\\: ]{0,90}",
            ], 0..12),
            cuts in proptest::collection::vec(0usize..400, 0..6),
        ) {
            let text = parts.concat();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.sort_unstable();
            let mut scanner = Scanner::default();
            let mut from = 0;
            for cut in cuts {
                scanner.feed(&text.as_bytes()[from..cut]);
                from = cut;
            }
            scanner.feed(&text.as_bytes()[from..]);
            prop_assert_eq!(scanner.finish(), scan(text.as_bytes()));
        }
    }
}
