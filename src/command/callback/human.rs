//! The parts that the reports of `verify`, `decrypt` and `echo` have in common.
//!
//! In: what was examined. Out: lines: the signatures that differ, the mistakes, the warnings.

use std::io::{self, Write};

use colored::Colorize;

use crate::lang::Lang;
use crate::ops::callback::{Check, Mistake, SearchReport, Warning};
use crate::output::{safe, shortened};
use crate::say;

/// Writes the signatures that differ and the mistakes.
pub(super) fn write_wrong(
    out: &mut dyn Write,
    checks: &[Check],
    mistakes: &[Mistake],
    warnings: &[Warning],
    search: Option<&SearchReport>,
    lang: Lang,
) -> io::Result<()> {
    for check in checks.iter().filter(|check| !check.valid) {
        let name = check.kind.parameter();
        let (given, computed) = (lang.pick("收到", "given   "), lang.pick("应为", "computed"));
        writeln!(out, "  {name} {given}  {}", safe(&shortened(&check.given, 200)))?;
        writeln!(out, "  {name} {computed}  {}", check.computed)?;
    }
    for (number, mistake) in (1..).zip(mistakes) {
        writeln!(
            out,
            "\n{number}. {}  {}",
            mistake.id.yellow().bold(),
            safe(&shortened(&mistake.message, 600))
        )?;
        writeln!(out, "   {}{}", lang.pick("处理：", "fix: "), safe(&shortened(&mistake.fix, 600)))?;
    }
    write_warnings(out, warnings, lang)?;
    if let Some(search) = search.filter(|search| search.candidates > 0) {
        let count = search.candidates;
        let line = if search.exhausted {
            say!(lang, "（试了 {count} 种写法）", "({count} candidates tried)")
        } else {
            say!(lang, "（试了 {count} 种写法，到时停止）", "({count} candidates tried, stopped by time)")
        };
        writeln!(out, "\n{}", line.dimmed())?;
    }
    Ok(())
}

/// Writes the first mistake alone.
pub(super) fn write_first(out: &mut dyn Write, mistakes: &[Mistake], lang: Lang) -> io::Result<()> {
    let Some(mistake) = mistakes.first() else { return Ok(()) };
    writeln!(out, "{}  {}", mistake.id.yellow().bold(), safe(&shortened(&mistake.title, 600)))?;
    writeln!(out, "   {}{}", lang.pick("处理：", "fix: "), safe(&shortened(&mistake.fix, 600)))
}

/// Writes the warnings.
pub(super) fn write_warnings(out: &mut dyn Write, warnings: &[Warning], lang: Lang) -> io::Result<()> {
    for warning in warnings {
        writeln!(out, "\n{}{}  {}", lang.pick("注意：", "note: "), warning.id.cyan(), warning.message)?;
        writeln!(out, "   {}{}", lang.pick("处理：", "fix: "), warning.fix)?;
    }
    Ok(())
}
