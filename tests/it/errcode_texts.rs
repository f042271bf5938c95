//! Texts as people paste them, each with what it means: a code or the name of a message. What other
//! programs and products write is not answered as WeChat's, or with the doubt beside it.

use wecheck::catalog::answer::{Basis, answer};
use wecheck::lang::Lang;

use crate::harness::{Home, wecheck};

/// `platform:code`, the name of a message, `faq:topic` or `-` for one that is not known; the text.
/// `?` before it: with a note that says why it may be something else.
const TEXTS: &str = include_str!("../data/pasted-texts.tsv");

/// What an answer is, in one word.
fn first(text: &str) -> String {
    let found = answer(text, None, None, None, Lang::En).results;
    let Some(one) = found.first() else { return "-".to_owned() };
    let doubt = if one.note.is_some() { "?" } else { "" };
    let name = match (one.code, one.basis, one.error_message.as_deref()) {
        (Some(code), ..) => format!("{}:{code}", one.platform.map_or("either", |platform| platform.name())),
        (None, Basis::Faq, Some(topic)) => format!("faq:{topic}"),
        (None, _, name) => name.unwrap_or("unnamed").to_owned(),
    };
    format!("{doubt}{name}")
}

#[test]
fn what_people_paste_is_known_for_what_it_is() {
    let mut wrong = Vec::new();
    for line in TEXTS.lines() {
        let (wanted, text) = line.split_once('\t').expect("name and text");
        let found = first(text);
        // `*:-40001` is the code of either platform.
        let fits = wanted == found
            || wanted.strip_prefix("*:").is_some_and(|code| found.ends_with(&format!(":{code}")));
        if !fits {
            wrong.push(format!("{text}: {found} for {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), TEXTS.lines().count(), wrong.join("\n"));
}

#[test]
fn codes_beside_each_other_are_all_shown() {
    for text in ["40001 or 42001?", "40001和42001的区别", "difference between 40001 and 42001", "40001/42001"]
    {
        let found = answer(text, None, Some(wecheck::platform::Platform::Mp), None, Lang::En).results;
        let codes: Vec<Option<i64>> = found.iter().map(|one| one.code).collect();
        assert!(codes.contains(&Some(40001)) && codes.contains(&Some(42001)), "{text}: {codes:?}");
    }
}

#[test]
fn a_page_s_words_do_not_bring_another_family_s_codes() {
    let found = answer("invalid signature", None, None, None, Lang::En).results;
    assert!(found.iter().all(|one| one.code != Some(702_002)), "{found:?}");
    assert_eq!(found[0].error_message.as_deref(), Some("invalid signature"));
}

/// A login of the site itself: what its number would be at WeChat is said, its steps are not.
#[test]
fn a_number_that_is_hardly_wechat_s_brings_no_steps() {
    for text in ["40001 用户未登录", r#"{"code":40029,"msg":"验证码错误"}"#, "40014: login expired"]
    {
        let done = wecheck(["--lang", "en", "errcode", "explain", text]).done();
        assert!(done.stdout.contains("WeChat does not send these words"), "{done}");
        assert!(!done.stdout.contains("What to do now"), "{done}");
    }
    let done = wecheck(["--lang", "en", "errcode", "explain", "40001 invalid credential"]).done();
    assert!(done.stdout.contains("What to do now"), "{done}");
}

/// What another product says is seen on neither platform.
#[test]
fn another_product_has_no_platform_beside_its_name() {
    let done = wecheck(["--lang", "en", "errcode", "explain", "oapi.dingtalk.com errcode 40014"]).done();
    assert!(done.stdout.starts_with("An answer of DingTalk, not of WeCom\n"), "{done}");
}

/// A text of ours that no entry has is unknown, but not without a way on; foreign texts and nonsense
/// get no topic.
#[test]
fn an_unknown_text_of_ours_names_the_topics_it_may_be_about() {
    for (text, topic) in [
        ("echostr 返回为空", "callback-url-fails"),
        ("服务器配置 启用失败，请检查服务器", "callback-url-fails"),
        ("消息推送到一半就没有了", "callback-messages"),
    ] {
        let unknown = answer(text, None, None, None, Lang::Zh).unknown.expect("unknown");
        assert!(unknown.topics.iter().any(|one| one.id == topic), "{text}: {:?}", unknown.topics);
    }
    for text in [
        "网络不给力，请稍后再试",
        "今天天气不错",
        "frobnicate quux",
        "Google OAuth Error 400: redirect_uri_mismatch",
        "Laravel 419 Page Expired",
        "errcode 20703",
    ] {
        let unknown = answer(text, None, None, None, Lang::Zh).unknown.expect("unknown");
        assert!(unknown.topics.is_empty(), "{text}: {:?}", unknown.topics);
    }
    let done = wecheck(["--lang", "en", "errcode", "explain", "echostr 返回为空"]).done();
    assert!(done.code == 1 && done.stdout.contains("wecheck faq callback-url-fails"), "{done}");
}

/// What `errcode scan` passes over is not explained either.
#[test]
fn a_port_a_line_or_a_duration_is_not_explained_as_a_code() {
    for text in [
        "dial tcp 10.0.0.5:40001: connect: connection refused",
        "connect ECONNREFUSED 127.0.0.1:42001",
        "listen tcp :40013: bind: address already in use",
        "https://m.example.com:40001/wx/callback returned 200",
        "at Object.<anonymous> (/app/server.js:40001:13)\nTypeError: Cannot read properties of undefined (reading 'errcode')",
        "java.lang.NullPointerException at com.foo.WxService.getToken(WxService.java:40001)",
        "invoke(StandardWrapperValve.java:202) invoke(StandardContextValve.java:41002) [tomcat-embed-core-9.0.22.jar]",
        "Process 42001 exited with code 1",
        "exit status 40001",
        "exit code 40029",
        "wrote 40164 bytes to access.log",
        "request to wechat took 40003 ms, elapsed=40164ms",
        "curl: (7) Failed to connect to m.example.com port 40013: Connection refused",
    ] {
        let found = answer(text, None, None, None, Lang::Zh).results;
        assert!(
            found.iter().all(|one| one.code.is_none() && one.observed.code.is_none()),
            "{text}: {found:?}"
        );
        assert!(found.iter().all(|one| one.observed.api.is_none()), "{text}: {found:?}");
        assert!(found.iter().all(|one| one.basis != Basis::Faq), "{text}: {found:?}");
    }
}

/// Own backends and other products have an errcode as well: words of something else bring a caveat and no steps.
#[test]
fn words_that_contradict_the_errcode_bring_a_caveat() {
    for (text, lang, caveat) in [
        (r#"{"errcode":40003,"errmsg":"余额不足"}"#, "en", "WeChat does not send these words with 40003"),
        (r#"{"errcode":40003,"errmsg":"余额不足"}"#, "zh", "微信不会随 40003 返回这句话"),
        (r#"{"errcode":45009,"errmsg":"验证码发送过于频繁"}"#, "en", "WeChat does not send these words"),
    ] {
        let done = wecheck(["--lang", lang, "errcode", "explain", text]).done();
        assert!(done.stdout.contains(caveat), "{done}");
        assert!(!done.stdout.contains("What to do now") && !done.stdout.contains("现在做什么"), "{done}");
    }
    for text in [
        r#"{"errcode":40001,"errmsg":"invalid credential, access_token is invalid or not latest rid: 1-2-3"}"#,
        r#"{"errcode":40029,"errmsg":"code无效"}"#,
        r#"{"access_token":"68_abc","expires_in":7200}"#,
    ] {
        let found = answer(text, None, None, None, Lang::En).results;
        assert_eq!(found[0].note, None, "{text}");
    }
}

/// The table's name of a code is not quoted as what was answered.
#[test]
fn a_code_without_an_entry_does_not_quote_its_label_as_the_answer() {
    let found =
        answer(r#"{"errcode":95007,"errmsg":"invalid open kfid"}"#, None, None, None, Lang::En).results;
    assert!(!found[0].meaning.contains("answered"), "{}", found[0].meaning);
}

/// WeCom answers 0 and names those that it left out; each field has its own reason.
#[test]
fn those_left_out_are_named_with_their_own_reason() {
    for (text, says) in [
        (r#"{"errcode":0,"errmsg":"ok","unlicenseduser":"zhangsan","msgid":"x"}"#, "interface license"),
        (r#"{"errcode":0,"errmsg":"ok","invalidlist":"usr1|usr2","invalidparty":[2,4]}"#, "2, 4, usr1, usr2"),
        (r#"{"errcode":0,"errmsg":"ok","fail_list":["wm1"]}"#, "wm1"),
    ] {
        let found = answer(text, None, None, None, Lang::En).results;
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].platform, Some(wecheck::platform::Platform::Work), "{text}");
        assert!(found[0].fixes[0].contains(says), "{text}: {:?}", found[0].fixes);
        assert!(!(text.contains("unlicensed") && found[0].fixes[0].contains("check that")), "{text}");
    }
}

/// The API whose address is in the text brings its own steps; one that names a reason is not said to give none.
#[test]
fn the_address_and_the_reason_in_the_text_are_used() {
    let first = |text: &str| answer(text, None, None, None, Lang::En).results.remove(0);
    let asked = "GET https://api.weixin.qq.com/sns/userinfo?access_token=x&openid=o {\"errcode\":40001,\"errmsg\":\"invalid credential\"}";
    assert!(first(asked).fixes[0].contains("sns/oauth2/refresh_token"));
    let login = "https://api.weixin.qq.com/sns/jscode2session?appid=wx1&js_code=c {\"errcode\":40029,\"errmsg\":\"invalid code\"}";
    assert!(first(login).fixes[0].contains("wx.login"));
    let words = "小程序 wx.login 后端 jscode2session 返回 {\"errcode\":40029,\"errmsg\":\"invalid code\"}";
    assert!(first(words).fixes[0].contains("wx.login"));
    let secret = first(
        "https://api.weixin.qq.com/cgi-bin/token?appid=wx1&secret=x {\"errcode\":40001,\"errmsg\":\"invalid credential rid: 1-2-3\"}",
    );
    assert!(secret.fixes[0].contains("secret is wrong"), "{secret:?}");
    assert!(secret.fixes.len() == 2 && secret.fixes[1].contains("1-2-3"), "{secret:?}");
    assert!(secret.commands.iter().all(|command| !command.contains("--refresh")), "{secret:?}");
    for (text, reason) in [
        ("requestSubscribeMessage:fail last call has not ended", "last call has not ended"),
        ("getLocation:fail [geolocation:14]Network access is denied", "Network access is denied"),
    ] {
        let one = first(text);
        assert!(one.name.contains(reason) && one.meaning.contains(reason), "{one:?}");
        assert!(!one.meaning.contains("no reason") && !one.name.contains("without"), "{one:?}");
    }
}

/// The lists of `wx.config` and `wx.agentConfig` are two.
#[test]
fn an_api_of_agent_config_is_looked_for_in_its_own_list() {
    let home = Home::new();
    home.file(
        "page.js",
        "wx.config({appId:'ww1',jsApiList:['selectExternalContact']});\
         wx.agentConfig({corpid:'ww1',agentid:'1',jsApiList:[]});",
    );
    let text = "selectExternalContact:fail, the permission value is offline verifying";
    for (lang, says) in [
        ("en", "1. selectExternalContact is not in the jsApiList of wx.agentConfig: add it there"),
        ("zh", "1. selectExternalContact 不在 wx.agentConfig 的 jsApiList 里"),
    ] {
        let done = home.run(["--lang", lang, "errcode", "explain", text, "--from", "page.js"]).done();
        assert!(done.stdout.contains(says), "{done}");
    }
    let text = "chooseImage:fail, the permission value is offline verifying";
    home.file(
        "page.js",
        "wx.config({jsApiList:apis});wx.agentConfig({jsApiList:['selectExternalContact']});",
    );
    let done = home.run(["--lang", "en", "errcode", "explain", text, "--from", "page.js"]).done();
    assert!(!done.stdout.contains("page's jsApiList"), "{done}");
}
