//! The verification file as the console would fetch it.
//!
//! In: the file's name and folder. Out: the finding `verification-file`: under http and https,
//! without following redirects, within the second that is allowed, and with a random sibling that
//! shows a server which answers any name.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::{BROWSER, Finding, Run, host, milliseconds, shortened};
use crate::domain::{Status, VerifyFile};
use crate::say;

/// A verification file's body is read up to here, in bytes.
const FILE_LIMIT: usize = 4 * 1024;

/// WeChat's own limit for answering the verification file.
const FILE_TIME: Duration = Duration::from_secs(1);

impl Run<'_> {
    pub(super) fn verification_file(&mut self) {
        const ID: &str = "verification-file";
        let lang = self.lang;
        let Some((file, folder)) = self.options.verify_file.clone() else {
            return;
        };
        let mut origins = vec![self.target.clone()];
        if self.target.port().is_none() {
            let mut other = self.target.clone();
            let (scheme, port) = if self.target.scheme() == "https" { ("http", 80) } else { ("https", 443) };
            if !self.dialer.is_redirected(host(&other), port) && other.set_scheme(scheme).is_ok() {
                origins.push(other);
            }
        }
        let mut characters = [0; 16];
        // A sibling that is not random is still one that the server does not know.
        let _ = getrandom::fill(&mut characters);
        let sibling = file.sibling(&characters);
        let mut schemes = serde_json::Map::new();
        let mut right: Vec<String> = Vec::new();
        let mut faults: BTreeMap<String, String> = BTreeMap::new();
        let mut any_name = false;
        let address = |origin: &Url, name: &str| {
            let mut url = origin.clone();
            url.set_query(None);
            url.set_path(&format!("{folder}{name}"));
            url
        };
        for origin in &origins {
            let url = address(origin, file.name());
            (self.progress)(&say!(lang, "读取 {url}", "reading {url}"));
            let fault = self.file_fault(&url, &file);
            schemes
                .insert(origin.scheme().to_owned(), fault.clone().map_or(Value::Bool(true), Value::String));
            match fault {
                None => right.push(origin.scheme().to_owned()),
                Some(fault) => {
                    faults.insert(origin.scheme().to_owned(), fault);
                }
            }
        }
        // Which scheme serves the file is where a sibling is asked for.
        let asked = origins
            .iter()
            .find(|origin| right.iter().any(|scheme| scheme == origin.scheme()))
            .unwrap_or(&origins[0]);
        if let Ok((response, ..)) =
            self.get(&address(asked, sibling.name()), BROWSER, FILE_LIMIT, self.file_limit())
        {
            any_name = response.status == 200;
        }
        let command = self.curl("-sS -i --max-time 1", address(asked, file.name()).as_str());
        let wrong = faults
            .iter()
            .map(|(scheme, fault)| format!("{scheme}: {fault}"))
            .collect::<Vec<_>>()
            .join(lang.pick("；", "; "));
        let content = file.content();
        let elsewhere = lang.pick(
            "腾讯从自己的网络来取，这里取得到不等于那边取得到",
            "Tencent fetches from its own network: what is reachable from here need not be from there",
        );
        let finding = if right.is_empty() {
            let router = if any_name {
                lang.pick("；随便一个文件名也返回 200，多半是前端路由接管了所有路径", "; any other name is answered with 200 too, so most likely the app's router takes every path")
            } else {
                ""
            };
            let finding = Finding::new(ID, Status::Fail, say!(lang, "{wrong}{router}", "{wrong}{router}"));
            let name = file.name();
            finding.fix(say!(
                lang,
                "让 `{folder}{name}` 以 200 返回 `{content}`，不跳转、不加换行；生成文件：wecheck domain-check --verify-file {name} --write 目录",
                "let `{folder}{name}` answer 200 with `{content}`, no redirect, no line break; to make the file: wecheck domain-check --verify-file {name} --write DIR"
            ))
        } else if any_name {
            Finding::new(
                ID,
                Status::Warn,
                say!(
                    lang,
                    "文件内容正确，但随便一个文件名也返回 200；{elsewhere}",
                    "the file is right, but any other name is answered with 200 too; {elsewhere}"
                ),
            )
        } else if faults.is_empty() {
            Finding::new(
                ID,
                Status::Pass,
                say!(lang, "文件正确；{elsewhere}", "the file is right; {elsewhere}"),
            )
        } else {
            let right = right.join(", ");
            Finding::new(
                ID,
                Status::Warn,
                say!(
                    lang,
                    "{right} 上正确，另一个不行（{wrong}）；{elsewhere}",
                    "right over {right}, not over the other ({wrong}); {elsewhere}"
                ),
            )
        };
        let finding = finding
            .measured(json!({ "schemes": schemes, "any_name_is_answered": any_name, "folder": folder }));
        self.findings.push(finding.curl(command));
    }

    /// A file may take longer than WeChat waits, so that "too slow" differs from "away".
    pub(super) fn file_limit(&self) -> Duration {
        self.limit().min(FILE_TIME * 3)
    }

    /// What is wrong with the verification file at an address.
    pub(super) fn file_fault(&self, url: &Url, file: &VerifyFile) -> Option<String> {
        let lang = self.lang;
        let (response, _, certificate) = match self.get(url, BROWSER, FILE_LIMIT, self.file_limit()) {
            Ok(answer) => answer,
            Err(trouble) => return Some(trouble.text(lang)),
        };
        if let Some(untrusted) = certificate.filter(|found| found.status == Status::Fail) {
            return Some(untrusted.message);
        }
        if response.is_redirect() {
            let location = shortened(response.headers("location").next().unwrap_or_default());
            let status = response.status;
            return Some(say!(
                lang,
                "返回 {status} 跳到 `{location}`，校验不跟随跳转",
                "{status} leads to `{location}`, and redirects are not followed"
            ));
        }
        if response.status != 200 {
            let status = response.status;
            return Some(say!(lang, "返回 {status}", "{status} is answered"));
        }
        if let Some(trouble) = &response.broken {
            return Some(trouble.text(lang));
        }
        if let Some(fault) = file.fault(&response.body) {
            return Some(fault.text(lang).to_owned());
        }
        let took = milliseconds(response.took);
        (response.took > FILE_TIME).then(|| {
            say!(
                lang,
                "内容正确，但用了 {took} ms，要在 1 秒内",
                "the content is right but took {took} ms, it must be within 1 s"
            )
        })
    }
}
