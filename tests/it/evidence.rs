//! Evidence from outside: a right or a wrong signature in every form that people paste, and the verdict.
//!
//! The oracle is here and shares no code with the product: what is right is known because this file
//! hashed it. Rows of real-looking evidence with their answers are in `tests/data/evidence.jsonl`.

pub mod forms;

use std::fmt::Write as _;

use serde_json::Value;
use sha1::{Digest, Sha1};

use crate::harness::{Home, amount, wecheck};
use forms::{FORMS, Form, Signed};

/// A sequence of numbers that is the same on every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(below).expect("small")).expect("small")
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.next(all.len())]
    }

    fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| letters[self.next(letters.len())]).collect()
    }
}

const TICKET: &str = "kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q";
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn sha1_hex(text: &str) -> String {
    Sha1::digest(text.as_bytes()).iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn right_string(ticket: &str, nonce: &str, timestamp: &str, url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}")
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// What the server did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Right,
    Fragment,
    Encoded,
    KeyCase,
    Milliseconds,
    OtherTicket,
    QueryDropped,
    OtherNonce,
    UpperCase,
    ShareMissing,
}

const WRONG: [Server; 9] = [
    Server::Fragment,
    Server::Encoded,
    Server::KeyCase,
    Server::Milliseconds,
    Server::OtherTicket,
    Server::QueryDropped,
    Server::OtherNonce,
    Server::UpperCase,
    Server::ShareMissing,
];

/// The address that the phone had, beside the one that was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Unknown,
    Same,
    SameRoute,
    Shared,
    Landing,
    Other,
}

const PAGES: [Page; 6] =
    [Page::Unknown, Page::Same, Page::SameRoute, Page::Shared, Page::Landing, Page::Other];

struct Case {
    form: &'static Form,
    server: Server,
    page: Page,
    text: String,
    args: Vec<String>,
    fits: bool,
}

impl Case {
    fn new(number: usize) -> Self {
        let mut numbers = Numbers(
            0x9e37_79b9_7f4a_7c15
                ^ (u64::try_from(number).expect("small") + 1).wrapping_mul(0x2545_f491_4f6c_dd1d),
        );
        let form = &FORMS[number % FORMS.len()];
        let server = if numbers.next(2) == 0 { Server::Right } else { WRONG[numbers.next(WRONG.len())] };
        let page = PAGES[numbers.next(PAGES.len())];
        let prefix = numbers.of(&[
            "kgt8ON7yVITDhtdwci0qe",
            "sM4AOVdWfPE4DxkXGEs8V",
            "HoagFKDcsGMVCIY2vOjf9",
            "LIKLckvwlJT9cWIhEQTwf",
        ]);
        let ticket = format!("{prefix}{}", numbers.text(LETTERS, 65));
        let nonce = match numbers.next(4) {
            0 => numbers.text("0123456789abcdef", 32),
            1 => format!("{}{}", numbers.text(LETTERS, 15), numbers.next(10)),
            2 => format!("{}{}", numbers.text("abcdefghijklmnopqrstuvwxyz0123456789", 11), numbers.next(10)),
            _ => format!("{}{}", numbers.text(LETTERS, 31), numbers.next(10)),
        };
        let timestamp = format!("17{:08}", numbers.next(100_000_000));
        let url = url(&mut numbers, server);
        let signed = sign(server, form, ticket, nonce, timestamp, url);
        let mut args = Vec::new();
        if !form.has_ticket {
            args.push(format!("--ticket={}", signed.ticket));
        }
        if !form.has_url {
            args.push(format!("--url={}", signed.url));
        }
        let mut text = (form.write)(&signed);
        if let Some(address) = address(page, &signed.url) {
            let is_recording = form.name.starts_with("har");
            if is_recording || numbers.next(2) == 0 {
                args.push(format!("--page-url={address}"));
            } else {
                text.push_str(&report(&address, numbers.next(2) == 0));
            }
        }
        let fits = server == Server::Right && matches!(page, Page::Unknown | Page::Same | Page::SameRoute);
        Self { form, server, page, text, args, fits }
    }
}

/// What the client says about it.
fn report(address: &str, is_list: bool) -> String {
    let url = if is_list { format!("[{address}, {address}]") } else { address.to_owned() };
    format!("\n{}\n", serde_json::json!({ "errMsg": "config:invalid signature", "realAuthUrl": url }))
}

fn url(numbers: &mut Numbers, server: Server) -> String {
    let scheme = numbers.of(&["https", "https", "http"]);
    let host = numbers.of(&["m.example.com", "h5.example.com", "wx.shop.example.cn"]);
    let path = numbers.of(&[
        "/",
        "/index.html",
        "/pages/order/detail.html",
        "/wx-api/share.php",
        "/h5/%E5%95%86%E5%93%81/list",
    ]);
    let id = numbers.next(100_000);
    let query = match numbers.next(6) {
        0 | 1 if server != Server::QueryDropped => String::new(),
        2 => format!("?id={id}&copy=1&notify=2"),
        3 => format!("?goods_id={id}&name=%E4%B8%AD%E6%96%87&t=1"),
        _ => format!("?id={id}&channel=wechat"),
    };
    let share = match (server, query.is_empty()) {
        (Server::ShareMissing, true) => "?from=singlemessage",
        (Server::ShareMissing, false) => "&from=singlemessage",
        _ => "",
    };
    let fragment = if server == Server::Fragment { "#/home" } else { "" };
    format!("{scheme}://{host}{path}{query}{share}{fragment}")
}

fn sign(
    server: Server,
    form: &Form,
    ticket: String,
    nonce: String,
    timestamp: String,
    url: String,
) -> Signed {
    let right = right_string(&ticket, &nonce, &timestamp, &url);
    let hashed = match server {
        Server::Right | Server::UpperCase => right.clone(),
        Server::Fragment => format!("{right}#/home"),
        Server::Encoded => format!("{}url={}", right.split("url=").next().unwrap_or_default(), encoded(&url)),
        Server::KeyCase => right.replace("&noncestr=", "&nonceStr="),
        Server::Milliseconds => right_string(&ticket, &nonce, &format!("{timestamp}000"), &url),
        Server::OtherTicket => right.replacen("ticket=", "ticket=x", 1),
        Server::QueryDropped => {
            right_string(&ticket, &nonce, &timestamp, url.split('?').next().unwrap_or_default())
        }
        Server::OtherNonce => right_string(&ticket, &format!("{nonce}x"), &timestamp, &url),
        Server::ShareMissing => right_string(
            &ticket,
            &nonce,
            &timestamp,
            url.split(['?', '&'])
                .filter(|part| !part.starts_with("from="))
                .fold(String::new(), |whole, part| {
                    let mark = if whole.is_empty() {
                        ""
                    } else if whole.contains('?') {
                        "&"
                    } else {
                        "?"
                    };
                    format!("{whole}{mark}{part}")
                })
                .as_str(),
        ),
    };
    let signature = sha1_hex(&hashed);
    let signature = if server == Server::UpperCase { signature.to_uppercase() } else { signature };
    // Where only a string1 is shown, it says what was hashed: a string that is right in itself but for other
    // values would rightly fit.
    let is_visible = matches!(server, Server::Fragment | Server::Encoded | Server::KeyCase)
        || (server == Server::Milliseconds && form.name.starts_with("print_r"));
    let string1 = if is_visible { hashed } else { right };
    Signed { ticket, nonce, timestamp, url, app_id: "wx0123456789abcdef".into(), signature, string1 }
}

fn address(page: Page, url: &str) -> Option<String> {
    let plain = url.split('#').next().unwrap_or_default();
    let mark = if plain.contains('?') { '&' } else { '?' };
    Some(match page {
        Page::Unknown => return None,
        Page::Same => plain.to_owned(),
        Page::SameRoute => format!("{plain}#/pages/index"),
        Page::Shared => format!("{plain}{mark}from=groupmessage&isappinstalled=0"),
        Page::Landing => format!("{}landing.html", plain.split('?').next().unwrap_or_default()),
        Page::Other => "https://other.example.org/page.html".into(),
    })
}

#[test]
fn every_form_of_evidence_is_judged() {
    let cases = amount("WECHECK_TEST_EVIDENCE", 162);
    let home = Home::new();
    let mut wrong: Vec<String> = Vec::new();
    let mut lies: Vec<String> = Vec::new();
    for number in 0..cases {
        let case = Case::new(number);
        let file = home.file(&format!("evidence-{number}.txt"), &case.text);
        let mut args: Vec<String> = ["--json", "verify", "--from"].map(str::to_owned).to_vec();
        args.push(file.display().to_string());
        args.extend(case.args.clone());
        let done = home.run(&args).done();
        let document: Value = serde_json::from_str(&done.stdout).unwrap_or_default();
        let verdict = document["verdict"].as_str().unwrap_or("none");
        let wanted = if case.fits { "fits" } else { "refused" };
        let tell = || {
            format!(
                "{number} {} {:?} {:?}: {verdict} {:?}\n{}\n",
                case.form.name, case.server, case.page, case.args, case.text
            )
        };
        if verdict == "fits" && !case.fits {
            lies.push(tell());
        }
        if verdict != wanted || done.code != i32::from(!case.fits) {
            wrong.push(tell());
        }
    }
    assert!(lies.is_empty(), "{} of {cases} say that it fits:\n{}", lies.len(), lies.join("\n"));
    let allowed = cases / 100;
    assert!(wrong.len() <= allowed, "{} of {cases} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// One row of `tests/data/evidence.jsonl`.
#[derive(serde::Deserialize)]
struct Row {
    id: String,
    #[serde(default)]
    args: Vec<String>,
    file: String,
    verdict: String,
    /// How many claims there are.
    claims: Option<usize>,
    /// Each is among the mistakes and warnings; a choice is written `a|b`.
    #[serde(default)]
    ids: Vec<String>,
    /// None of them does.
    #[serde(default)]
    none: Vec<String>,
}

#[test]
fn rows_of_evidence_have_their_answers() {
    let mut wrong: Vec<String> = Vec::new();
    for line in include_str!("../data/evidence.jsonl").lines() {
        let row: Row = serde_json::from_str(line).expect("a row");
        let home = Home::new();
        let file = home.file("evidence.txt", &row.file);
        let mut args: Vec<String> = ["--json", "verify", "--from"].map(str::to_owned).to_vec();
        args.push(file.display().to_string());
        args.extend(row.args.clone());
        let done = home.run(&args).done();
        let document: Value = serde_json::from_str(&done.stdout).unwrap_or_default();
        let ids = found_ids(&document);
        let exit = match row.verdict.as_str() {
            "fits" => 0,
            "refused" => 1,
            _ => 2,
        };
        let mut faults = Vec::new();
        if document["verdict"] != row.verdict.as_str() || done.code != exit {
            faults.push(format!("verdict {} exit {}, not {}", document["verdict"], done.code, row.verdict));
        }
        let claims = document["checks"].as_array().map_or(0, Vec::len);
        if row.claims.is_some_and(|wanted| wanted != claims) {
            faults.push(format!("{claims} claims"));
        }
        for wanted in &row.ids {
            if !wanted.split('|').any(|id| ids.iter().any(|found| found == id)) {
                faults.push(format!("no {wanted}"));
            }
        }
        for unwanted in row.none.iter().filter(|id| ids.contains(id)) {
            faults.push(format!("{unwanted} is claimed"));
        }
        if !faults.is_empty() {
            wrong.push(format!("{}: {} ({ids:?})", row.id, faults.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The ids of all mistakes and warnings, of every claim.
fn found_ids(document: &Value) -> Vec<String> {
    let mut ids = Vec::new();
    let checks = document["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
    for check in std::iter::once(document).chain(checks) {
        for list in ["mistakes", "warnings"] {
            for finding in check[list].as_array().map(Vec::as_slice).unwrap_or_default() {
                ids.extend(finding["id"].as_str().map(str::to_owned));
            }
        }
    }
    ids
}

/// Eight times as much text takes about eight times as long. (Each form in `--long`, some of them usually.)
#[test]
fn a_large_text_is_read_in_linear_time() {
    let home = Home::new();
    let mut slow = Vec::new();
    let step = if amount("WECHECK_TEST_EVIDENCE", 0) == 0 { 9 } else { 1 };
    for form in FORMS.iter().step_by(step) {
        let case =
            (0..2000).map(Case::new).find(|case| case.form.name == form.name && case.fits).expect("a case");
        let took = |size: usize| {
            let repeated = if form.name.starts_with("har") {
                format!("{}{}", case.text, " ".repeat(size.saturating_sub(case.text.len())))
            } else {
                format!("{}\n", case.text).repeat(size / case.text.len() + 1)
            };
            let file = home.file("large.txt", &repeated);
            let mut args: Vec<String> = ["--json", "verify", "--from"].map(str::to_owned).to_vec();
            args.push(file.display().to_string());
            args.extend(case.args.clone());
            let start = std::time::Instant::now();
            home.run(&args).done();
            start.elapsed()
        };
        let (small, large) = (took(32 << 10), took(256 << 10));
        // A square would take sixty-four times as long.
        if large > small * 24 + std::time::Duration::from_millis(1500) {
            slow.push(format!("{}: {small:?}, eight times as much {large:?}", form.name));
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

/// Many different signatures take as much longer as there are more of them.
#[test]
fn very_many_signatures_are_judged_in_linear_time() {
    let home = Home::new();
    let mut numbers = Numbers(11);
    let took = |count: usize, numbers: &mut Numbers| {
        let mut text = String::new();
        for at in 0..count {
            let (nonce, timestamp) = (numbers.text(LETTERS, 16), (1_700_000_000 + at).to_string());
            let url = format!("https://m.example.com/p/{at}?id={at}");
            let signature = sha1_hex(&right_string(TICKET, &nonce, &timestamp, &url));
            let _ = writeln!(
                text,
                r#"{{"jsapi_ticket":"{TICKET}","nonceStr":"{nonce}","timestamp":{timestamp},"url":"{url}","signature":"{signature}"}}"#
            );
        }
        let file = home.file("many.txt", &text);
        let start = std::time::Instant::now();
        let done = home.run(["--json", "verify", "--from"]).with([file.to_str().expect("a path")]).done();
        let took = start.elapsed();
        assert_eq!(done.json()["checks"].as_array().map(Vec::len), Some(count), "{}", done.stderr);
        took
    };
    let (few, many) = (took(500, &mut numbers), took(4000, &mut numbers));
    assert!(
        many < few * 24 + std::time::Duration::from_millis(1500),
        "{few:?}, eight times as many {many:?}"
    );
}

/// There is an end to what is read of a text; what is behind it was not judged, and is not said to fit.
#[test]
fn a_text_that_is_not_read_to_its_end_does_not_fit() {
    let (nonce, timestamp, url) = ("Wm3WZYTPz0wzccnW", "1700000000", "https://m.example.com/");
    let right = sha1_hex(&right_string(TICKET, nonce, timestamp, url));
    let entry = |signature: &str| {
        format!("{{\"nonceStr\":\"{nonce}\",\"timestamp\":{timestamp},\"signature\":\"{signature}\"}}\n")
    };
    let wrong = entry(&sha1_hex("something else"));
    let text = format!("jsapi_ticket: {TICKET}\nurl: {url}\n{}{wrong}", entry(&right).repeat(10_100));
    let home = Home::new();
    let file = home.file("long.txt", &text);
    let file = file.to_str().expect("a path");
    let done = home.run(["--json", "verify", "--from"]).with([file]).done();
    let document = done.json();
    assert_eq!((done.code, &document["verdict"]), (2, &Value::from("incomplete")), "{done}");
    let line = document["unread_from"].as_u64().expect("a line");
    assert!(line > 9000 && line < 10_100, "{line}");
    assert!(document["notes"][0].as_str().is_some_and(|note| note.contains(&line.to_string())), "{done}");
    let human = home.run(["--lang", "en", "verify", "--from"]).with([file]).done();
    assert!(human.stdout.starts_with("there are more signatures or values than are read"), "{human}");
}

/// `sign --emit html` makes a page that `verify` reads back.
#[test]
fn the_page_that_sign_makes_fits() {
    let home = Home::new();
    let ticket = &format!("--ticket={TICKET}");
    let url = "https://m.example.com/a?b=1&c=2";
    for emit in ["html", "js", "env", "payload"] {
        let page = home.run(["sign", url, ticket, "--app-id=wx0123456789abcdef", "--emit", emit]).done();
        assert_eq!(page.code, 0, "{emit}: {}", page.stderr);
        let file = home.file("page.txt", &page.stdout);
        let file = file.display().to_string();
        let done = wecheck(["verify", "--from", &file, ticket, "--url", url]).done();
        assert_eq!(done.code, 0, "{emit}: {}\n{}", done.stdout, page.stdout);
    }
}
