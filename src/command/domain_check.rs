//! `wecheck domain-check URL…`: may these pages use the JS-SDK, and would they open at all.
//!
//! In: addresses from the command line or stdin, and the entries of the admin console from flags
//! or the profile. Out: one [`Checked`] an address, printed as it is known: the rules' answer and, with
//! `--probe`, what the network showed. With `--write` the verification file is written as well.

use std::fs::OpenOptions;
use std::io::{self, BufRead, Read as _, Write};
use std::path::{Path, PathBuf};

use colored::Colorize;
use serde::Serialize;
use url::Url;

use crate::command::args::input::stdin;
use crate::context::Context;
use crate::domain::{Purpose, Rule, Status, Verdict, VerifyFile, name_fault};
use crate::failure::{Failure, Kind};
use crate::interrupt::Interrupt;
use crate::lang::{Both, Lang};
use crate::ops::domain_check::{Checked, Request, check_each, proxy_variable};
use crate::output::{Report, safe, shortened};
use crate::platform::Platform;
use crate::probe::{Finding, Resolve};
use crate::{both, say};

/// A value from outside may make a line of the human answer this long, in characters.
const SHOWN: usize = 1000;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck domain-check https://m.example.com/ --trusted m.example.com
  wecheck domain-check https://m.example.com/ --platform mp --probe
  wecheck domain-check - --strict < pages.txt")]
pub struct Args {
    /// Pages' addresses or authorize links; - reads a list from stdin, one a line
    #[arg(value_name = "URL", required_unless_present = "write")]
    urls: Vec<String>,
    /// An entry of the admin console for this purpose, exactly as it is there (repeatable)
    #[arg(long, value_name = "ENTRY", allow_hyphen_values = true)]
    trusted: Vec<String>,
    /// What the address is used for
    #[arg(long, value_enum, default_value_t)]
    purpose: Purpose,
    /// Whose rules apply [default: the profile's, else both]
    #[arg(long, value_enum)]
    platform: Option<Platform>,
    /// Ask the network too: DNS, TLS, redirects, the verification file, latency
    #[arg(long)]
    probe: bool,
    /// Exit 1 also if the answer is unknown [default where CI is set]
    #[arg(long)]
    strict: bool,
    /// A test account (测试号): IP addresses, ports and localhost are fine
    #[arg(long)]
    sandbox: bool,
    /// The verification file's name: MP_verify_….txt or WW_verify_….txt
    #[arg(long, value_name = "NAME", help_heading = "Verification file")]
    verify_file: Option<String>,
    /// Write the verification file into this folder
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, requires = "verify_file", help_heading = "Verification file")]
    write: Option<PathBuf>,
    /// Connect to ADDR for HOST:PORT, as curl --resolve (repeatable)
    #[arg(long, value_name = "HOST:PORT:ADDR", value_parser = parse_resolve, help_heading = "Network")]
    resolve: Vec<Resolve>,
    /// Trust these PEM certificates instead of the built-in and the system's roots, as curl --cacert
    #[arg(long, value_name = "FILE", help_heading = "Network")]
    ca_file: Option<PathBuf>,
}

fn parse_resolve(text: &str) -> Result<Resolve, Both> {
    Resolve::parse(text).ok_or_else(|| {
        both!(
            "写作 主机:端口:地址，例如 m.example.com:443:203.0.113.7",
            "it is HOST:PORT:ADDR, such as m.example.com:443:203.0.113.7"
        )
    })
}

/// How the answers came out, all addresses together.
#[derive(Default)]
struct Totals {
    pass: usize,
    fail: usize,
    unknown: usize,
    /// Of the unknown ones, those that lacked an entry to compare with.
    uncompared: usize,
}

/// A verification file that was written, if no address was to be checked.
#[derive(Debug, Serialize)]
struct Written {
    file: PathBuf,
    content: String,
}

/// Checks every address; `false` if one fails.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let written = match (&args.write, &args.verify_file) {
        (Some(folder), Some(name)) => Some(write_file(folder, name)?),
        _ => None,
    };
    if args.urls.is_empty() {
        return written.map_or(Ok(true), |written| context.out.show(&written));
    }
    if let Some(written) = written {
        let file = written.file.display();
        context.out.note(&say!(context.lang, "已写入 `{file}`", "wrote `{file}`"));
    }
    if !args.probe && (args.ca_file.is_some() || !args.resolve.is_empty()) {
        context.out.note(context.lang.pick(
            "`--ca-file` 和 `--resolve` 要和 `--probe` 一起才起作用",
            "`--ca-file` and `--resolve` count only with `--probe`",
        ));
    }
    let request = Request {
        platform: args.platform,
        purpose: args.purpose,
        trusted: args.trusted.clone(),
        sandbox: args.sandbox,
        verify_file: args.verify_file.clone(),
        probe: args.probe,
        ca_file: args.ca_file.clone(),
        resolve: args.resolve.clone(),
        ..Request::default()
    };
    let interrupt = if args.probe { Interrupt::listen() } else { Interrupt::never() };
    if args.probe
        && let Some(variable) = args
            .urls
            .iter()
            .filter_map(|url| Url::parse(url).ok())
            .find_map(|url| proxy_variable(&url, &context.env))
    {
        context.out.note(&say!(
            context.lang,
            "设置了 `{variable}`，但探测总是直连：代理会掩盖主机实际返回的内容",
            "`{variable}` is set, but probes connect directly: a proxy would hide what the host sends"
        ));
    }
    let stop = || interrupt.asked();
    let mut totals = Totals::default();
    let mut list = context.out.list();
    let checked = check_each(
        &request,
        addresses(&args.urls),
        &stop,
        &|step| context.out.progress(step),
        context,
        &mut |checked| {
            context.out.progress("");
            totals.count(&checked);
            list.show(&checked).map(drop)
        },
    );
    context.out.progress("");
    if let Err(failure) = checked {
        // A reader who has seen enough wants no warning.
        if !list.started() || failure.kind == Kind::ClosedPipe {
            return Err(failure);
        }
        // The answers so far are a whole document of their own.
        list.end("")?;
        context.out.warn(failure.message.clone());
        return Err(failure.already_reported());
    }
    if totals.all() == 0 && !stop() {
        return Err(Failure::usage(both!("标准输入里没有地址", "the list on stdin has no address"))
            .hint(Both::same("echo https://m.example.com/ | wecheck domain-check -")));
    }
    totals.warn(context);
    list.end(&totals.line(context.lang))?;
    if stop() {
        return Err(Failure::new(
            Kind::Interrupted,
            both!("已中断，以上是目前的结果", "interrupted, this is what was found so far"),
        ));
    }
    // In CI no one reads a warning: what is unknown counts as no.
    let strict = args.strict || context.env.is_ci();
    Ok(totals.fail == 0 && !(strict && totals.unknown > 0))
}

/// The addresses given, with `-` replaced by the list on stdin, which is read line by line.
fn addresses(given: &[String]) -> impl Iterator<Item = Result<String, Failure>> {
    given.iter().flat_map(|url| -> Box<dyn Iterator<Item = Result<String, Failure>>> {
        if url != "-" {
            return Box::new(std::iter::once(Ok(url.clone())));
        }
        Box::new(Lines { stdin: stdin() })
    })
}

/// A line of the list is not longer. Bytes.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// The lines of stdin that are not empty.
struct Lines {
    stdin: Box<dyn BufRead>,
}

impl Iterator for Lines {
    type Item = Result<String, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut line = Vec::new();
            let read = self.stdin.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line);
            match read {
                Ok(0) => return None,
                Ok(_) if line.len() as u64 == MAX_LINE_BYTES && !line.ends_with(b"\n") => {
                    return Some(Err(Failure::usage(both!(
                        "列表里有一行超过 {MAX_LINE_BYTES} 字节",
                        "a line of the list has more than {MAX_LINE_BYTES} bytes"
                    ))
                    .hint(both!("一行一个地址", "give one address a line"))));
                }
                Ok(_) => {}
                Err(error) => {
                    let zh = Both::from(&error).zh;
                    return Some(Err(Failure::storage(both!(
                        "读不了标准输入：{zh}",
                        "cannot read stdin: {error}"
                    ))));
                }
            }
            let line = String::from_utf8_lossy(&line);
            // Editors of Windows begin a file so.
            let line = line.strip_prefix('\u{feff}').unwrap_or(&line);
            let line = line.strip_suffix('\n').unwrap_or(line);
            let line = line.strip_suffix('\r').unwrap_or(line);
            if !line.trim().is_empty() {
                return Some(Ok(line.to_owned()));
            }
        }
    }
}

/// Writes the verification file; one that is there already with the right content is left alone.
fn write_file(folder: &Path, name: &str) -> Result<Written, Failure> {
    let Some(file) = VerifyFile::parse(name) else {
        let (zh, en) = (name_fault(name, Lang::Zh), name_fault(name, Lang::En));
        return Err(Failure::usage(both!(
            "`{name}` 不是校验文件的文件名：{zh}",
            "`{name}` is not the name of a verification file: {en}"
        ))
        .hint(both!(
            "照后台给出的文件名填：MP_verify_….txt 或 WW_verify_….txt",
            "take the name as the console offers it: MP_verify_….txt or WW_verify_….txt"
        )));
    };
    let path = folder.join(file.name());
    let written = Written { content: file.content().to_owned(), file: path.clone() };
    let opened = OpenOptions::new().write(true).create_new(true).open(&path);
    let failed = |error: io::Error| {
        let file = path.display();
        let zh = Both::from(&error).zh;
        Failure::storage(both!("写不了 `{file}`：{zh}", "cannot write `{file}`: {error}"))
            .hint(Both::same(format!("mkdir -p {}", folder.display())))
    };
    match opened {
        Ok(mut target) => {
            target.write_all(written.content.as_bytes()).and_then(|()| target.sync_all()).map_err(failed)?;
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let is_file =
                std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() == 16);
            if !is_file || std::fs::read(&path).map_err(failed)? != written.content.as_bytes() {
                let file = path.display();
                return Err(Failure::storage(both!(
                    "`{file}` 已经存在，内容不同",
                    "`{file}` is there already, with another content"
                ))
                .hint(both!("看一下内容，再删掉：rm {file}", "look at it, then: rm {file}")));
            }
        }
        Err(error) => return Err(failed(error)),
    }
    Ok(written)
}

impl Report for Written {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let file = self.file.display().to_string();
        let (file, content) = (safe(&file), &self.content);
        writeln!(
            out,
            "{}",
            say!(
                lang,
                "已写入 {file}：内容是 {content}，没有换行。把它放到网站根目录，再用 --probe 检查",
                "wrote {file}: its content is {content}, without a line break. Put it at the site's root and check with --probe"
            )
        )
    }
}

impl Totals {
    fn all(&self) -> usize {
        self.pass + self.fail + self.unknown
    }

    fn count(&mut self, checked: &Checked) {
        match checked.answer.verdict {
            Verdict::Pass => self.pass += 1,
            Verdict::Fail => self.fail += 1,
            Verdict::Unknown => self.unknown += 1,
        }
        let undecided = checked.answer.rules.iter().any(|rule| rule.undecided);
        if checked.answer.verdict == Verdict::Unknown && !undecided {
            self.uncompared += 1;
        }
    }

    /// What exit code 0 must not hide.
    fn warn(&self, context: &Context) {
        let (all, undecided) = (self.all(), self.unknown - self.uncompared);
        if undecided > 0 {
            context.out.warn(both!(
                "{all} 个结论中有 {undecided} 个没有定论：各方说法矛盾，最稳妥的是填完整域名",
                "{undecided} of {all} undecided: the sources contradict each other, and the safe way is to enter the exact host"
            ));
        }
        if self.uncompared > 0 {
            context.out.warn(both!(
                "没有给出后台登记的域名，没有做比对：wecheck domain-check URL --trusted 域名",
                "no entry of the console was given, so nothing was compared: wecheck domain-check URL --trusted ENTRY"
            ));
        }
    }

    /// The line below several answers.
    fn line(&self, lang: Lang) -> String {
        let Self { pass, fail, unknown, .. } = self;
        match self.all() {
            0 | 1 => String::new(),
            all => say!(
                lang,
                "\n共 {all}：通过 {pass}，不通过 {fail}，没有定论 {unknown}\n",
                "\n{all}: {pass} pass, {fail} fail, {unknown} unknown\n"
            ),
        }
    }
}

impl Report for Checked {
    fn in_short(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        self.headline(out, lang)?;
        let of = |status: Status| self.answer.rules.iter().find(|rule| rule.status == status);
        // What was not compared is why there is no verdict.
        let compared = || self.answer.rules.iter().find(|rule| rule.id == "trusted-match");
        let rule = match self.answer.verdict {
            Verdict::Fail => of(Status::Fail),
            Verdict::Unknown => compared(),
            Verdict::Pass => of(Status::Warn),
        };
        rule.map_or(Ok(()), |rule| Line::of_rule(rule).human(out, lang))
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let answer = &self.answer;
        self.headline(out, lang)?;
        if let Some(redirect_uri) = &answer.redirect_uri {
            writeln!(out, "      redirect_uri: {}", safe(&shortened(redirect_uri, SHOWN)))?;
        }
        if let (Some(host), Some(unicode)) = (&answer.host, &answer.host_unicode) {
            writeln!(out, "      {} = {}", safe(unicode), safe(host))?;
        }
        for status in [Status::Fail, Status::Warn] {
            for rule in answer.rules.iter().filter(|rule| rule.status == status) {
                Line::of_rule(rule).human(out, lang)?;
            }
            for finding in self.probes.iter().filter(|finding| finding.status == status) {
                Line::of_finding(finding).human(out, lang)?;
            }
        }
        // What was measured is worth reading also if it is right.
        for finding in self.probes.iter().filter(|finding| finding.status == Status::Pass) {
            Line::of_finding(finding).human(out, lang)?;
        }
        self.rest(out, lang)
    }
}

impl Checked {
    fn headline(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let answer = &self.answer;
        let verdict = match answer.verdict {
            Verdict::Pass => lang.pick("通过", "pass").green(),
            Verdict::Fail => lang.pick("不通过", "fail").red(),
            Verdict::Unknown => lang.pick("没有定论", "unknown").yellow(),
        };
        let (platform, purpose) = (answer.platform.name(), answer.purpose.name());
        let url = safe(&shortened(&answer.url, SHOWN)).into_owned();
        writeln!(out, "{}  {url}  ({platform} {purpose})", verdict.bold())
    }

    /// One line each for what is right and for what cannot be seen from here.
    fn rest(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let ids = |status: Status| -> Vec<&str> {
            self.answer.rules.iter().filter(|rule| rule.status == status).map(|rule| rule.id).collect()
        };
        let passed = ids(Status::Pass);
        if !passed.is_empty() {
            writeln!(out, "  {}  {}", lang.pick("正常", "ok  ").green(), passed.join(", "))?;
        }
        // What only the console can answer; the rest of the skipped ones do not apply.
        let skipped =
            self.answer.rules.iter().filter(|rule| rule.status == Status::Skip && rule.basis.is_some());
        for rule in skipped {
            Line::of_rule(rule).human(out, lang)?;
        }
        Ok(())
    }
}

/// A rule or a finding as it is printed.
struct Line<'a> {
    id: &'a str,
    status: Status,
    undecided: bool,
    message: &'a str,
    fix: Option<&'a str>,
    /// What to type to read or see more.
    command: Option<String>,
}

impl<'a> Line<'a> {
    fn of_rule(rule: &'a Rule) -> Self {
        let command = rule.basis.map(|basis| match basis.split(' ').collect::<Vec<_>>()[..] {
            ["errcode", platform, code] => format!("wecheck errcode explain {code} --platform {platform}"),
            _ => format!("wecheck {basis}"),
        });
        Self {
            id: rule.id,
            status: rule.status,
            undecided: rule.undecided,
            message: &rule.message,
            fix: rule.fix.as_deref(),
            command,
        }
    }

    fn of_finding(finding: &'a Finding) -> Self {
        Self {
            id: finding.id,
            status: finding.status,
            undecided: false,
            message: &finding.message,
            fix: finding.fix.as_deref(),
            command: finding.curl.clone(),
        }
    }

    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let word = match self.status {
            Status::Fail => lang.pick("失败", "fail").red(),
            Status::Warn if self.undecided => lang.pick("未定", "open").yellow(),
            Status::Warn => lang.pick("注意", "warn").yellow(),
            Status::Pass => lang.pick("正常", "ok  ").green(),
            Status::Skip => lang.pick("跳过", "skip").normal(),
        };
        writeln!(out, "  {word}  {}: {}", self.id, safe(&shortened(self.message, SHOWN)))?;
        if self.status == Status::Skip {
            return Ok(());
        }
        if let Some(fix) = self.fix {
            writeln!(out, "        → {}", safe(&shortened(fix, SHOWN)))?;
        }
        if let Some(command) = self.command.as_ref().filter(|_| self.status != Status::Pass) {
            writeln!(out, "        $ {}", safe(command))?;
        }
        Ok(())
    }
}
