//! `wecheck config init`: writes a profile.
//!
//! In: answers on a terminal, or flags. Out: the profile in a file of mode 0600, added in one step
//! under a lock, so that twelve runs at once lose nothing. A wrong answer is asked again; a secret that
//! was pasted where its place is asked for is neither kept nor left on the screen.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::location;
use crate::catalog::place;
use crate::config::{self, Source, is_profile_name};
use crate::context::Context;
use crate::domain::{self, Purpose, Query};
use crate::failure::{Failure, Kind};
use crate::lang::{Both, Lang};
use crate::output::{Report, columns_of, fold, safe};
use crate::platform::Platform;
use crate::{both, say};

/// A run of so many letters and digits is longer than any name or id, and may be a secret.
const SECRET_RUN_CHARS: usize = 24;

/// What `config init` writes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck config init
  wecheck config init --name shop --trusted m.example.com --api scanQRCode
  wecheck config init --platform mp --app-id APPID --secret-env SHOP_SECRET")]
pub struct InitArgs {
    /// The profile's name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The platform
    #[arg(long, value_enum)]
    platform: Option<Platform>,
    /// appid, on work the corpid
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,
    /// agentid (work)
    #[arg(long, value_name = "ID")]
    agent_id: Option<String>,
    /// The variable that will hold the secret
    #[arg(long, value_name = "NAME")]
    secret_env: Option<String>,
    /// The file that holds the secret
    #[arg(long, value_name = "FILE", conflicts_with = "secret_env")]
    secret_file: Option<PathBuf>,
    /// A trusted domain (repeatable)
    #[arg(long, value_name = "DOMAIN")]
    trusted: Vec<String>,
    /// The APIs of jsApiList
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    api: Vec<String>,
}

/// What was written.
#[derive(Debug, Serialize)]
pub struct InitReport {
    path: String,
    profile: String,
    /// What to do next.
    next: String,
}

impl Report for InitReport {
    fn human(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let (profile, path) = (&self.profile, safe(&self.path));
        writeln!(out, "{}", say!(lang, "已把 {profile} 写入 {path}", "wrote {profile} to {path}"))?;
        writeln!(out, "{}", safe(&self.next))
    }
}

/// Asks, writes.
pub fn init(args: InitArgs, context: &Context) -> Result<InitReport, Failure> {
    let path = location(context)?;
    // Read once more: another run may have made the file since this one looked for its settings.
    let taken: Vec<String> = if path.exists() {
        config::load(&context.env)?.profiles.into_iter().map(|profile| profile.name).collect()
    } else {
        Vec::new()
    };
    let asker = Asker {
        asks: context.env.terminal.stdin,
        lang: context.lang,
        columns: context.out.stderr_columns().unwrap_or(usize::MAX),
    };
    let name = asker.ask(
        args.name,
        &Question {
            flag: "name",
            text: both!("配置的名字", "name of this profile"),
            why: both!(
                "随便起，例如网站的名字；以后用 --profile 选它",
                "any name, such as the site's; --profile chooses it later"
            ),
            default: Some("default".to_owned()),
        },
        |answer, _| {
            refuse_secret(answer)?;
            if !is_profile_name(answer) {
                return Err(Failure::usage(both!(
                    "`{answer}` 不能当名字：只能用字母、数字、- 和 _",
                    "`{answer}` is not a profile name: letters, digits, - and _ only"
                ))
                .hint(Both::same("wecheck config init --name shop")));
            }
            if taken.iter().any(|name| name == answer) {
                return Err(Failure::usage(both!(
                    "已经有名为 `{answer}` 的配置",
                    "there is a profile `{answer}` already"
                ))
                .hint(Both::same("wecheck config init --name OTHER")));
            }
            Ok(answer.to_owned())
        },
    )?;
    let platform = asker.ask(
        args.platform.map(|platform| platform.name().to_owned()),
        &Question {
            flag: "platform",
            text: both!("平台，mp 或 work", "platform, mp or work"),
            why: both!(
                "mp 是公众号，work 是企业微信",
                "mp is 公众号 (Official Account), work is 企业微信 (WeCom)"
            ),
            default: Some("mp".to_owned()),
        },
        |answer, _| {
            Platform::from_name(&answer.to_ascii_lowercase()).ok_or_else(|| {
                Failure::usage(both!("平台只有 mp 和 work", "the platform is mp or work"))
                    .hint(Both::same("wecheck config init --platform mp"))
            })
        },
    )?;
    let app_id = asker.ask(args.app_id, &app_id_question(platform), |answer, again| {
        refuse_secret(answer)?;
        // Old ids have other shapes: typed twice it is taken.
        if !again && !platform.id_shape_is_usual(answer) && !answer.is_empty() {
            let usual = match platform {
                Platform::Mp => "wx0123456789abcdef",
                Platform::Work => "ww0123456789abcdef",
            };
            let text = both!(
                "`{answer}` 看起来不像 `{usual}` 这样的 id；确实没错就再输一遍",
                "`{answer}` does not look like `{usual}`; if it is right, type it again"
            );
            return Err(Failure::usage(text));
        }
        if answer.is_empty() {
            return Err(Failure::usage(both!("这一项不能空着", "this cannot be empty")));
        }
        Ok(answer.to_owned())
    })?;
    let [agent_zh, agent_en] = console("work-agent");
    let agent_id = match args.agent_id {
        None if platform == Platform::Work && asker.asks => asker.ask(
            None,
            &Question {
                flag: "agent-id",
                text: both!("应用的 agentid（没有就留空）", "agentid of the application (empty: none)"),
                why: both!(
                    "{agent_zh} 里的 AgentId；用 wx.agentConfig 才需要",
                    "the AgentId under {agent_en}; wx.agentConfig needs it"
                ),
                default: Some(String::new()),
            },
            |answer, _| {
                if answer.bytes().all(|b| b.is_ascii_digit()) {
                    return Ok(Some(answer.to_owned()).filter(|id| !id.is_empty()));
                }
                refuse_secret(answer)?;
                Err(Failure::usage(both!("agentid 是数字", "an agentid is a number")))
            },
        )?,
        given => given,
    };
    let secret = if let Some(file) = args.secret_file {
        // The file names it from its own folder, the person from where they are.
        Source::File(std::path::absolute(&file).unwrap_or(file))
    } else {
        let default = format!("{}_SECRET", name.to_ascii_uppercase().replace('-', "_"));
        let default = if is_variable(&default) { default } else { format!("WX_{default}") };
        let question = Question {
            flag: "secret-env",
            text: both!("secret 放在哪个环境变量里", "name of the variable that holds the secret"),
            why: both!(
                "写变量名，不要写 secret 本身：配置文件里只记它在哪里",
                "the variable's name, not the secret: the file only says where it is"
            ),
            default: Some(default),
        };
        Source::Env(asker.ask(args.secret_env, &question, |answer, _| {
            if is_variable(answer) && !looks_secret(answer) {
                return Ok(answer.to_owned());
            }
            Err(Failure::usage(both!(
                "这不是变量名；如果是 secret 本身，它没有被保存",
                "this is not the name of a variable; if it was the secret itself, it was not kept"
            ))
            .hint(Both::same("wecheck config init --secret-env SHOP_SECRET")))
        })?)
    };
    let trusted = asker.list(
        args.trusted,
        &Question {
            flag: "trusted",
            text: both!(
                "可信域名，用空格隔开（没有就留空）",
                "trusted domains, separated by spaces (empty: none)"
            ),
            why: both!(
                "后台“JS接口安全域名”（企业微信是“可信域名”）里填的内容，原样写",
                "what the console has under JS接口安全域名 (work: 可信域名), exactly as it is there"
            ),
            default: Some(String::new()),
        },
        |entry| domain_complaint(entry, platform, context.lang),
    )?;
    let apis = asker.list(
        args.api,
        &Question {
            flag: "api",
            text: both!(
                "页面要用的接口，用空格隔开（没有就留空）",
                "APIs that the page calls, separated by spaces (empty: none)"
            ),
            why: both!(
                "jsApiList 的内容，例如 chooseImage scanQRCode",
                "jsApiList, such as chooseImage scanQRCode"
            ),
            default: Some(String::new()),
        },
        |name| {
            let (message, fix) =
                crate::diagnosis::warning::api_complaint(name, Some(platform), context.lang)?;
            Some(say!(context.lang, "{message}。{fix}", "{message}; {fix}"))
        },
    )?;
    let table = Table { name: &name, platform, app_id: &app_id, agent_id, secret: &secret, trusted, apis };
    append(&path, &table, context)?;
    let next = match &secret {
        Source::Env(variable) => say!(
            context.lang,
            "接着：export {variable}=…，然后 wecheck config check",
            "next: export {variable}=…, then wecheck config check"
        ),
        _ => say!(context.lang, "接着：wecheck config check", "next: wecheck config check"),
    };
    Ok(InitReport { path: path.display().to_string(), profile: name, next })
}

fn app_id_question(platform: Platform) -> Question {
    let (text, id) = match platform {
        Platform::Mp => (both!("appid", "appid"), "mp-app-id"),
        Platform::Work => (both!("corpid（企业 ID）", "corpid"), "work-corp-id"),
    };
    let [zh, en] = console(id);
    Question { flag: "app-id", text, why: both!("在 {zh}", "under {en}"), default: None }
}

/// Where something is in the console, in Chinese and in English.
fn console(id: &str) -> [std::borrow::Cow<'static, str>; 2] {
    [Lang::Zh, Lang::En].map(|lang| place::path_in(id, lang).unwrap_or_default())
}

/// What the domain rules say against an entry of the console.
pub(super) fn domain_complaint(entry: &str, platform: Platform, lang: Lang) -> Option<String> {
    let entries = [entry.to_owned()];
    let url = if entry.contains("://") { entry.to_owned() } else { format!("https://{entry}/") };
    let query = Query {
        url: &url,
        platform,
        purpose: Purpose::Jsapi,
        entries: &entries,
        sandbox: false,
        app_id: None,
        verify_file: None,
    };
    let answer = domain::check(&query, lang);
    let rule = answer.rules.into_iter().find(|rule| rule.status == domain::Status::Fail)?;
    Some(format!("`{entry}`: {}", rule.message))
}

/// Refuses what looks like a secret where a name or an id is asked for.
fn refuse_secret(answer: &str) -> Result<(), Failure> {
    if !looks_secret(answer) {
        return Ok(());
    }
    Err(Failure::usage(both!(
        "这看起来是 secret，没有保存；这里要的不是它",
        "this looks like a secret and was not kept; it is not what is asked for here"
    ))
    .hint(both!(
        "secret 放进环境变量：export SHOP_SECRET=…",
        "put the secret into a variable: export SHOP_SECRET=…"
    )))
}

/// Writes to the terminal, which stderr is.
fn say(text: &str) -> Result<(), Failure> {
    let mut err = io::stderr().lock();
    err.write_all(text.as_bytes()).and_then(|()| err.flush()).map_err(|error| {
        let zh = Both::from(&error).zh;
        Failure::storage(both!("写不了终端：{zh}", "cannot write to the terminal: {error}"))
    })
}

/// The shapes of app secrets: 32 hex digits, or 43 or 64 letters and digits; and what was copied with a piece
/// missing or with a name before it: a long run of letters and digits.
fn looks_secret(text: &str) -> bool {
    let is_mixed = |run: &str| {
        run.len() >= SECRET_RUN_CHARS
            && run.bytes().any(|b| b.is_ascii_digit())
            && run.bytes().any(|b| b.is_ascii_alphabetic())
    };
    let is_hex = text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_mixed);
    let is_long = matches!(text.len(), 43 | 64)
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && text.bytes().any(|b| b.is_ascii_digit());
    is_hex || is_long
}

fn is_variable(name: &str) -> bool {
    name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// One question.
struct Question {
    /// The flag that answers it.
    flag: &'static str,
    text: Both,
    /// What it is for, in one line.
    why: Both,
    default: Option<String>,
}

/// Asks what no flag answered, when someone is there to be asked.
struct Asker {
    asks: bool,
    lang: Lang,
    /// Of the terminal on stderr.
    columns: usize,
}

impl Asker {
    /// A flag's value, or the first answer that `read` takes; it learns whether the same was typed again.
    fn ask<T>(
        &self,
        flag: Option<String>,
        question: &Question,
        read: impl Fn(&str, bool) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if let Some(flag) = flag {
            return read(flag.trim(), true);
        }
        if !self.asks {
            let name = question.flag;
            return match &question.default {
                Some(default) => read(default, true),
                None => Err(Failure::usage(both!(
                    "没法询问 --{name}：标准输入不是终端",
                    "--{name} cannot be asked for: stdin is not a terminal"
                ))
                .hint(Both::same(
                    "wecheck config init --name NAME --platform mp --app-id APPID --secret-env NAME",
                ))),
            };
        }
        say("\n")?;
        self.remark(question.why.get(self.lang))?;
        let mut last = String::new();
        loop {
            let answer = self.line(question)?;
            let answer = answer.trim();
            let failure = match read(answer, answer == last) {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            answer.clone_into(&mut last);
            // What was pasted may be a secret: its lines are cleared.
            if looks_secret(answer) || question.flag == "secret-env" {
                self.clear(question, answer)?;
            }
            self.remark(failure.message.get(self.lang))?;
        }
    }

    /// A list: flags, or the words of one answer, each without a complaint.
    fn list(
        &self,
        flags: Vec<String>,
        question: &Question,
        complaint: impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<String>, Failure> {
        if !flags.is_empty() || !self.asks {
            return Ok(flags
                .into_iter()
                .map(|entry| entry.trim().to_owned())
                .filter(|entry| !entry.is_empty())
                .collect());
        }
        say("\n")?;
        self.remark(question.why.get(self.lang))?;
        loop {
            let answer = self.line(question)?;
            let entries: Vec<String> = answer
                .split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、'))
                .filter(|entry| !entry.is_empty())
                .map(str::to_owned)
                .collect();
            if let Some(Err(failure)) = entries.iter().map(|entry| refuse_secret(entry)).find(Result::is_err)
            {
                self.clear(question, answer.trim())?;
                self.remark(failure.message.get(self.lang))?;
                continue;
            }
            match entries.iter().find_map(|entry| complaint(entry)) {
                None => return Ok(entries),
                Some(complaint) => self.remark(&safe(&complaint))?,
            }
        }
    }

    /// Says a line between the questions, wrapped at words.
    fn remark(&self, text: &str) -> Result<(), Failure> {
        say(&fold(text, 2, self.columns))
    }

    /// What is shown before the answer.
    fn prompt(&self, question: &Question) -> String {
        let shown = question.default.as_ref().filter(|d| !d.is_empty());
        let shown = shown.map(|default| format!(" [{default}]")).unwrap_or_default();
        format!("{}{shown}{}", question.text.get(self.lang), self.lang.pick("：", ": "))
    }

    /// Clears the lines of an answer, as many as the terminal broke it into.
    fn clear(&self, question: &Question, answer: &str) -> Result<(), Failure> {
        let width = columns_of(&self.prompt(question)) + columns_of(answer);
        let rows = width.div_ceil(self.columns.max(1)).max(1);
        say(&format!("\u{1b}[{rows}A\u{1b}[J"))
    }

    fn line(&self, question: &Question) -> Result<String, Failure> {
        say(&self.prompt(question))?;
        let mut line = Vec::new();
        let read = io::stdin().lock().read_until(b'\n', &mut line).map_err(|error| {
            let zh = Both::from(&error).zh;
            Failure::storage(both!("读不到回答：{zh}", "cannot read the answer: {error}"))
        })?;
        // What is not UTF-8 answers nothing, and is asked again.
        let line = String::from_utf8_lossy(&line);
        if read == 0 {
            say("\n")?;
            return Err(Failure::new(
                Kind::Interrupted,
                both!("已中止，什么都没有写", "aborted, nothing was written"),
            ));
        }
        Ok(match (&question.default, line.trim()) {
            (Some(default), "") => default.clone(),
            (_, answer) => answer.to_owned(),
        })
    }
}

/// One profile.
struct Table<'a> {
    name: &'a str,
    platform: Platform,
    app_id: &'a str,
    agent_id: Option<String>,
    secret: &'a Source,
    trusted: Vec<String>,
    apis: Vec<String>,
}

impl Table<'_> {
    fn toml(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let list = |texts: &[String]| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
        let (name, platform) = (self.name, self.platform);
        let mut table =
            format!("[profile.{name}]\nplatform = \"{platform}\"\nappid = {}\n", quoted(self.app_id));
        if let Some(id) = &self.agent_id {
            let is_number = id.parse::<u64>().is_ok_and(|number| number.to_string() == *id);
            let _ = writeln!(table, "agent_id = {}", if is_number { id.clone() } else { quoted(id) });
        }
        let _ = match self.secret {
            Source::File(path) => {
                writeln!(table, "secret = {{ file = {} }}", quoted(&path.to_string_lossy()))
            }
            Source::Env(variable) => writeln!(table, "secret = {{ env = {} }}", quoted(variable)),
            Source::Plain(_) | Source::Command(_) | Source::Url(_) => Ok(()),
        };
        if !self.trusted.is_empty() {
            let _ = writeln!(table, "trusted_domains = [{}]", list(&self.trusted));
        }
        if !self.apis.is_empty() {
            let _ = writeln!(table, "js_api_list = [{}]", list(&self.apis));
        }
        table
    }
}

/// Adds a profile to the file in one step: a reader finds the old file or the new one. Runs at the same
/// time wait for one another; a file behind a link is written where it is.
fn append(path: &Path, table: &Table<'_>, context: &Context) -> Result<(), Failure> {
    let refuse = |error: &io::Error| {
        let file = path.display();
        let zh = Both::from(error).zh;
        Failure::storage(both!("写不了 `{file}`：{zh}", "cannot write `{file}`: {error}"))
            .hint(both!("换个位置：WECHECK_CONFIG=FILE", "use another place: WECHECK_CONFIG=FILE"))
    };
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| refuse(&error))?;
    // The folder itself is the lock: nothing is left behind. Where folders cannot be opened, runs at the
    // same time are as rare as such systems.
    let lock = File::open(folder).ok();
    if let Some(lock) = &lock {
        let _ = lock.lock();
    }
    let mut text = if target.exists() {
        // Another run may have added one since the questions were asked.
        let settings = config::load(&context.env)?;
        if settings.profiles.iter().any(|profile| profile.name == table.name) {
            let name = table.name;
            return Err(Failure::usage(both!(
                "已经有名为 `{name}` 的配置",
                "there is a profile `{name}` already"
            ))
            .hint(Both::same("wecheck config init --name OTHER")));
        }
        fs::read_to_string(&target).map_err(|error| refuse(&error))?
    } else {
        format!("default_profile = \"{}\"\n", table.name)
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&table.toml());
    // A temporary file is 0600 from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| refuse(&error))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(|error| refuse(&error))?;
    file.persist(&target).map_err(|error| refuse(&error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_a_name() {
        for secret in [
            "0123456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcde",
            "secret=0123456789abcdef0123456789abcdef",
            &"aB3-".repeat(11)[..43],
        ] {
            assert!(looks_secret(secret) && refuse_secret(secret).is_err(), "{secret}");
        }
        for name in ["SHOP_SECRET", "wx0123456789abcdef", "ww0123456789abcdef", "default", "WX_1_SECRET"] {
            assert!(!looks_secret(name), "{name}");
        }
        assert!(
            is_variable("SHOP_SECRET") && is_variable("_x1") && !is_variable("1X") && !is_variable("A-B")
        );
    }
}
