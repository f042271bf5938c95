//! What is worth saying about a signature that was made: it stops nothing.
//!
//! In: a [`Signed`]. Out: remarks in the language spoken, each a warning (WeChat will refuse
//! something) or a note.

use super::Signed;
use crate::catalog::js_api;
use crate::diagnosis::warning::api_complaint;
use crate::lang::Lang;
use crate::platform::Platform;
use crate::say;
use crate::signature::Kind;

/// The longest nonce_str of a cardExt. Characters.
const CARD_NONCE_CHARS: usize = 32;

/// One remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub is_warning: bool,
    pub text: String,
}

/// How a browser shows an address, where that is otherwise. It is never what is signed.
pub fn shown_as(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    (parsed.as_str() != url).then(|| parsed.into())
}

/// The remarks on a signature.
pub fn remarks(signed: &Signed, lang: Lang) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut add = |is_warning: bool, text: String| remarks.push(Remark { is_warning, text });
    let platform = signed.platform;
    if let Some(parsed) = signed.url.as_deref().and_then(shown_as) {
        add(
            false,
            say!(
                lang,
                "url 按给出的字节签名；浏览器会显示成 `{parsed}`",
                "the url is signed as given; a browser would show it as `{parsed}`"
            ),
        );
    }
    for name in &signed.js_api_list {
        if let Some((message, fix)) = api_complaint(name, platform, lang) {
            add(true, say!(lang, "{message}。{fix}", "{message}; {fix}"));
        } else if platform == Some(Platform::Work) && js_api::known(name, platform) == js_api::Known::Legacy {
            add(
                false,
                say!(
                    lang,
                    "`{name}` 是旧企业号的接口名，企业微信仍接受",
                    "`{name}` is a name of the old 企业号; work still takes it"
                ),
            );
        }
    }
    let is_empty = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
    if matches!(signed.kind, Kind::Card | Kind::Invoice) && is_empty(&signed.app_id) {
        add(
            true,
            say!(
                lang,
                "没有 appid，签名里就缺了它，微信会拒绝：加上 --app-id APPID",
                "there is no app id, so the signature lacks it and WeChat will refuse it: add --app-id APPID"
            ),
        );
    }
    if signed.kind == Kind::CardExt && is_empty(&signed.card.card_id) {
        add(
            true,
            say!(
                lang,
                "没有 card_id，签名里就缺了它，微信会拒绝：加上 --card-id CARD_ID",
                "there is no card_id, so the signature lacks it and WeChat will refuse it: add --card-id CARD_ID"
            ),
        );
    }
    if signed.card.shop_id.is_some() && platform == Some(Platform::Work) {
        add(
            true,
            say!(
                lang,
                "企业微信的 chooseCard 不用 location_id，签进去会对不上",
                "chooseCard on work does not take location_id; a signature with it will not fit"
            ),
        );
    }
    if signed.kind == Kind::CardExt && signed.nonce.chars().count() > CARD_NONCE_CHARS {
        add(
            true,
            say!(
                lang,
                "cardExt 的 nonce_str 最多 {CARD_NONCE_CHARS} 个字符",
                "the nonce_str of a cardExt has {CARD_NONCE_CHARS} characters at most"
            ),
        );
    }
    remarks
}
