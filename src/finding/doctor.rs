//! What `doctor` checks, in the order of the FAQ.
//!
//! In: nothing. Out: the entries. Each is a check that passes, warns or fails; its cause says what a
//! failure means.

use super::{Basis, Entry, Likelihood, Severity};
use crate::lang::Text;

const fn check(id: &'static str, title: Text, cause: Text, fix: Text) -> Entry {
    Entry {
        id,
        severity: Severity::Check,
        basis: Basis::Measurement,
        likelihood: Likelihood::Often,
        field: "account",
        title,
        cause,
        fix,
    }
}

/// The checks of `doctor`.
pub const FINDINGS: &[Entry] = &[
    check(
        "config",
        Text { zh: "配置文件", en: "config file" },
        Text {
            zh: "配置读不出来、没有配置，或文件别人也能读",
            en: "the config cannot be read, has no profile, or others can read the file",
        },
        Text { zh: "wecheck config check 会逐项说明", en: "wecheck config check explains each field" },
    ),
    check(
        "secret",
        Text { zh: "密钥和 id 的样子", en: "shapes of secrets and ids" },
        Text {
            zh: "密钥取不到，或长度、字符和平台的不一样",
            en: "a secret cannot be had, or its length or characters differ from the platform's",
        },
        Text { zh: "从后台重新复制一次", en: "copy it from the console once more" },
    ),
    check(
        "clock",
        Text { zh: "本机时钟", en: "clock of this machine" },
        Text {
            zh: "本机时间和服务器差得多，token 的期限和签名的时间都会错",
            en: "this machine's time differs from the server's, so lifetimes and timestamps are wrong",
        },
        Text {
            zh: "打开 NTP 对时：timedatectl set-ntp true", en: "turn on NTP: timedatectl set-ntp true"
        },
    ),
    check(
        "proxy",
        Text { zh: "代理", en: "proxy" },
        Text {
            zh: "请求要经过的代理连不上", en: "the proxy that requests go through cannot be reached"
        },
        Text {
            zh: "启动代理，或清掉 HTTPS_PROXY、ALL_PROXY",
            en: "start the proxy, or unset HTTPS_PROXY and ALL_PROXY",
        },
    ),
    check(
        "dns",
        Text { zh: "接口主机名的解析", en: "name of the API host" },
        Text { zh: "接口的主机名解析不出地址", en: "the name of the API host has no address" },
        Text { zh: "检查 DNS 和 api_base", en: "check the DNS and api_base" },
    ),
    check(
        "api-connection",
        Text { zh: "到接口的连接", en: "connection to the API" },
        Text { zh: "接口的端口连不上", en: "the port of the API cannot be connected to" },
        Text {
            zh: "检查防火墙的出站规则和 api_base", en: "check outbound firewall rules and api_base"
        },
    ),
    check(
        "tls",
        Text { zh: "接口的证书", en: "certificate of the API" },
        Text {
            zh: "接口的证书不被信任，多半中间有一台解密的网关",
            en: "the API's certificate is not trusted; often a gateway decrypts the traffic",
        },
        Text {
            zh: "把网关的 CA 写进 ca_file，或设 SSL_CERT_FILE",
            en: "put the gateway's authority into ca_file, or set SSL_CERT_FILE",
        },
    ),
    check(
        "outgoing-ip",
        Text { zh: "出口 IP", en: "outgoing IP address" },
        Text {
            zh: "这台机器的出口 IP 不在白名单（mp）或可信 IP（work）里",
            en: "this machine's outgoing IP is not on the whitelist (mp) or among the trusted IPs (work)",
        },
        Text {
            zh: "把错误里写的那个 IP 加进后台的列表",
            en: "add the address that the error names to the console's list",
        },
    ),
    check(
        "token",
        Text { zh: "access_token", en: "access token" },
        Text { zh: "access_token 取不到", en: "the access token cannot be fetched" },
        Text { zh: "wecheck errcode explain CODE 会说明", en: "wecheck errcode explain CODE explains it" },
    ),
    check(
        "token-replaced",
        Text { zh: "token 没被别人顶掉", en: "no other program replaces the token" },
        Text {
            zh: "还没到期的 token 被拒绝了：另一个程序也在取，每取一次就让上一个失效",
            en: "a token was refused before its expiry: another program fetches tokens, and each new one ends the last",
        },
        Text {
            zh: "只让一处取 token，其他程序向它要；mp 用 token_mode = \"stable\"",
            en: "fetch in one place and let the others ask it; on mp use token_mode = \"stable\"",
        },
    ),
    check(
        "ticket",
        Text { zh: "jsapi_ticket", en: "ticket" },
        Text { zh: "ticket 取不到", en: "the ticket cannot be fetched" },
        Text { zh: "wecheck errcode explain CODE 会说明", en: "wecheck errcode explain CODE explains it" },
    ),
    check(
        "domain",
        Text { zh: "页面的域名", en: "domain of the page" },
        Text { zh: "域名规则不通过", en: "a domain rule is broken" },
        Text {
            zh: "wecheck domain-check PAGE_URL 会逐条说明",
            en: "wecheck domain-check PAGE_URL explains each rule",
        },
    ),
    check(
        "domain-probe",
        Text { zh: "页面的服务器", en: "server of the page" },
        Text {
            zh: "页面的服务器在连接、证书或重定向上有问题",
            en: "the page's server has a fault in its connection, certificate or redirects",
        },
        Text {
            zh: "wecheck domain-check --probe PAGE_URL 会逐项说明",
            en: "wecheck domain-check --probe PAGE_URL explains each point",
        },
    ),
    check(
        "endpoint",
        Text { zh: "签名接口", en: "signing endpoint" },
        Text { zh: "签名接口签得不对", en: "the signing endpoint signs wrongly" },
        Text {
            zh: "wecheck verify --endpoint ENDPOINT --page-url PAGE_URL 会说明",
            en: "wecheck verify --endpoint ENDPOINT --page-url PAGE_URL explains it",
        },
    ),
    check(
        "page",
        Text { zh: "页面本身", en: "the page itself" },
        Text { zh: "客户端会拒绝这个页面", en: "a client would refuse the page" },
        Text { zh: "wecheck page PAGE_URL 会说明", en: "wecheck page PAGE_URL explains it" },
    ),
    check(
        "callback",
        Text { zh: "回调", en: "callback" },
        Text {
            zh: "回调地址没有按微信的要求应答",
            en: "the callback endpoint does not answer as WeChat wants",
        },
        Text { zh: "wecheck callback probe URL 会说明", en: "wecheck callback probe URL explains it" },
    ),
];
