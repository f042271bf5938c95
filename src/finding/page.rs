//! What a page shows in a browser besides its signatures.
//!
//! In: nothing. Out: the entries. Those whose severity is an error keep the page from working.

use super::{Basis, Entry, Likelihood, Severity};
use crate::lang::Text;

/// The findings of `page`.
pub const FINDINGS: &[Entry] = &[
    Entry {
        id: "page-console-error",
        severity: Severity::Warning,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text {
            zh: "页面脚本报错，提到客户端库", en: "a script error that names the client library"
        },
        cause: Text { zh: "控制台报错：{detail}", en: "the console shows: {detail}" },
        fix: Text {
            zh: "先修这个报错：之后的 wx 调用都没有执行",
            en: "fix this error first: the wx calls after it did not run",
        },
    },
    Entry {
        id: "page-script-blocked",
        severity: Severity::Error,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text { zh: "脚本被 CSP 拦下", en: "a script was blocked by the page's CSP" },
        cause: Text {
            zh: "页面的 Content-Security-Policy 不许加载 {detail}",
            en: "the page's Content-Security-Policy does not allow {detail}",
        },
        fix: Text {
            zh: "把它的主机加进 script-src：https://res.wx.qq.com https://res2.wx.qq.com（企业微信另加 https://open.work.weixin.qq.com）",
            en: "add its host to script-src: https://res.wx.qq.com https://res2.wx.qq.com (WeCom also https://open.work.weixin.qq.com)",
        },
    },
    Entry {
        id: "page-script-missing",
        severity: Severity::Error,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text { zh: "脚本没有加载成功", en: "a script was not loaded" },
        cause: Text { zh: "脚本没有到：{detail}", en: "the script did not come: {detail}" },
        fix: Text {
            zh: "核对地址；官方脚本加载失败时换备用主机：https://res2.wx.qq.com/open/js/jweixin-1.6.0.js",
            en: "check the address; fall back to the second official host: https://res2.wx.qq.com/open/js/jweixin-1.6.0.js",
        },
    },
    Entry {
        id: "page-mixed-content",
        severity: Severity::Error,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text { zh: "https 页面里加载了 http 资源", en: "http content in an https page" },
        cause: Text { zh: "浏览器拦下了 {detail}", en: "the browser blocked {detail}" },
        fix: Text {
            zh: "把它改成 https，或写成不带协议的 //host/path",
            en: "load it over https, or write //host/path without a scheme",
        },
    },
    Entry {
        id: "page-bridge-not-awaited",
        severity: Severity::Error,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text {
            zh: "没等 WeixinJSBridge 出现就用了它",
            en: "WeixinJSBridge was used before it was there",
        },
        cause: Text {
            zh: "客户端在文档就绪后才注入 WeixinJSBridge，页面更早就用了它：{detail}",
            en: "the client adds WeixinJSBridge once the document is there; the page used it earlier: {detail}",
        },
        fix: Text {
            zh: "没有就等：document.addEventListener('WeixinJSBridgeReady', start)；已经有了就直接 start()",
            en: "if it is missing, wait: document.addEventListener('WeixinJSBridgeReady', start); if it is there, call start()",
        },
    },
    Entry {
        id: "page-bridge-event-missed",
        severity: Severity::Warning,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text { zh: "等不到 WeixinJSBridgeReady", en: "WeixinJSBridgeReady is never heard" },
        cause: Text {
            zh: "桥的就绪事件没有等到：{detail}",
            en: "the event of the bridge was not heard: {detail}",
        },
        fix: Text {
            zh: "在 document 上监听，并先看 window.WeixinJSBridge 是否已经有了",
            en: "listen on document, and look for window.WeixinJSBridge first",
        },
    },
    Entry {
        id: "page-api-not-listed",
        severity: Severity::Error,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text {
            zh: "调用的接口不在 jsApiList 里", en: "an API was called that jsApiList lacks"
        },
        cause: Text {
            zh: "客户端对 {detail} 回 permission denied：config 时没有申请它",
            en: "the client answers permission denied to {detail}: the config did not ask for it",
        },
        fix: Text { zh: "把它加进 jsApiList", en: "add it to jsApiList" },
    },
    Entry {
        id: "page-api-before-ready",
        severity: Severity::Error,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text { zh: "接口在 wx.ready 之前就调用了", en: "an API was called before wx.ready" },
        cause: Text {
            zh: "{detail} 调用时 config 还没有结果：客户端回 permission value is offline verifying，或者没有任何反应",
            en: "{detail} was called before the config had an answer: the client says the permission value is offline \
                 verifying, or nothing at all",
        },
        fix: Text {
            zh: "放进 wx.ready(function () { … })；ww 的接口等 ww.ensureConfigReady()",
            en: "call it inside wx.ready(function () { … }); with ww wait for ww.ensureConfigReady()",
        },
    },
    Entry {
        id: "page-api-after-refusal",
        severity: Severity::Warning,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text {
            zh: "config 失败后还在调用接口", en: "an API was called after the config was refused"
        },
        cause: Text {
            zh: "config 已被拒绝，{detail} 也就没有权限",
            en: "the config was refused, so {detail} has no permission",
        },
        fix: Text { zh: "先修 config", en: "fix the config first" },
    },
    Entry {
        id: "page-several-configs",
        severity: Severity::Warning,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text { zh: "同一页面 config 了好几次", en: "the page was configured more than once" },
        cause: Text {
            zh: "{detail}：后一次会覆盖前一次，谁先谁后看网络快慢",
            en: "{detail}: the later one replaces the earlier, and which one that is depends on the network",
        },
        fix: Text {
            zh: "只在一处 config，其他地方等它的结果",
            en: "configure in one place and let the others wait for its result",
        },
    },
    Entry {
        id: "page-signature-reused",
        severity: Severity::Warning,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text {
            zh: "一个签名用在了几个地址上", en: "one signature was used for several addresses"
        },
        cause: Text {
            zh: "同一组 nonceStr、timestamp、signature 交给了 {detail}",
            en: "the same nonceStr, timestamp and signature were passed on {detail}",
        },
        fix: Text {
            zh: "每个地址都重新请求签名，不要缓存",
            en: "request a signature for each address; do not cache it",
        },
    },
    Entry {
        id: "page-signing-failed",
        severity: Severity::Error,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text { zh: "签名接口没有给出签名", en: "the signing request gave no signature" },
        cause: Text { zh: "没有拿到签名：{detail}", en: "no signature came: {detail}" },
        fix: Text {
            zh: "修好签名接口：wecheck verify --endpoint ENDPOINT --page-url PAGE_URL 会单独检查它",
            en: "fix the signing endpoint: wecheck verify --endpoint ENDPOINT --page-url PAGE_URL checks it alone",
        },
    },
    Entry {
        id: "page-signed-endpoint",
        severity: Severity::Warning,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text {
            zh: "签的是签名接口自己的地址", en: "the signing endpoint signed its own address"
        },
        cause: Text {
            zh: "服务端把请求自己的地址 {detail} 拿去签了，不是页面的地址",
            en: "the server signed the address of the request itself, {detail}, not the page's",
        },
        fix: Text {
            zh: "让页面把 location.href.split('#')[0] 用 encodeURIComponent 传过去，服务端只签这个参数",
            en: "let the page pass location.href.split('#')[0] through encodeURIComponent, and sign that parameter only",
        },
    },
    Entry {
        id: "page-domain",
        severity: Severity::Error,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text { zh: "页面的域名不被接受", en: "the page's domain is not accepted" },
        cause: Text { zh: "域名规则不通过：{detail}", en: "a domain rule is broken: {detail}" },
        fix: Text {
            zh: "wecheck domain-check PAGE_URL 会逐条说明",
            en: "wecheck domain-check PAGE_URL explains each rule",
        },
    },
    Entry {
        id: "page-error-status",
        severity: Severity::Warning,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text { zh: "页面回了错误状态", en: "the page answered with an error status" },
        cause: Text { zh: "打开页面时：{detail}", en: "when the page was opened: {detail}" },
        fix: Text {
            zh: "前端路由用 history 模式时，服务器要把未知路径都回 index.html",
            en: "with history routes, the server has to answer unknown paths with index.html",
        },
    },
    Entry {
        id: "page-redirected",
        severity: Severity::Warning,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text {
            zh: "页面被重定向到了另一个地址", en: "the page was redirected to another address"
        },
        cause: Text {
            zh: "重定向：{detail}：要签的是最后显示的地址",
            en: "redirected: {detail}: the address that is finally shown has to be signed",
        },
        fix: Text {
            zh: "让前端取 location.href，不要由服务端拼地址",
            en: "take location.href in the page; do not build the address on the server",
        },
    },
    Entry {
        id: "page-no-config",
        severity: Severity::Warning,
        basis: Basis::Evidence,
        likelihood: Likelihood::Sometimes,
        field: "page",
        title: Text { zh: "页面没有调用 config", en: "the page called no config" },
        cause: Text {
            zh: "打开后没有 wx.config、wx.agentConfig 或 ww.register 的调用到达客户端",
            en: "no wx.config, wx.agentConfig or ww.register reached the client after the page was opened",
        },
        fix: Text {
            zh: "要点击或等待才调用的，用 --click SELECTOR、--go PATH、--wait SECONDS",
            en: "if it takes a click or a wait, add --click SELECTOR, --go PATH or --wait SECONDS",
        },
    },
];
