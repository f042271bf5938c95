//! Requests out of logs: their values, bodies, answers and lines.

use super::*;

fn all(request: &Request) -> [Option<&str>; 5] {
    [
        request.msg_signature.as_deref(),
        request.timestamp.as_deref(),
        request.nonce.as_deref(),
        request.echostr.as_deref(),
        request.body.as_deref(),
    ]
}

#[test]
fn the_forms_that_logs_have() {
    let query = "msg_signature=ab&timestamp=1&nonce=2&echostr=x%2By%3D%3D";
    for text in [
        format!("GET /cb?{query} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("https://a.example/cb?{query}#f"),
        format!("1.2.3.4 - - [01/Jan/2026:00:00:00 +0800] \"GET /cb?{query} HTTP/1.1\" 200 5 \"-\" \"UA\""),
        query.to_owned(),
        format!("?{query}"),
        format!("{{\"url\":\"/cb?{}\"}}", query.replace('&', "\\u0026")),
        format!("some line before\nurl=/cb?{}", query.replace('&', "&amp;")),
        format!("curl 'https://a.example/cb?{query}'"),
    ] {
        let request = read(&text).unwrap();
        assert_eq!(all(&request), [Some("ab"), Some("1"), Some("2"), Some("x+y=="), None], "{text}");
    }
}

#[test]
fn a_body_follows_an_empty_line_or_starts_as_one() {
    let line = "POST /cb?msg_signature=ab&timestamp=1&nonce=2 HTTP/1.1";
    let body = "<xml>\n\n<Encrypt>e</Encrypt></xml>";
    for text in [
        format!("{line}\r\nHost: a\r\nContent-Type: text/xml\r\n\r\n{body}"),
        format!("{line}\n{body}\n[info] handled in 3 ms\n"),
        format!("{line}\n\n\n  {body}\n"),
    ] {
        assert_eq!(read(&text).unwrap().body.as_deref(), Some(body), "{text}");
    }
    for text in [
        format!("{line}\n2026-01-01 00:00:00 INFO body: {body}\n2026-01-01 00:00:00 INFO done\n"),
        format!("curl 'https://a.example/cb?msg_signature=ab&timestamp=1&nonce=2' -d '{body}'"),
        format!("{line}\r\nTransfer-Encoding: chunked\r\n\r\n22\r\n{body}\r\n0\r\n\r\n"),
        format!(
            "{{\"url\":\"/cb?msg_signature=ab&timestamp=1&nonce=2\",\"body\":\"{}\"}}",
            body.replace('\n', "\\n")
        ),
    ] {
        assert_eq!(read(&text).unwrap().body.as_deref(), Some(body), "{text}");
    }
    let json = read(&format!("{line}\nHost: a\n\n{{\"encrypt\":\"e\"}}\nnext line")).unwrap();
    assert_eq!(json.body.as_deref(), Some("{\"encrypt\":\"e\"}"));
    let with_answer = format!("{line}\nHost: a\n\n{{\"encrypt\":\"e\"}}\n\nHTTP/1.1 200 OK\n\n{{\"a\":1}}");
    let with_answer = read(&with_answer).unwrap();
    assert_eq!(with_answer.body.as_deref(), Some("{\"encrypt\":\"e\"}"));
    assert_eq!(with_answer.answer.and_then(|answer| answer.status), Some(200));
    assert_eq!(read(&format!("{line}\nHost: a")).unwrap().body, None);
    assert_eq!(read(&format!("{line}\nHost: a\n\nplain")).unwrap().body.as_deref(), Some("plain"));
}

#[test]
fn a_plus_stays_and_escapes_are_undone_once() {
    let request = read("/cb?signature=s&timestamp=1&nonce=%2541&echostr=a+b%zz%4").unwrap();
    assert_eq!(request.nonce.as_deref(), Some("%41"));
    assert_eq!(request.echostr.as_deref(), Some("a+b%zz%4"));
    assert_eq!(read("/?signature=%ff&nonce=1"), Err(RequestError::NotUtf8("signature")));
}

#[test]
fn no_request_is_said() {
    for text in ["", "hello", "GET / HTTP/1.1\n\n<xml/>", "timestamp=1", "signature"] {
        assert_eq!(read(text), Err(RequestError::NoQuery), "{text}");
    }
}

const QUERY: &str = "signature=ab&timestamp=1&nonce=2";

/// The status, the size and the body of the answer that a text has.
fn answered(text: &str) -> Option<(Option<u16>, Option<u64>, Option<String>)> {
    let answer = read(text).unwrap().answer?;
    Some((answer.status, answer.bytes, answer.body.map(|body| body.text)))
}

#[test]
fn the_answer_is_found_on_the_line_behind_it_or_on_a_later_line_of_the_same_request() {
    let line = format!("1.2.3.4 \"GET /cb?{QUERY} HTTP/1.1\"");
    let no = || Some("no".to_owned());
    for (text, expected) in [
        (format!("{line} 403 2"), Some((Some(403), Some(2), None))),
        (format!("/cb?{QUERY} came\nx\n{line} 404 9"), Some((Some(404), Some(9), None))),
        (format!("{line} 403 2\nresponse body: no"), Some((Some(403), Some(2), no()))),
        (format!("{line} 403 2\nHTTP/1.1 403 Forbidden\n\nno\n"), Some((Some(403), Some(2), no()))),
        // Another status is another request's answer.
        (format!("{line} 403 2\nHTTP/1.1 200 OK\n\nno\n"), Some((Some(403), Some(2), None))),
        (format!("/cb?{QUERY}\nGET /cb?signature=cd&timestamp=1&nonce=2 HTTP/1.1\" 404 9"), None),
    ] {
        assert_eq!(answered(&text), expected, "{text}");
    }
    let recorded = "HTTP/1.1 302 Found\nContent-Type: text/html\nLocation: /in\n\nx\n";
    let answer = read(&format!("{line} 302 0\n{recorded}")).unwrap().answer.unwrap();
    assert_eq!(answer.content_type.as_deref(), Some("text/html"));
    assert_eq!(answer.location.as_deref(), Some("/in"));
}

#[test]
fn the_path_is_what_is_before_the_query() {
    for (text, path) in [
        (format!("GET /cb/wx?{QUERY} HTTP/1.1"), Some("/cb/wx")),
        (format!("https://a.cn:8080/cb?{QUERY}"), Some("/cb")),
        (format!("https://a.cn?{QUERY}"), Some("/")),
        (format!("url=\"/cb?{QUERY}\""), Some("/cb")),
        (format!("<a href='/cb?{QUERY}'>"), Some("/cb")),
        (format!("uri=/cb?{QUERY}"), Some("/cb")),
        (format!("?{QUERY}"), None),
        (QUERY.to_owned(), None),
        (format!("cb?{QUERY}"), None),
    ] {
        assert_eq!(read(&text).unwrap().path.as_deref(), path, "{text}");
    }
}

#[test]
fn a_space_in_a_target_was_a_plus() {
    for (text, echostr) in [
        (format!("GET /cb?{QUERY}&echostr=a b HTTP/1.1"), "a b"),
        (format!("what? POST /cb?{QUERY}&echostr=a b HTTP/1.1"), "a b"),
        (format!("GET of POST /cb?{QUERY}&echostr=a b HTTP/1.1"), "a b"),
        (format!("/cb?{QUERY}&echostr=a b"), "a"),
    ] {
        assert_eq!(read(&text).unwrap().echostr.as_deref(), Some(echostr), "{text}");
    }
}

#[test]
fn every_value_of_the_query_is_read_and_the_first_counts() {
    let text = format!("/cb?{QUERY}&openid=o&encrypt_type=aes&msg_signature=ef&nonce=3");
    let request = read(&text).unwrap();
    assert_eq!(request.encrypt_type.as_deref(), Some("aes"));
    assert_eq!(all(&request), [Some("ef"), Some("1"), Some("2"), None, None]);
    assert_eq!(request.signature.as_deref(), Some("ab"));
}

#[test]
fn a_body_ends_where_the_answer_begins() {
    let own = "{\"encrypt\":\"e\"}";
    for answer in ["HTTP/1.1 200 OK", "< HTTP/1.1 200 OK", "response body: {\"b\":1}"] {
        let text = format!("POST /cb?{QUERY} HTTP/1.1\n\n{own}\n\n{answer}\n\n{{\"a\":1}}");
        assert_eq!(read(&text).unwrap().body.as_deref(), Some(own), "{text}");
    }
}

#[test]
fn the_entries_of_a_list_are_requests_of_their_own() {
    let entry = |signature: &str, status: u16| {
        let url = format!("https://a.cn/cb?signature={signature}&timestamp=1&nonce=2");
        format!("{{\"request\":{{\"url\":\"{url}\"}},\"response\":{{\"status\":{status}}}}}")
    };
    let list = format!("[\n{},\n{{}},\n{},\n{}\n]", entry("ab", 403), entry("ab", 200), entry("cd", 404));
    let found = read_all(&list).unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|one| {
            let status = one.request.answer.as_ref()?.status?;
            Some((one.line, one.request.signature.as_deref()?, status))
        })
        .collect();
    assert_eq!(found, [Some((2, "ab", 403)), Some((5, "cd", 404))]);
}

#[test]
fn requests_that_are_signed_count_before_those_that_are_not() {
    let text = format!("timestamp=9&nonce=9\nGET /cb?{QUERY} HTTP/1.1\n");
    let found = read_all(&text).unwrap();
    assert_eq!((found.len(), found[0].line, found[0].request.nonce.as_deref()), (1, 2, Some("2")));
    assert_eq!(read("/cb?timestamp=9&nonce=9").unwrap().nonce.as_deref(), Some("9"));
}

#[test]
fn a_repeated_line_is_another_request_only_if_both_report_an_answer() {
    let came = format!("/cb?{QUERY} came\n");
    let answered = format!("1.2.3.4 \"GET /cb?{QUERY} HTTP/1.1\" 404 9\n");
    let broken = "/cb?signature=%ff&nonce=1\n".to_owned();
    for (lines, expected) in [
        (vec![&came, &came], 1),
        (vec![&came, &answered], 1),
        (vec![&answered, &came], 1),
        (vec![&answered, &answered], 2),
        (vec![&came, &answered, &answered], 2),
        // What cannot be decoded is left out behind one that can.
        (vec![&came, &broken], 1),
    ] {
        let text: String = lines.into_iter().map(String::as_str).collect();
        let found = read_all(&text).unwrap();
        assert_eq!(found.len(), expected, "{text}");
        let all_answered = found.iter().all(|one| one.request.answer.is_some());
        assert_eq!(all_answered, text.contains("404"), "{text}");
    }
}

#[test]
fn a_document_of_one_request_has_its_answer_and_a_body_of_json_may_hold_xml() {
    let one = format!("{{\n\"url\": \"/cb?{QUERY}\",\n\"DownstreamStatus\": 404\n}}\n");
    assert_eq!(answered(&one), Some((Some(404), None, None)));
    let json = "{\"encrypt\":\"e\",\"text\":\"<xml>a</xml>\"}";
    let text = format!("POST /cb?{QUERY} HTTP/1.1\n\n{json}\n");
    assert_eq!(read(&text).unwrap().body.as_deref(), Some(json));
}

#[test]
fn an_address_with_a_space_in_its_echostr_is_read_up_to_its_end() {
    let lost = format!("{} {}=", "A".repeat(11), "A".repeat(31));
    for end in ["", " tail", "' tail", "#f", "\" \"x\"", "<br>"] {
        let text = format!("x /cb?signature=ab&timestamp=1&echostr={lost}&nonce=2{end}");
        let request = read(&text).unwrap();
        assert_eq!(
            (request.echostr.as_deref(), request.nonce.as_deref()),
            (Some(&*lost), Some("2")),
            "{text}"
        );
    }
    let last = read(&format!("x /cb?{QUERY}&echostr={lost} tail")).unwrap();
    assert_eq!(last.echostr.as_ref(), Some(&lost));
    // Whole without what is behind the space.
    let whole = lost.replace(' ', "A");
    let text = format!("x /cb?{QUERY}&echostr={whole} AAAA");
    assert_eq!(read(&text).unwrap().echostr.as_ref(), Some(&whole));
}
