//! The page's report for people: the verdict first, then each client.

use std::io::{self, Write};

use colored::Colorize;

use crate::lang::Lang;
use crate::ops::page::{ClientReport, Config, Finding, Report, SigningRequest, Verdict};
use crate::output::{self, safe, shortened, verbatim};
use crate::say;

/// A value from outside may make a line this long, in characters.
const SHOWN_CHARS: usize = 1_000;

impl output::Report for Report {
    fn in_short(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        self.headline(out, lang)
    }

    fn ok(&self) -> bool {
        self.verdict == Verdict::Fits.name()
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        self.headline(out, lang)?;
        for client in &self.clients {
            writeln!(out)?;
            human_client(client, out, lang)?;
        }
        Ok(())
    }
}

impl Report {
    fn headline(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let url = safe(&self.url);
        let headline = match self.verdict {
            "fits" => say!(
                lang,
                "每个客户端都会接受这个页面的签名",
                "every client would accept this page's signatures"
            )
            .green(),
            "refused" => say!(lang, "这个页面会被拒绝", "this page would be refused").red(),
            _ => say!(
                lang,
                "没有结论：缺少值，或者没有调用 config",
                "no verdict: a value is missing, or no config was called"
            )
            .yellow(),
        };
        writeln!(out, "{}  {url}", headline.bold())
    }
}

fn human_client(client: &ClientReport, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let title = client.client.title().get(lang);
    let verdict = match client.verdict {
        "fits" => say!(lang, "会接受", "accepts it").green(),
        "refused" => say!(lang, "会拒绝", "refuses it").red(),
        _ => say!(lang, "没有结论", "no verdict").yellow(),
    };
    writeln!(out, "{}  {verdict}", title.bold())?;
    // The first finding comes first: the mistake of a signature that is refused, else what the page shows.
    let refused: Vec<&Config> = client.configs.iter().filter(|config| config.first.is_some()).collect();
    for config in &refused {
        human_config(config, out, lang)?;
    }
    for finding in &client.errors {
        human_finding(finding, out, lang)?;
    }
    for config in client.configs.iter().filter(|config| config.first.is_none()) {
        human_config(config, out, lang)?;
    }
    for request in &client.requests {
        human_request(request, out, lang)?;
    }
    for note in client
        .configs
        .first()
        .and_then(|config| config.verified.get("notes")?.as_array())
        .into_iter()
        .flatten()
    {
        writeln!(out, "  {}", note.as_str().unwrap_or_default().dimmed())?;
    }
    Ok(())
}

fn human_config(config: &Config, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let text = |name: &str| config.verified.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    let mark = match text("verdict") {
        "fits" => "✓".green(),
        "refused" => "✗".red(),
        _ => "?".yellow(),
    };
    let (call, at) = (config.call, config.at);
    let checked = shown(&config.checked_url);
    let line = say!(
        lang,
        "{call}，打开后 {at} 毫秒，校验的地址 {checked}",
        "{call}, {at} ms after the page was opened, checked for {checked}"
    );
    writeln!(out, "  {mark} {line}")?;
    if let Some([id, message, fix]) = &config.first {
        let head = if id.is_empty() { String::new() } else { format!("{}  ", id.bold()) };
        writeln!(out, "    {head}{}", safe(message))?;
        human_fix(fix, out, lang)?;
    }
    let missing = config.verified.get("missing").and_then(serde_json::Value::as_array);
    if missing.is_some_and(|missing| missing.iter().any(|name| name == "ticket")) {
        let line = say!(
            lang,
            "没有服务端用的那个 ticket，签名对不对不知道：--ticket T，或一个能取 ticket 的配置",
            "the ticket that the server signs with is missing, so nothing is known of the signature: --ticket T, or a profile"
        );
        writeln!(out, "    {line}")?;
    }
    for warning in config.verified.get("warnings").and_then(serde_json::Value::as_array).into_iter().flatten()
    {
        let part = |name: &str| warning[name].as_str().unwrap_or_default();
        writeln!(out, "    {} {}  {}", "!".yellow(), part("id").bold(), safe(part("message")))?;
        human_fix(part("fix"), out, lang)?;
    }
    Ok(())
}

fn human_finding(finding: &Finding, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let mark = if finding.refuses { "✗".red() } else { "!".yellow() };
    writeln!(out, "  {mark} {}  {}", finding.id.bold(), finding.title)?;
    writeln!(out, "    {}", shown(&finding.message))?;
    human_fix(&finding.fix, out, lang)
}

fn human_request(request: &SigningRequest, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let status = request.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
    let url = shown(&request.url);
    writeln!(out, "  {}", say!(lang, "签名请求 {status} {url}", "signing request {status} {url}"))?;
    if let Some(asked_for) = &request.asked_for {
        let asked_for = shown(asked_for);
        writeln!(out, "    {}", say!(lang, "要签的地址 {asked_for}", "asked for {asked_for}"))?;
    }
    Ok(())
}

fn human_fix(fix: &str, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let label = lang.pick("改法：", "fix: ");
    writeln!(out, "    {label}{}", verbatim(fix))
}

fn shown(text: &str) -> String {
    shortened(&safe(text), SHOWN_CHARS).into_owned()
}
