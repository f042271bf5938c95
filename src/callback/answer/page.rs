//! Which kind of web page an answer is, if it is one.
//!
//! In: an answer. Out: the kind and the title: a login, a single-page app, a tunnel's own page, an
//! error page.

use super::Answer;

/// A kind of page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Csrf,
    Login,
    Tunnel,
    Spa,
    Error,
    Other,
}

const TUNNELS: &[&str] = &[
    "ngrok",
    "natapp",
    "cpolar",
    "loca.lt",
    "localtunnel",
    "trycloudflare",
    "cloudflare tunnel",
    "花生壳",
    "frps",
    "utools",
    "sunny-ngrok",
    "nat123",
];
const LOGINS: &[&str] = &[
    "type=\"password\"",
    "type='password'",
    "type=password",
    "name=\"password\"",
    "请登录",
    "用户登录",
    "please log in",
    "please sign in",
];
const ERRORS: &[&str] = &[
    "whitelabel error page",
    "traceback (most recent call last)",
    "werkzeug",
    "stack trace",
    "stacktrace",
    "fatal error",
    "uncaught ",
    "unhandled exception",
    "server error",
    "系统发生错误",
    "http status 500",
    "an error occurred",
];
const APPS: &[&str] = &[
    "id=\"app\"",
    "id='app'",
    "id=app",
    "id=\"root\"",
    "id='root'",
    "id=root",
    "id=\"__next\"",
    "id=\"__nuxt\"",
    "<app-root",
];

/// The kind of page and its title; `None` for anything that is not HTML.
pub(super) fn of(answer: &Answer, text: &str) -> Option<(Page, String)> {
    let lower = text.to_lowercase();
    let start = lower.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let says_html = answer.media_type() == "text/html";
    let is_html = start.starts_with("<!doctype html")
        || start.starts_with("<html")
        || (says_html
            && ["<html", "<body", "<head", "<div", "<h1", "<p>", "<title", "<pre", "<br"]
                .iter()
                .any(|tag| lower.contains(tag)));
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if !is_html {
        // A framework's text of a CSRF refusal comes without tags, too.
        return (answer.status == 403 || answer.status == 419)
            .then(|| lower.contains("csrf"))
            .filter(|found| *found)
            .map(|_| (Page::Csrf, String::new()));
    }
    // The same length, so that places fit: the title is shown as it is written.
    let same_length = text.to_ascii_lowercase();
    let title: String = match (same_length.find("<title"), same_length.find("</title>")) {
        (Some(from), Some(to)) => {
            // Nothing, if the end comes first.
            let inside = text.get(from..to).unwrap_or_default();
            inside.split_once('>').map_or("", |(_, title)| title).trim().chars().take(60).collect()
        }
        _ => String::new(),
    };
    let lower_title = title.to_lowercase();
    let titled = |words: &[&str]| words.iter().any(|word| lower_title.contains(word));
    let page = if lower.contains("csrf verification failed") || titled(&["page expired", "csrf"]) {
        Page::Csrf
    } else if has(TUNNELS) {
        Page::Tunnel
    } else if has(LOGINS) || titled(&["login", "log in", "sign in", "登录", "登陆", "统一认证"]) {
        Page::Login
    } else if has(ERRORS) || titled(&["error", "exception", "错误", "异常"]) {
        Page::Error
    } else if has(APPS) && lower.contains("<script") {
        Page::Spa
    } else {
        Page::Other
    };
    Some((page, title))
}
