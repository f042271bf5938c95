//! What goes wrong while a page is open: requests that fail, what a policy blocks, errors in the console.
//!
//! In: the browser's reports. Out: findings of the visit.

use serde_json::Value;

use super::{Finding, Pending, Visit};
use crate::lang::cause;
use crate::say;

impl Visit<'_> {
    pub(super) fn status(&mut self, kind: &str, url: &str, status: u16) {
        if status < 400 {
            return;
        }
        let lang = self.request.lang;
        let detail = say!(lang, "`{url}` 回了 {status}", "`{url}` answered {status}");
        match kind {
            "Script" => self.find("page-script-missing", &detail),
            "Document" => self.find("page-error-status", &detail),
            _ => {}
        }
    }

    pub(super) fn failed(&mut self, id: &str, params: &Value) {
        let Some(pending) = self.pending.remove(id) else { return };
        let lang = self.request.lang;
        let why = params["errorText"].as_str().unwrap_or_default();
        let url = &pending.url;
        if params["canceled"] == true && params["blockedReason"].is_null() {
            return;
        }
        match (params["blockedReason"].as_str(), pending.kind.as_str()) {
            (Some("csp"), "Script") => {
                let url = format!("`{url}`");
                self.find("page-script-blocked", &url);
            }
            (Some("csp"), "XHR" | "Fetch") => {
                self.blocked_by_csp(&pending);
            }
            (Some("mixed-content"), "Script" | "XHR" | "Fetch") => {
                let url = format!("`{url}`");
                self.find("page-mixed-content", &url);
            }
            (Some(_), _) => {}
            (None, "Script") => {
                let why = cause(why).into_one(lang);
                let detail = say!(lang, "`{url}` 没有加载成功：{why}", "`{url}` was not loaded: {why}");
                self.find("page-script-missing", &detail);
            }
            (None, _) => {
                if let Some((request, finding)) = pending.unanswered(why, lang) {
                    self.report.requests.push(request);
                    self.add(finding);
                }
            }
        }
    }

    pub(super) fn blocked_by_csp(&mut self, pending: &Pending) {
        let lang = self.request.lang;
        let why = say!(lang, "页面的 CSP（connect-src）拦下了它", "the page's CSP (connect-src) blocked it");
        if let Some((request, finding)) = pending.unanswered(&why, lang)
            && !self.report.errors.contains(&finding)
        {
            self.report.requests.push(request);
            self.add(finding);
        }
    }

    /// An error in the console; one that was thrown, what comes after it did not run.
    pub(super) fn complained(&mut self, text: &str, is_thrown: bool) {
        let lower = text.to_ascii_lowercase();
        if lower.contains("weixinjsbridge")
            && (lower.contains("not defined")
                || lower.contains("undefined")
                || lower.contains("find variable"))
        {
            self.find("page-bridge-not-awaited", text);
            return;
        }
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let names = ["wx", "jWeixin", "ww", "weixin", "WeixinJSBridge", "agentConfig", "jssdk"];
        // `undefined (reading 'config')`: what was imported is not the library.
        let parts =
            ["config", "ready", "register", "checkJsApi", "ensureConfigReady", "updateAppMessageShareData"];
        let of_nothing =
            (lower.contains("undefined") || lower.contains("null") || lower.contains("not a function"))
                && words.iter().any(|word| parts.contains(word));
        let is_named = words.iter().any(|word| names.contains(word)) || lower.contains("sdk error");
        if of_nothing && !is_named {
            self.doubtful.push(text.to_owned());
        }
        if is_named {
            let mut finding = Finding::new("page-console-error", text, self.request.lang);
            // `wx.agentConfig is not a function`: what the page wants of the client never reaches it.
            finding.refuses =
                is_thrown && ["TypeError", "ReferenceError"].iter().any(|kind| text.contains(kind));
            self.add(finding);
        }
    }

    pub(super) fn logged(&mut self, entry: &Value) {
        let text = entry["text"].as_str().unwrap_or_default();
        if text.contains("Content Security Policy")
            && ["Refused to connect", "Connecting to"].iter().any(|start| text.starts_with(start))
            && let Some(url) = text.split('\'').nth(1)
        {
            // The browser reports no request for it.
            let pending = Pending { url: url.to_owned(), kind: "Fetch".to_owned(), ..Pending::default() };
            self.blocked_by_csp(&pending);
            return;
        }
        if text.contains("Content Security Policy") && text.contains("script-src") {
            let quoted = text.split('\'').nth(1).filter(|part| part.contains("://"));
            let inline = self.request.lang.pick("页面里的内联脚本", "an inline script");
            let detail = quoted.map_or_else(|| inline.to_owned(), |part| format!("`{part}`"));
            self.find("page-script-blocked", &detail);
        }
    }
}
