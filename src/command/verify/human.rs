//! What `verify` says to a person: the verdict, the findings, what looks wrong, what is left to check.
//!
//! In: a [`Report`]. Out: text, wrapped by its writer. The verdict and the first finding are on the first
//! screen. A match is never called good: it says that the signature fits, and goes on with what else
//! makes WeChat refuse.

use std::io::{self, Write};

use colored::Colorize;

use crate::diagnosis::next_step::{Status, shell_quoted};
use crate::lang::Lang;
use crate::ops::verify::{Check, Mistake, Outcome, Proof, Report, Search, Verdict, unread};
use crate::output::{self, safe, verbatim};
use crate::say;
use crate::signature::Kind;

/// More explanations than this only confuse; `--json` has them all.
const MOST_ALTERNATIVES: usize = 3;
/// Of more claims than this only the refused ones are shown whole.
const MOST_CHECKS: usize = 8;

impl output::Report for Report {
    fn in_short(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        // The one that matters most: the first that is refused, else the first.
        let refused = self.checks.iter().find(|check| check.verdict == Verdict::Refused);
        let Some(check) = refused.or(self.checks.first()) else { return Ok(()) };
        headline(check, self.checks.len() > 1, out, lang)?;
        let Some(mistake) = check.outcome.mistakes.first() else { return Ok(()) };
        writeln!(out, "{} {}", mistake.id.red().bold(), safe(&mistake.title).bold())?;
        writeln!(out, "  {}{}", lang.pick("改法：", "fix: "), safe(&mistake.fix))
    }

    fn ok(&self) -> bool {
        self.verdict == Verdict::Fits
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if self.explained.is_some() && self.main.given_signature.is_none() {
            self.meanings(out, lang)?;
            return writeln!(
                out,
                "\n{}",
                say!(
                    lang,
                    "要核对签名，再加上 wx.config 那段代码或签名接口返回的 JSON，以及 --ticket 和 --page-url",
                    "to check the signature as well, add the wx.config code or the signing API's JSON, with --ticket and --page-url"
                )
            );
        }
        if let Some(line) = self.unread_from {
            writeln!(out, "{}", unread(line).get(lang).yellow().bold())?;
        }
        let several = self.checks.len() > 1;
        if several {
            self.overview(out, lang)?;
        }
        let many = self.checks.len() > MOST_CHECKS;
        let mut shown = 0;
        // What is refused comes first, wherever it is in the text.
        let checks = [Verdict::Refused, Verdict::Incomplete, Verdict::Fits]
            .into_iter()
            .flat_map(|verdict| self.checks.iter().filter(move |check| check.verdict == verdict));
        let all_fit = self.verdict == Verdict::Fits;
        for check in checks {
            if many && (shown >= MOST_CHECKS || check.verdict == Verdict::Fits) {
                continue;
            }
            shown += 1;
            if several {
                writeln!(out)?;
            }
            if several && !all_fit && check.verdict == Verdict::Fits {
                headline(check, several, out, lang)?;
                values(&check.outcome, out, lang)?;
            } else {
                one(check, several, out, lang)?;
            }
        }
        if many && shown < self.checks.len() {
            let rest = self.checks.len() - shown;
            writeln!(out, "\n{}", say!(lang, "其余 {rest} 份签名见 --json", "{rest} more: see --json"))?;
        }
        if self.explained.is_some() {
            let title = say!(lang, "文件里还有这些错误：", "errors that the file shows besides:");
            writeln!(out, "\n{}", title.bold())?;
            self.meanings(out, lang)?;
        }
        Ok(())
    }
}

impl Report {
    /// What the errors of the text mean.
    fn meanings(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        for meaning in self.explained.iter().flatten() {
            writeln!(out, "{}", safe(&meaning.name).bold())?;
            writeln!(out, "  {}", safe(&meaning.meaning))?;
            for cause in &meaning.causes {
                writeln!(out, "  - {}", safe(cause))?;
            }
            for fix in &meaning.fixes {
                writeln!(out, "  {}{}", lang.pick("改法：", "fix: "), safe(fix))?;
            }
        }
        Ok(())
    }

    /// One line over all claims.
    fn overview(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let count = |verdict| self.checks.iter().filter(|check| check.verdict == verdict).count();
        let (fits, refused, open) =
            (count(Verdict::Fits), count(Verdict::Refused), count(Verdict::Incomplete));
        let total = self.checks.len();
        let text = say!(
            lang,
            "{total} 份签名：{refused} 份会被拒绝，{open} 份缺少值，{fits} 份与输入相符",
            "{total} signatures: {refused} refused, {open} incomplete, {fits} fit their inputs"
        );
        writeln!(out, "{}", text.bold())
    }
}

fn one(check: &Check, several: bool, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let outcome = &check.outcome;
    headline(check, several, out, lang)?;
    if check.verdict == Verdict::Incomplete && !several {
        lacking(check, out, lang)?;
    }
    findings(outcome, out, lang)?;
    values(outcome, out, lang)?;
    differences(outcome, out, lang)?;
    warn(outcome, out, lang)?;
    notes(outcome, out, lang)?;
    next(outcome, out, lang)
}

fn headline(check: &Check, several: bool, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let outcome = &check.outcome;
    let text = match (check.verdict, outcome.matched) {
        (Verdict::Fits, _) => {
            say!(lang, "签名与这些输入相符", "the signature fits these inputs").green().bold()
        }
        (Verdict::Refused, Some(true)) => say!(
            lang,
            "微信会拒绝：签名与这些输入相符，但给出的内容显示它用不上",
            "WeChat will refuse it: the signature fits these inputs, but the evidence shows why it is of no use"
        )
        .red()
        .bold(),
        (Verdict::Refused, None) => say!(
            lang,
            "微信会拒绝：给出的内容里就看得出原因",
            "WeChat will refuse it: what was given shows why"
        )
        .red()
        .bold(),
        (Verdict::Refused, Some(false)) => {
            say!(lang, "微信会拒绝：签名不符", "WeChat will refuse it: the signature does not fit").red().bold()
        }
        (Verdict::Incomplete, _) => {
            let list = outcome.missing.join(", ");
            say!(lang, "还没法判断：缺少 {list}", "cannot be judged yet: {list} missing").yellow().bold()
        }
    };
    if several {
        let place = match check.line {
            Some(line) => format!("{}:{line}", safe(&check.source)),
            None => safe(&check.source).into_owned(),
        };
        let kind = outcome.kind.name();
        return writeln!(out, "{} {text}", say!(lang, "{place}（{kind}）", "{place} ({kind})").bold());
    }
    writeln!(out, "{text}")
}

/// Where the values that lack are found, and the command that takes them.
fn lacking(check: &Check, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let kind = check.outcome.kind;
    let ticket = match kind {
        Kind::Agent => "jsapi_ticket (agent_config)",
        _ => kind.ticket_key(),
    };
    let mut given = String::new();
    for name in &check.outcome.missing {
        let (flag, where_from) = match *name {
            "ticket" => (
                "--ticket TICKET",
                say!(
                    lang,
                    "服务器签名时用的 {ticket}：看服务端日志或缓存",
                    "the {ticket} that the server signed with: in its log or cache"
                ),
            ),
            "url" => (
                "--page-url URL",
                say!(lang, "手机上的地址：alert(location.href)", "the phone's address: alert(location.href)"),
            ),
            "nonce" => (
                "--nonce NONCE",
                say!(lang, "页面传给 wx.config 的 nonceStr", "nonceStr, as the page passes it to wx.config"),
            ),
            "timestamp" => (
                "--timestamp TIME",
                say!(
                    lang,
                    "页面传给 wx.config 的 timestamp",
                    "timestamp, as the page passes it to wx.config"
                ),
            ),
            "signature" => (
                "--signature SIGNATURE",
                say!(
                    lang,
                    "页面传给 wx.config 的 signature",
                    "signature, as the page passes it to wx.config"
                ),
            ),
            _ => continue,
        };
        let name = flag.split(' ').next().unwrap_or_default();
        writeln!(out, "  {name:<11} {where_from}")?;
        given.push(' ');
        given.push_str(flag);
    }
    let command = match check.source.as_str() {
        _ if given.is_empty() => return Ok(()),
        "stdin" => format!("pbpaste | wecheck verify{given}"),
        // What was typed is in the shell's history; a HAR's answer was fetched from somewhere.
        source if source == "flags" || source.contains("://") => return Ok(()),
        file => format!("wecheck verify {}{given}", shell_quoted(file)),
    };
    writeln!(out, "  $ {}", verbatim(&safe(&command)))
}

fn values(outcome: &Outcome, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let row = |out: &mut dyn Write, name: &str, value: &Option<String>| match value {
        Some(value) => writeln!(out, "  {name} {}", verbatim(&safe(value))),
        None => Ok(()),
    };
    if outcome.given_signature.is_some() || outcome.computed_signature.is_some() {
        writeln!(out)?;
    }
    row(out, lang.pick("给出的 ", "given   "), &outcome.given_signature)?;
    row(out, lang.pick("算出的 ", "computed"), &outcome.computed_signature)?;
    row(out, lang.pick("string1", "string1 "), &outcome.string1)?;
    for field in &outcome.unreadable {
        let (name, line, text) = (field.field, field.line, safe(&field.text));
        writeln!(
            out,
            "  {}",
            say!(
                lang,
                "第 {line} 行的 {name} 读不出值：`{text}`，用 --{name} 给出",
                "line {line}: {name} has no readable value: `{text}`; give it with --{name}"
            )
            .yellow()
        )?;
    }
    Ok(())
}

fn findings(outcome: &Outcome, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    if outcome.mistakes.is_empty() {
        return unexplained(outcome, out, lang);
    }
    for (at, mistake) in outcome.mistakes.iter().enumerate() {
        writeln!(out, "\n{} {}", mistake.id.red().bold(), safe(&mistake.title).bold())?;
        // Two mistakes of one value show that value once, with the last.
        let same = |other: &Mistake| (&other.signed, &other.expected) == (&mistake.signed, &mistake.expected);
        if !outcome.mistakes.get(at + 1).is_some_and(same) {
            compared(mistake, out, lang)?;
        }
        let how = match mistake.proof {
            Proof::Hash => say!(lang, "（由哈希证明）", " (proved by recomputing the hash)"),
            Proof::Evidence => String::new(),
        };
        writeln!(out, "  {}{}{how}", lang.pick("原因：", "why: "), safe(&mistake.message))?;
        writeln!(out, "  {}{}", lang.pick("改法：", "fix: "), safe(&mistake.fix))?;
    }
    for other in outcome.alternatives.iter().take(MOST_ALTERNATIVES) {
        let ids: Vec<&str> = other.iter().map(|mistake| mistake.id).collect();
        let titles: Vec<&str> = other.iter().map(|mistake| mistake.title.as_str()).collect();
        let (ids, titles) = (ids.join(" + ").yellow(), titles.join(lang.pick("；", "; ")));
        writeln!(out, "  {} {ids} {}", say!(lang, "或者", "or"), safe(&titles))?;
    }
    Ok(())
}

/// What was signed, what is expected, what the page passes: the runs that differ are marked.
fn compared(mistake: &Mistake, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let Mistake { signed, expected, page, .. } = mistake;
    let other = page.as_ref().filter(|page| signed == expected && *page != signed);
    // Of two accounts nothing was signed: the reason names both.
    if signed == expected && (other.is_none() || signed.is_empty()) {
        return Ok(());
    }
    let right = other.unwrap_or(expected);
    let shown = |text: &str| {
        if text.is_empty() { say!(lang, "（空）", "(nothing)") } else { safe(text).into_owned() }
    };
    let (one, two) = (shown(signed), shown(right));
    let (start, end) = differing(&one, &two);
    let names = match (other.is_some(), lang) {
        (true, Lang::Zh) => ["签名用的", "页面传的"],
        (true, Lang::En) => ["signed  ", "page    "],
        (false, Lang::Zh) => ["签名用的", "应该是　"],
        (false, Lang::En) => ["signed  ", "expected"],
    };
    let colors = colored::control::SHOULD_COLORIZE.should_colorize();
    for (name, text) in names.iter().zip([&one, &two]) {
        let stop = text.len() - end;
        if colors {
            let marked = format!("{}{}{}", &text[..start], text[start..stop].red().bold(), &text[stop..]);
            writeln!(out, "{}", verbatim(&format!("  {name} {marked}")))?;
        } else {
            writeln!(out, "{}", verbatim(&format!("  {name} {text}")))?;
            let columns = |text: &str| output::columns_of(text);
            let run = columns(&text[start..stop]);
            if run > 0 && run < columns(text) && columns(text) < 110 {
                let lead = " ".repeat(2 + columns(name) + 1 + columns(&text[..start]));
                writeln!(out, "{}", verbatim(&format!("{lead}{}", "^".repeat(run))))?;
            }
        }
    }
    Ok(())
}

/// How many bytes two texts have in common at their start, and at their end.
fn differing(one: &str, two: &str) -> (usize, usize) {
    let start: usize =
        one.chars().zip(two.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let (one, two) = (&one[start..], &two[start..]);
    let end =
        one.chars().rev().zip(two.chars().rev()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    (start, end)
}

fn unexplained(outcome: &Outcome, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let Search { candidates, exhausted, interrupted, max_mistakes, elapsed_ms } = outcome.search;
    if candidates == 0 {
        if outcome.matched == Some(false) {
            let text = say!(
                lang,
                "给出的签名不是任何哈希的写法，无从查起：先核对它有没有复制完整",
                "the signature given is not how any hash is written, so there is nothing to search for: see whether it was copied completely"
            );
            writeln!(out, "\n{}", text.bold())?;
        }
        return Ok(());
    }
    let title = say!(
        lang,
        "没有找到解释：试了 {candidates} 个字符串，最多 {max_mistakes} 处错误同时出现",
        "no explanation was found: {candidates} strings tried, up to {max_mistakes} mistakes at once"
    );
    writeln!(out, "\n{}", title.bold())?;
    let seconds = elapsed_ms / 1000;
    let text = if interrupted {
        say!(
            lang,
            "  已中断：查了 {seconds} 秒，还没试完",
            "  interrupted after {seconds} s, before everything was tried"
        )
    } else if exhausted {
        say!(
            lang,
            "  签名用的值不在这里：多半是另一个地址、另一份 ticket 或另一个 nonce",
            "  what was signed is not among these values: most likely another address, ticket or nonce"
        )
    } else {
        let longer = if seconds < 30 { 30 } else { (seconds * 4).min(86_400) };
        say!(
            lang,
            "  时间用完了，还没试完：加 `--deep {longer}` 可以多找一会儿",
            "  time ran out before everything was tried: `--deep {longer}` searches longer"
        )
    };
    writeln!(out, "{text}")
}

fn differences(outcome: &Outcome, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    if outcome.url_differences.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{}",
        say!(lang, "签名的 url 与页面地址", "the signed url and the page's address").bold()
    )?;
    for difference in &outcome.url_differences {
        let shown = |text: &str| {
            if text.is_empty() { say!(lang, "（空）", "(nothing)") } else { format!("`{}`", safe(text)) }
        };
        let (part, signed, page) = (difference.part, shown(&difference.signed), shown(&difference.page));
        writeln!(
            out,
            "  {}",
            say!(lang, "{part}：签名 {signed}，页面 {page}", "{part}: signed {signed}, page {page}")
        )?;
        writeln!(out, "    {}", difference.message)?;
    }
    Ok(())
}

fn warn(outcome: &Outcome, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    if outcome.warnings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", say!(lang, "可疑之处", "what looks wrong").bold())?;
    for warning in &outcome.warnings {
        writeln!(out, "  {} {}", warning.id.yellow(), safe(&warning.message))?;
        writeln!(out, "    {}{}", lang.pick("改法：", "fix: "), safe(&warning.fix))?;
    }
    Ok(())
}

fn notes(outcome: &Outcome, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    if !outcome.notes.is_empty() {
        writeln!(out)?;
    }
    for note in &outcome.notes {
        writeln!(out, "{}{}", lang.pick("说明：", "note: "), safe(note))?;
    }
    Ok(())
}

fn next(outcome: &Outcome, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let title = if outcome.matched == Some(true) && outcome.mistakes.is_empty() {
        say!(lang, "签名算对了，微信仍可能拒绝，接着查", "WeChat can still refuse it; check next")
    } else {
        say!(lang, "接着查", "check next")
    };
    writeln!(out, "\n{}", title.bold())?;
    for step in &outcome.next_steps {
        let mark = match step.status {
            Status::Done => "[x]",
            Status::Failed => "[!]",
            Status::Todo => "[ ]",
            Status::Unseen => "[?]",
        };
        writeln!(out, "  {mark} {}", safe(&step.message))?;
    }
    Ok(())
}
