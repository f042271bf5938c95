//! The rules about whose the host is: ICP filing and verification file.
//!
//! In: the page and the file's name. Out: `icp` and `ownership-file`, what only the console
//! or the probe can answer is left to them.

use super::super::entry::{Level, PathFit, is_localhost};
use super::super::names::platform_suffix;
use super::super::{Purpose, Rule, VerifyFile, name_fault};
use super::Case;
use crate::platform::Platform;
use crate::say;

impl Case<'_> {
    pub(super) fn icp(&self) -> Rule {
        const ID: &str = "icp";
        let lang = self.lang;
        if self.query.in_sandbox() || self.is_menu() {
            return Rule::skip(ID, lang.pick("这里不要求备案", "no ICP filing is needed here"));
        }
        if self.page.is_ip() || is_localhost(self.page.host()) {
            return Rule::skip(
                ID,
                lang.pick("不是域名，无法备案", "not a host name, there is nothing to file"),
            );
        }
        if let Some(suffix) = platform_suffix(self.page.host()) {
            return Rule::undecided(
                ID,
                say!(
                    lang,
                    "`{suffix}` 下的域名只有平台自己能备案，登记可信域名时会因没有备案被拒",
                    "only the owner of `{suffix}` could file a host below it, so the console refuses it for the missing ICP filing"
                ),
            )
            .fix(say!(lang, "把自己已备案的域名解析到这个服务上", "point a host of your own that has an ICP filing at this service"))
            .basis(self.query.platform_basis("faq icp-delay", "errcode work 80001"));
        }
        Rule::skip(
            ID,
            match self.query.platform {
                Platform::Mp => say!(
                    lang,
                    "备案要自己查：域名要有 ICP 备案（顶级域名备案即包括子域名），备案后次日再绑定",
                    "look this up yourself: the domain needs an ICP filing (that of the registered domain covers its sub-domains); bind it a day later"
                ),
                Platform::Work => say!(
                    lang,
                    "备案要自己查：域名要有 ICP 备案，2022 年 6 月起备案主体须与企业相同或有关联，24 小时后生效",
                    "look this up yourself: the domain needs an ICP filing, since June 2022 by the corp itself or a related one; it counts 24 hours later"
                ),
            },
        )
        .fix(say!(lang, "在 beian.miit.gov.cn 查这个域名", "look the domain up on beian.miit.gov.cn"))
        .basis(self.query.platform_basis("faq icp-delay", "errcode work 80001"))
    }

    /// `/`, or the path under which an mp entry wants the file.
    pub(super) fn ownership_folder(&self) -> String {
        let path = self
            .best
            .filter(|(_, fit)| {
                fit.path != PathFit::NotAsked && fit.host_level(self.query.purpose) != Level::No
            })
            .and_then(|(entry, _)| entry.path.as_deref())
            .unwrap_or("/");
        if path.ends_with('/') { path.to_owned() } else { format!("{path}/") }
    }

    pub(super) fn ownership_file(&self) -> Rule {
        const ID: &str = "ownership-file";
        let lang = self.lang;
        let oauth_only = self.query.platform == Platform::Work && self.query.purpose == Purpose::Oauth;
        let basis = self.query.platform_basis("faq ownership-failed", "errcode work 85005");
        if self.is_menu() {
            return Rule::skip(
                ID,
                lang.pick("菜单链接不需要校验文件", "a menu's url needs no verification file"),
            );
        }
        let prefix = self.query.platform.verify_prefix();
        let Some(name) = self.query.verify_file else {
            let message = if oauth_only {
                say!(
                    lang,
                    "没有校验归属时网页授权可用、JS-SDK 不可用（85005）",
                    "without verified ownership OAuth works and the JS-SDK does not (85005)"
                )
            } else {
                say!(
                    lang,
                    "没有检查：用 --verify-file {prefix}….txt 给出后台下载的文件名，加 --probe 实测",
                    "not checked: give the name the console offers with --verify-file {prefix}….txt, and --probe to fetch it"
                )
            };
            return Rule::skip(ID, message).basis(basis);
        };
        let Some(file) = VerifyFile::parse(name) else {
            let fault = name_fault(name, lang);
            return Rule::fail(
                ID,
                say!(
                    lang,
                    "`{name}` 不是校验文件名：{fault}",
                    "`{name}` is not the name of a verification file: {fault}"
                ),
            )
            .fix(say!(lang, "照后台下载的文件名原样填写", "give the name exactly as the console offers it"))
            .basis(basis);
        };
        let console = self.query.console(lang);
        if file.platform() != self.query.platform {
            return Rule::fail(
                ID,
                say!(
                    lang,
                    "`{name}` 是另一个平台的校验文件，这里要 {prefix}….txt",
                    "`{name}` is the other platform's file, here it is {prefix}….txt"
                ),
            )
            .fix(say!(lang, "到{console}重新下载", "download it again from {console}"))
            .basis(basis);
        }
        let (content, folder) = (file.content(), self.ownership_folder());
        let host = self.page.host();
        Rule::pass(
            ID,
            say!(
                lang,
                "文件名正确：`{host}{folder}{name}` 应返回 `{content}` 这 16 个字符，没有换行",
                "the name is right: `{host}{folder}{name}` must answer the 16 characters `{content}` without a line break"
            ),
        )
        .basis(basis)
    }
}

impl Platform {
    /// How the names of its verification files start.
    fn verify_prefix(self) -> &'static str {
        match self {
            Self::Mp => "MP_verify_",
            Self::Work => "WW_verify_",
        }
    }
}
