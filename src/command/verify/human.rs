//! What `verify` says to a person: the answer, what was hashed, the mistakes, the differences, the
//! warnings, and what is left to do.
//!
//! In: a [`Verified`]. Out: one screen of text. A match is never called good: it says that the
//! signature fits, and goes on with what else makes WeChat refuse.

use std::io::{self, Write};

use colored::Colorize;

use super::{Mistake, Search, Verified};
use crate::diagnosis::next_step::Status;
use crate::lang::Lang;
use crate::output::{Report, safe};
use crate::say;

/// More explanations than this only confuse; `--json` has them all.
const MOST_ALTERNATIVES: usize = 3;

impl Report for Verified {
    fn ok(&self) -> bool {
        self.matched
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        self.answer(out, lang)?;
        self.explain(out, lang)?;
        self.differences(out, lang)?;
        self.warn(out, lang)?;
        self.next(out, lang)
    }
}

impl Verified {
    fn answer(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let headline = if self.matched {
            say!(lang, "签名与这些输入相符", "the signature fits these inputs").green().bold()
        } else if self.computed_signature.is_none() || self.given_signature.is_none() {
            let list = self.missing.join(", ");
            say!(lang, "没法比较：缺少 {list}", "nothing to compare: {list} missing").yellow().bold()
        } else {
            say!(lang, "签名不符", "the signature differs").red().bold()
        };
        writeln!(out, "{headline}")?;
        let row = |out: &mut dyn Write, name: &str, value: &Option<String>| match value {
            Some(value) => writeln!(out, "  {name} {}", safe(value)),
            None => Ok(()),
        };
        row(out, lang.pick("给出的 ", "given   "), &self.given_signature)?;
        row(out, lang.pick("算出的 ", "computed"), &self.computed_signature)?;
        row(out, lang.pick("string1", "string1 "), &self.string1)?;
        for field in &self.unreadable {
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

    fn explain(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if self.mistakes.is_empty() {
            return self.unexplained(out, lang);
        }
        let count = self.mistakes.len();
        let title = say!(
            lang,
            "错在哪里（{count} 处，哈希可以证明）",
            "what was done wrong ({count}, proved by the hash)"
        );
        writeln!(out, "\n{}", title.bold())?;
        mistakes(out, &self.mistakes, lang)?;
        for other in self.alternatives.iter().take(MOST_ALTERNATIVES) {
            let ids: Vec<&str> = other.iter().map(|mistake| mistake.id).collect();
            let messages: Vec<&str> = other.iter().map(|mistake| mistake.message.as_str()).collect();
            let (ids, messages) = (ids.join(" + ").yellow(), messages.join(lang.pick("；", "; ")));
            writeln!(out, "  {} {ids} {}", say!(lang, "或者", "or"), safe(&messages))?;
        }
        Ok(())
    }

    fn unexplained(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let Search { candidates, exhausted, max_mistakes, .. } = self.search;
        if candidates == 0 {
            if !self.matched && self.computed_signature.is_some() && self.given_signature.is_some() {
                let text = say!(
                    lang,
                    "给出的签名不是任何哈希的写法，无从查起：先核对它有没有复制完整",
                    "the signature given is not how any hash is written, so there is nothing to search for: see whether it was copied whole"
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
        let text = if exhausted {
            say!(
                lang,
                "  签名用的值不在这里：多半是另一个地址、另一份 ticket 或另一个 nonce",
                "  what was signed is not among these values: most likely another address, ticket or nonce"
            )
        } else {
            say!(
                lang,
                "  时间用完了，还没试完：加 --deep 30 可以多找一会儿",
                "  time ran out before everything was tried: --deep 30 searches longer"
            )
        };
        writeln!(out, "{text}")
    }

    fn differences(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if self.url_differences.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\n{}",
            say!(lang, "签名的 url 与页面地址", "the signed url and the page's address").bold()
        )?;
        for difference in &self.url_differences {
            let shown = |text: &str| if text.is_empty() { "-".to_owned() } else { safe(text).into_owned() };
            let (part, signed, page) = (difference.part, shown(&difference.signed), shown(&difference.page));
            writeln!(
                out,
                "  {}",
                say!(lang, "{part}：签名 {signed}  页面 {page}", "{part}: signed {signed}  page {page}")
            )?;
            writeln!(out, "    {}", difference.message)?;
        }
        Ok(())
    }

    fn warn(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        if self.warnings.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", say!(lang, "可疑之处", "what looks wrong").bold())?;
        for warning in &self.warnings {
            writeln!(out, "  {} {}", warning.id.yellow(), safe(&warning.message))?;
            writeln!(out, "    {}{}", lang.pick("改法：", "fix: "), safe(&warning.fix))?;
        }
        Ok(())
    }

    fn next(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let title = if self.matched {
            say!(lang, "相符不等于微信会接受，接着查", "WeChat can still refuse it; check next")
        } else {
            say!(lang, "接着查", "check next")
        };
        writeln!(out, "\n{}", title.bold())?;
        for step in &self.next_steps {
            let mark = match step.status {
                Status::Done => "[x]",
                Status::Todo => "[ ]",
                Status::Unseen => "[?]",
            };
            writeln!(out, "  {mark} {}", safe(&step.message))?;
        }
        Ok(())
    }
}

fn mistakes(out: &mut dyn Write, list: &[Mistake], lang: Lang) -> io::Result<()> {
    for (at, mistake) in list.iter().enumerate() {
        writeln!(out, "  {} {}", mistake.id.red(), safe(&mistake.message))?;
        writeln!(out, "    {} {}", say!(lang, "改法：", "fix:"), safe(&mistake.fix))?;
        // Two mistakes of one value show that value once.
        let same = |other: &Mistake| (&other.signed, &other.actual) == (&mistake.signed, &mistake.actual);
        if !list.get(at + 1).is_some_and(same) {
            let shown = |text: &str| {
                if text.is_empty() { say!(lang, "（空）", "(nothing)") } else { safe(text).into_owned() }
            };
            writeln!(out, "    {} {}", say!(lang, "签名用的", "signed"), shown(&mistake.signed))?;
            writeln!(out, "    {} {}", say!(lang, "应该是　", "should"), shown(&mistake.actual))?;
        }
    }
    Ok(())
}
