//! What is judged before the content counts: no answer, the status, the page, the head, the time.

use super::*;

/// Cause and fix in both languages, without a hole; the English cause is what comes back.
fn filled(finding: &Finding) -> String {
    for lang in [Lang::Zh, Lang::En] {
        for text in [finding.cause(lang), finding.fix(lang)] {
            let hole = text.split('{').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
            assert!(!hole, "{}: a hole is left in `{text}`", finding.fault.id);
        }
        assert_ne!(finding.cause(lang), finding.fix(lang), "{}", finding.fault.id);
    }
    assert!(!finding.cause(Lang::Zh).is_ascii() && !finding.fix(Lang::Zh).is_ascii());
    finding.cause(Lang::En)
}

#[test]
fn what_came_instead_of_an_answer_is_named_with_its_place() {
    for (trouble, unreached, id, said) in [
        (Trouble::Refused, true, "callback-refused", "port 8080 of 127.0.0.1"),
        (
            Trouble::Name("no such host".into()),
            true,
            "callback-host-unknown",
            "127.0.0.1 cannot be resolved: no such host",
        ),
        (
            Trouble::Unreachable("no route".into()),
            true,
            "callback-unreachable",
            "127.0.0.1:8080 failed: no route",
        ),
        (Trouble::Tls("expired".into()), true, "callback-tls", "with 127.0.0.1 failed: expired"),
        (Trouble::Closed, false, "callback-closed", "without a byte"),
        (Trouble::Timeout(5_001), false, "answer-timeout", "within 5001 ms"),
        (Trouble::NotHttp("SSH-2.0".into()), false, "answer-not-http", "starts with `SSH-2.0`"),
        (Trouble::NeverEnds("chunked".into()), false, "answer-never-ends", "announces chunked"),
        (Trouble::Cut("9 bytes".into(), 4), false, "answer-cut", "closed after 4 bytes"),
        (Trouble::TooLarge(1_024), false, "answer-too-large", "more than 1024 bytes"),
    ] {
        let finding = of_trouble(&trouble, PLACE, 5_000);
        let cause = filled(&finding);
        assert!(cause.contains(said), "{cause}");
        assert_eq!(finding.severity, Severity::Fail, "{trouble:?}");
        assert_eq!(trouble.is_unreachable(), unreached, "{trouble:?}");
        assert_eq!(finding.fault.id, id, "{trouble:?}");
    }
    let late = of_trouble(&Trouble::Timeout(5_001), PLACE, 5_000);
    assert!(late.cause(Lang::En).contains("after 5000 ms") && late.fix(Lang::En).contains("success"));
    assert!(late.cause(Lang::Zh).contains("微信到 5000 毫秒"));
}

#[test]
fn a_finding_counts_as_what_it_was_made() {
    let fault = &fault::ECHO_CHARSET;
    for (finding, severity) in [
        (Finding::fail(fault), Severity::Fail),
        (Finding::warn(fault), Severity::Warn),
        (Finding::info(fault), Severity::Info),
    ] {
        assert_eq!((finding.severity, finding.fault.id), (severity, "echo-charset"));
    }
}

#[test]
fn a_text_is_shown_by_its_first_sixty_characters() {
    for (text, shown) in [
        (String::new(), String::new()),
        (" short\r\n".to_owned(), "short".to_owned()),
        ("a".repeat(60), "a".repeat(60)),
        ("a".repeat(61), format!("{}…", "a".repeat(60))),
        ("汉".repeat(60), "汉".repeat(60)),
        ("汉".repeat(61), format!("{}…", "汉".repeat(60))),
    ] {
        assert_eq!(start_of(&text), shown, "{text}");
    }
}

#[test]
fn the_charset_of_the_head_is_read() {
    for (content_type, charset) in [
        ("text/plain", None),
        ("text/plain; charset=", None),
        ("text/plain; charset=\"\"", None),
        ("text/plain; charset=GBK", Some("gbk")),
        ("text/html;charset=\"gb2312\"; boundary=x", Some("gb2312")),
        ("text/html; Charset='UTF-8'", Some("utf-8")),
    ] {
        assert_eq!(answer(200, content_type, "").charset().as_deref(), charset, "{content_type}");
    }
    assert_eq!(Answer::default().charset(), None);
}

#[test]
fn a_content_type_that_is_not_text_or_another_charset_is_a_warning() {
    for (content_type, json_is_right, id) in [
        ("text/plain", false, None),
        ("text/xml; charset=utf-8", false, None),
        ("text/plain; charset=utf8", false, None),
        ("text/plain; charset=ISO-8859-1", false, None),
        ("text/plain; charset=latin1", false, None),
        ("text/plain; charset=us-ascii", false, None),
        ("text/plain; charset=ascii", false, None),
        ("text/plain; charset=gbk", false, Some("echo-charset")),
        ("text/plain; charset=utf-16", true, Some("echo-charset")),
        ("application/json", false, Some("echo-content-type")),
        ("application/json", true, None),
        ("application/problem+json", false, Some("echo-content-type")),
        ("text/javascript", true, Some("echo-content-type")),
        ("application/javascript", false, Some("echo-content-type")),
        ("application/octet-stream", true, Some("echo-content-type")),
        ("image/png", false, Some("echo-content-type")),
        ("multipart/form-data; boundary=x", false, Some("echo-content-type")),
    ] {
        let found = judge_content_type(&answer(200, content_type, ""), json_is_right);
        assert_eq!(found.as_ref().map(|finding| finding.fault.id), id, "{content_type}");
        if let Some(finding) = found {
            assert_eq!(finding.severity, Severity::Warn, "{content_type}");
            let named = content_type.split("charset=").last().and_then(|text| text.split(';').next());
            assert!(filled(&finding).contains(named.unwrap()), "{content_type}");
        }
    }
}

/// The head's finding: its id and its cause.
fn head(method: &'static str, answer: &Answer) -> Option<(&'static str, String)> {
    judge_head(method, PLACE, 5_000, answer).map(|finding| (finding.fault.id, filled(&finding)))
}

#[test]
fn a_status_is_named_with_the_call_and_the_beginning_of_the_body() {
    for (method, status, body, id, said) in [
        ("GET", 400, "The plain HTTP request was sent to HTTPS port", "answer-https-port", "port 8080"),
        ("GET", 400, "bad", "answer-bad-request", "did, the answer starts with `bad`"),
        ("GET", 422, "", "answer-bad-request", "the signature check did"),
        ("POST", 401, "", "answer-login", ""),
        ("POST", 403, "no", "answer-forbidden", "refused the request, the answer starts with `no`"),
        ("POST", 403, "CSRF token missing", "answer-csrf", ""),
        ("POST", 419, "", "answer-csrf", ""),
        ("POST", 404, "csrf", "answer-not-found", "/wx"),
        ("POST", 410, "", "answer-not-found", "/wx"),
        ("POST", 405, "", "answer-method-not-allowed", "POST"),
        ("POST", 415, "", "answer-media-type", "a text/xml body in the POST"),
        ("GET", 415, "", "answer-media-type", "a text body in the GET"),
        ("POST", 429, "", "answer-rate-limited", "429"),
        ("POST", 499, "", "answer-client-closed", "499"),
        (
            "POST",
            500,
            "boom",
            "answer-server-error",
            "the POST raised an exception, the answer starts with `boom`",
        ),
        ("POST", 500, "https port", "answer-server-error", "starts with `https port`"),
        ("POST", 502, "", "answer-gateway", "502"),
        ("POST", 503, "", "answer-gateway", "503"),
        ("POST", 504, "", "answer-gateway-timeout", "504"),
        (
            "POST",
            505,
            "",
            "answer-server-error",
            "status 505: the code that handles the POST raised an exception",
        ),
        ("POST", 204, "", "answer-status", "204"),
        ("POST", 302, "", "answer-redirect", "302"),
        ("POST", 399, "", "answer-redirect", "399"),
    ] {
        let (found, cause) = head(method, &answer(status, "text/plain", body)).unwrap();
        assert_eq!(found, id, "{method} {status} {body}");
        assert!(cause.contains(said), "{cause}");
        assert!(!body.is_empty() || !cause.contains("starts with"), "{cause}");
    }
    assert_eq!(fault::of_status(307).id, "answer-redirect");
    for body in ["", "success", "the https port is 443"] {
        assert_eq!(head("GET", &answer(200, "text/plain", body)), None, "{body}");
    }
}

#[test]
fn a_page_counts_more_than_its_status_except_a_missing_one() {
    let page = |status: u16, inside: &str| {
        let body = format!("<html><head><title>Ab c</title></head><body>{inside}</body></html>");
        head("POST", &answer(status, "text/html", body)).unwrap()
    };
    for (status, inside, id) in [
        (200, "CSRF verification failed.", "answer-csrf"),
        (500, "CSRF verification failed.", "answer-csrf"),
        (200, "please log in", "answer-login"),
        (403, "please log in", "answer-login"),
        (404, "please log in", "answer-not-found"),
        (200, "ngrok", "answer-tunnel"),
        (404, "ngrok", "answer-tunnel"),
        (502, "natapp", "answer-tunnel"),
        (200, "Fatal error", "answer-error-page"),
        (500, "Fatal error", "answer-server-error"),
        (200, "<div id=\"root\"></div><script src=a></script>", "answer-spa"),
        (404, "<div id=\"root\"></div><script src=a></script>", "answer-not-found"),
        (200, "hello", "answer-html"),
        (403, "hello", "answer-forbidden"),
    ] {
        let (found, cause) = page(status, inside);
        assert_eq!(found, id, "{status} {inside}");
        let names_the_page = ["answer-tunnel", "answer-spa", "answer-error-page", "answer-html"];
        assert_eq!(cause.contains(" (title `Ab c`)"), names_the_page.contains(&id), "{cause}");
    }
    let bare = head("POST", &answer(200, "text/html", "<html><body>hello</body></html>")).unwrap();
    assert!(!bare.1.contains("title"), "{}", bare.1);
    let finding =
        judge_head("POST", PLACE, 1, &answer(200, "text/html", "<html><title>你好</title>")).unwrap();
    assert!(finding.cause(Lang::Zh).contains("网页“你好”，"), "{}", finding.cause(Lang::Zh));
}

#[test]
fn a_page_is_recognized_by_its_start_its_tags_and_its_words() {
    use page::Page::{Csrf, Error, Login, Other, Spa, Tunnel};
    for (content_type, body, expected) in [
        ("text/plain", "<!DOCTYPE HTML><p>x</p>", Some(Other)),
        ("text/plain", "\u{feff} \t\r\n<html>x</html>", Some(Other)),
        ("text/plain", "<body>x</body>", None),
        ("text/html", "<body>x</body>", Some(Other)),
        ("text/html; charset=utf-8", "x<br />", Some(Other)),
        ("text/html", "plain words", None),
        ("application/xml", "<xml><a/></xml>", None),
        ("text/html", "<html>csrf</html>", Some(Other)),
        ("text/html", "<html><title>Page Expired</title></html>", Some(Csrf)),
        ("text/html", "<html><title>CSRF</title></html>", Some(Csrf)),
        ("text/html", "<html><title>花生壳</title></html>", Some(Tunnel)),
        ("text/html", "<html><title>统一认证</title></html>", Some(Login)),
        ("text/html", "<html><input type=\"password\"></html>", Some(Login)),
        ("text/html", "<html><title>系统异常</title></html>", Some(Error)),
        ("text/html", "<html><pre>Traceback (most recent call last)</pre></html>", Some(Error)),
        ("text/html", "<html><div id=app></div><script></script></html>", Some(Spa)),
        ("text/html", "<html><div id=app></div></html>", Some(Other)),
        ("text/html", "<html><script></script></html>", Some(Other)),
        // Words of a body do not count as a title.
        ("text/html", "<html><title>a</title>login error</html>", Some(Other)),
    ] {
        let found = page::of(&answer(200, content_type, body), body).map(|(page, _)| page);
        assert_eq!(found, expected, "{content_type} {body}");
    }
    for (status, body, found) in [
        (403, "CSRF check failed", Some(Csrf)),
        (419, "csrf", Some(Csrf)),
        (403, "no", None),
        (200, "csrf", None),
        (500, "csrf", None),
    ] {
        let answer = answer(status, "application/json", body);
        assert_eq!(page::of(&answer, body).map(|(page, _)| page), found, "{status} {body}");
    }
}

#[test]
fn the_title_of_a_page_is_between_its_tags() {
    for (body, title) in [
        ("<html><title> Ab </title></html>", "Ab"),
        ("<html>İİ<TITLE>Ab</TITLE></html>", "Ab"),
        ("<html><title lang=\"en\">x</title></html>", "x"),
        ("<html></html>", ""),
        ("<html><title>open", ""),
        ("<html></title><title>turned", ""),
        ("<html></title>closed", ""),
    ] {
        let found = page::of(&answer(200, "text/html", body), body).map(|(_, title)| title);
        assert_eq!(found.as_deref(), Some(title), "{body}");
    }
    let long = format!("<html><title>{}</title>", "t".repeat(61));
    assert_eq!(page::of(&answer(200, "text/html", &long), &long).unwrap().1, "t".repeat(60));
}

fn redirected(place: Place, status: u16, location: &str) -> Option<(&'static str, String)> {
    let mut answer = answer(status, "text/html", "");
    answer.headers.push(("location".into(), location.into()));
    judge_redirect(place, &answer).map(|finding| (finding.fault.id, filled(&finding)))
}

#[test]
fn a_redirect_is_judged_by_where_it_leads() {
    let of = |location: &str| redirected(PLACE, 302, location).unwrap();
    for (location, id) in [
        ("", "answer-redirect"),
        ("/wx/", "answer-redirect-slash"),
        ("/WX/?a=1#b", "answer-redirect-slash"),
        ("https://127.0.0.1/wx/", "answer-redirect-slash"),
        ("https://127.0.0.1", "answer-redirect-https"),
        ("https://127.0.0.1/wx", "answer-redirect-https"),
        ("http://127.0.0.1/wx", "answer-redirect"),
        ("/wx", "answer-redirect"),
        ("/SignIn", "answer-redirect-login"),
        ("https://sso.a.cn/", "answer-redirect-login"),
    ] {
        let (found, cause) = of(location);
        assert_eq!(found, id, "{location}");
        let shown = if location.is_empty() { String::new() } else { format!(" to `{location}`") };
        let login = if found.ends_with("login") { " to a login" } else { "" };
        assert!(
            cause.contains("the server answers 302") && cause.contains(&format!("{login}{shown}")),
            "{cause}"
        );
    }
    assert!(!of("").1.contains('`'));
    let secure = Place { scheme: "https", ..PLACE };
    assert_eq!(redirected(secure, 301, "https://127.0.0.1/a").unwrap().0, "answer-redirect");
    // A path of the receiver's own may have the word.
    let own = Place { path: "/auth/wx", ..PLACE };
    assert_eq!(redirected(own, 301, "/auth/wx/").unwrap().0, "answer-redirect-slash");
    assert_eq!(redirected(PLACE, 200, "/login"), None);
    assert_eq!(redirected(PLACE, 400, "/login"), None);
}

#[test]
fn a_compressed_body_is_refused_and_identity_is_not_compressed() {
    for (encoding, id) in [("gzip", Some("answer-compressed")), ("identity", None)] {
        let mut answer = answer(200, "text/plain", "success");
        answer.headers.push(("content-encoding".into(), encoding.into()));
        assert_eq!(head("POST", &answer).map(|(id, _)| id), id, "{encoding}");
    }
}

#[test]
fn an_answer_at_the_limit_is_in_time() {
    let after = |elapsed_ms: u64| judge_time(&Answer { elapsed_ms, ..Answer::default() }, 5_000);
    assert_eq!(after(4_999), None);
    assert_eq!(after(5_000), None);
    let cause = filled(&after(5_001).unwrap());
    assert!(cause.contains("took 5001 ms; WeChat waits 5000 ms"), "{cause}");
}
