//! Whether a page asked for the API that was refused: the jsApiList of the call that grants it.
//!
//! In: an API's name and what a page's code says. Out: the first step, if the code shows the list
//! that decides. `wx.config` and `wx.agentConfig` each grant their own list, `ww.register` both;
//! a list that the code does not show (a variable, `concat`) says nothing.

use super::js_api;
use crate::evidence::{Block, Call, Evidence};
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;

/// What to do about the list, or `None` if the list that decides cannot be read.
pub(super) fn first_step(api: &str, page: &Evidence, lang: Lang) -> Option<String> {
    let of = |wanted: Call| {
        page.blocks.iter().filter(move |block| block.call == wanted || block.call == Call::Register)
    };
    let name = api.strip_prefix("wx.").or_else(|| api.strip_prefix("ww.")).unwrap_or(api);
    if js_api::needs_agent_config(name) {
        if of(Call::AgentConfig).next().is_none() {
            return of(Call::Config).next().is_some().then(|| no_agent_config(name, lang));
        }
        return judge(of(Call::AgentConfig), name).map(|found| of_agent_config(name, found, lang));
    }
    // Which call grants an API of WeCom alone is not written down for each: its place in either list will do.
    let only_work = js_api::only_on(name) == Some(Platform::Work);
    let has_agent_config = of(Call::AgentConfig).next().is_some();
    if only_work && has_agent_config && !matches!(judge(of(Call::AgentConfig), name), Some(Listed::No(_))) {
        return None;
    }
    judge(of(Call::Config), name).map(|found| of_config(name, found, lang))
}

/// Whether a list has a name.
enum Listed {
    Yes,
    /// And the nearest name that it has instead.
    No(Option<String>),
}

/// `None` if a list cannot be read, or none is there.
fn judge<'a>(blocks: impl Iterator<Item = &'a Block>, name: &str) -> Option<Listed> {
    let lists: Vec<Option<&[String]>> = blocks.map(|block| block.js_api_list.as_deref()).collect();
    if lists.iter().flatten().any(|list| list.iter().any(|own| own == name)) {
        return Some(Listed::Yes);
    }
    let all: Vec<&[String]> = lists.into_iter().collect::<Option<_>>()?;
    if all.is_empty() {
        return None;
    }
    let names = all.into_iter().flatten().map(String::as_str);
    Some(Listed::No(crate::nearest::nearest(name, names).map(str::to_owned)))
}

fn of_config(api: &str, found: Listed, lang: Lang) -> String {
    match found {
        Listed::Yes => say!(
            lang,
            "{api} 在页面的 jsApiList 里：问题不在名单，去看 config 是否真的成功、是否等到了 wx.ready",
            "{api} is in the page's jsApiList: the list is not the reason; see whether config succeeded and wx.ready was awaited"
        ),
        Listed::No(Some(near)) => say!(
            lang,
            "{api} 不在页面的 jsApiList 里，那里写的是 {near}：改成 {api}",
            "{api} is not in the page's jsApiList, which has {near}: write {api}"
        ),
        Listed::No(None) => say!(
            lang,
            "{api} 不在页面的 jsApiList 里：把它加进去",
            "{api} is not in the page's jsApiList: add it"
        ),
    }
}

fn of_agent_config(api: &str, found: Listed, lang: Lang) -> String {
    match found {
        Listed::Yes => say!(
            lang,
            "{api} 在 wx.agentConfig 的 jsApiList 里：问题不在名单，去看 agentConfig 是否真的成功、是否等到了它的 success",
            "{api} is in the jsApiList of wx.agentConfig: the list is not the reason; see whether agentConfig succeeded and its success callback was awaited"
        ),
        Listed::No(Some(near)) => say!(
            lang,
            "{api} 不在 wx.agentConfig 的 jsApiList 里，那里写的是 {near}：改成 {api}",
            "{api} is not in the jsApiList of wx.agentConfig, which has {near}: write {api}"
        ),
        Listed::No(None) => say!(
            lang,
            "{api} 不在 wx.agentConfig 的 jsApiList 里：把它加到那里，写在 wx.config 里不算",
            "{api} is not in the jsApiList of wx.agentConfig: add it there; a place in that of wx.config does not count"
        ),
    }
}

fn no_agent_config(api: &str, lang: Lang) -> String {
    say!(
        lang,
        "{api} 要由 wx.agentConfig 授权，这份代码里没有这个调用：config 成功后调用 wx.agentConfig，把 {api} 写进它的 jsApiList",
        "{api} is granted by wx.agentConfig, and this code does not call it: call wx.agentConfig after config has succeeded, with {api} in its jsApiList"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::extract;

    fn said(code: &str, api: &str) -> String {
        first_step(api, &extract(code), Lang::En).unwrap_or_default()
    }

    #[test]
    fn each_call_grants_its_own_list() {
        let page = |config: &str, agent: &str| {
            format!(
                "wx.config({{appId:'ww1',jsApiList:{config}}});wx.agentConfig({{corpid:'ww1',agentid:'1',jsApiList:{agent}}});"
            )
        };
        let agent = "selectExternalContact";
        for (config, own, api, begins) in [
            (
                "['selectExternalContact']",
                "[]",
                agent,
                "selectExternalContact is not in the jsApiList of wx.agentConfig: add",
            ),
            (
                "[]",
                "['selectExternalContact']",
                agent,
                "selectExternalContact is in the jsApiList of wx.agentConfig",
            ),
            ("['selectExternalContact']", "apis", agent, ""),
            ("apis", "['selectExternalContact']", "chooseImage", ""),
            ("apis.concat(['previewImage'])", "['selectExternalContact']", "previewImage", ""),
            ("['chooseImage']", "apis", "chooseImage", "chooseImage is in the page's jsApiList"),
            (
                "['previewImage']",
                "['chooseImage']",
                "chooseImage",
                "chooseImage is not in the page's jsApiList",
            ),
        ] {
            let found = said(&page(config, own), api);
            assert!(
                if begins.is_empty() { found.is_empty() } else { found.starts_with(begins) },
                "{config} {own} {api}: {found}"
            );
        }
        let without = "wx.config({appId:'ww1',jsApiList:['selectExternalContact']})";
        assert!(said(without, agent).contains("this code does not call it"));
        let register = "ww.register({corpId:'ww1',agentId:1,jsApiList:['selectExternalContact']})";
        assert!(said(register, agent).contains("is in the jsApiList"));
        assert_eq!(said("var a = 1", "chooseImage"), "");
    }
}
