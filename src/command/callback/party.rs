//! The flags that `probe`, `send` and `listen` have in common, and the question before a live app is
//! called.
//!
//! In: flags. Out: the kind of receiver; whether to go on.

use std::io::{self, Write};

use crate::address;
use crate::both;
use crate::callback::receiver::Receiver;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::{Both, Lang};
use crate::say;

/// Reads `--kind`.
pub(super) fn kind(text: &str) -> Result<Receiver, String> {
    Receiver::from_name(text).ok_or_else(|| {
        let names: Vec<&str> = Receiver::ALL.into_iter().map(Receiver::name).collect();
        format!("one of {}", names.join(", "))
    })
}

/// What a live receiver would keep of the probe or the sample, if it keeps anything.
pub(super) fn kept_of(kind: Receiver) -> Option<&'static str> {
    match kind {
        Receiver::SuiteCommand => Some("suite_ticket"),
        Receiver::Component => Some("component_verify_ticket"),
        _ => None,
    }
}

/// Says what a receiver would keep of a made-up ticket.
fn ticket_kept(name: &str) -> Both {
    both!(
        "消息是编造的 {name}：上线的应用会把它当真存起来，在下一次真的推送（约 10 分钟）之前调用接口会失败",
        "the message is a made-up {name}: a live app stores it and its API calls fail until the next real one comes (about 10 minutes)"
    )
}

/// Refuses a call that `--offline` forbids, and asks before one to another machine: a live app may
/// act on what it gets.
pub(super) fn permit(
    url: &str,
    acts: bool,
    yes: bool,
    ticket: Option<&str>,
    context: &Context,
) -> Result<(), Failure> {
    let kept = ticket.filter(|_| acts).map(ticket_kept);
    if address::is_loopback(url) {
        return Ok(());
    }
    let url = address::without_password(url);
    if context.env.globals.offline {
        return Err(Failure::network(both!(
            "--offline 不允许请求 `{url}`",
            "--offline forbids calling `{url}`"
        ))
        .hint(both!(
            "去掉 --offline；本机地址不受限制",
            "leave out --offline; addresses of this machine are allowed"
        )));
    }
    if !acts || yes {
        if let Some(kept) = kept {
            context.out.note(kept.get(context.lang));
        }
        return Ok(());
    }
    let why = kept.map_or_else(Both::default, |kept| {
        let (zh, en) = (&kept.zh, &kept.en);
        both!("；{zh}", "; {en}")
    });
    let (why_zh, why_en) = (&why.zh, &why.en);
    if !context.env.terminal.stdin || !context.env.terminal.stderr {
        return Err(Failure::usage(both!(
            "`{url}` 不在本机，上线的应用会处理收到的消息，要先确认{why_zh}",
            "`{url}` is not on this machine: a live app acts on a message, so this has to be confirmed{why_en}"
        ))
        .hint(both!(
            "确认就加上 --yes；只做验证用 --get-only",
            "add --yes, or --get-only for the verification alone"
        )));
    }
    let question = say!(
        context.lang,
        "`{url}` 不在本机：上线的应用会像对待真消息一样处理它{why_zh}。继续吗？[y/N] ",
        "`{url}` is not on this machine: a live app acts on the message as on a real one{why_en}. Go on? [y/N] "
    );
    let mut err = io::stderr().lock();
    // Without the question there is no answer either.
    let _ = err.write_all(question.as_bytes()).and_then(|()| err.flush());
    let mut answer = String::new();
    let _ = io::stdin().read_line(&mut answer);
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "是") {
        return Ok(());
    }
    Err(Failure::usage(both!("没有确认，什么也没有发送", "not confirmed: nothing was sent"))
        .hint(both!("确认就加上 --yes", "add --yes to confirm")))
}

/// The mark of a check's status.
pub(super) fn mark(status: &str, lang: Lang) -> colored::ColoredString {
    use colored::Colorize;
    match status {
        "fail" => lang.pick("失败", "FAIL").red().bold(),
        "warn" => lang.pick("警告", "WARN").yellow().bold(),
        "pass" => lang.pick("通过", "pass").green(),
        "skip" => lang.pick("跳过", "skip").dimmed(),
        _ => lang.pick("提示", "info").cyan(),
    }
}
