//! The spellings of a key: which field `noncestr`, `nonceStr`, `nonce_str` or 随机串 name.
//!
//! In: a key as written. Out: a [`Key`]. Letter case, `_`, `-`, `$` and blanks do not count; what
//! a spelling means in its place (a status `code` is no card code) is decided by the reader.

use super::Field;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A field of a signature.
    Field(Field),
    /// `ticket` under a name that only card kinds use.
    ApiTicket,
    /// `group_ticket`.
    GroupTicket,
    /// `cardSign`.
    CardSign,
    /// `cardExt`, `card_ext`.
    CardExt,
    /// `jsApiList`.
    JsApiList,
    /// `realAuthUrl`, `location.href`, `referer`, `page_url`.
    PageUrl,
    /// `errMsg`.
    Message,
    /// `kind`, as `sign --json` prints it.
    Kind,
    /// `getConfigSignature` of `ww.register`.
    ConfigSignature,
    /// `getAgentConfigSignature` of `ww.register`.
    AgentSignature,
    /// A key that only a share card has: the `link` beside it is not the signed url.
    Share,
    /// A key that only a request has: the `url` beside it is where the request goes.
    Request,
    /// Anything else.
    Other,
}

impl Key {
    /// Reads a key as written.
    pub(super) fn of(name: &str) -> Self {
        // No spelling is longer; a megabyte in quotes is not worth a copy.
        if name.len() > 64 {
            return Self::Other;
        }
        let plain: String =
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        match Self::spelled(&plain) {
            Self::Other if !plain.is_ascii() => Self::labelled(&plain),
            Self::Other => ["wx", "wechat", "weixin", "jssdk", "wecom", "x"]
                .iter()
                .find_map(|prefix| plain.strip_prefix(prefix))
                .map_or(Self::Other, Self::spelled),
            key => key,
        }
    }

    /// The field, where the key names one.
    pub(super) fn field(self) -> Option<Field> {
        match self {
            Self::Field(field) => Some(field),
            Self::ApiTicket | Self::GroupTicket => Some(Field::Ticket),
            Self::CardSign => Some(Field::Signature),
            _ => None,
        }
    }

    fn spelled(plain: &str) -> Self {
        Self::Field(match plain {
            "ticket" | "jsapiticket" | "jsticket" | "agentticket" | "agentconfigticket" | "corpticket"
            | "corpjsapiticket" | "jsapitickets" => Field::Ticket,
            "apiticket" | "cardticket" | "cardapiticket" => return Self::ApiTicket,
            "groupticket" => return Self::GroupTicket,
            "noncestr" | "nonce" | "noncestring" | "randomstr" | "randomstring" => Field::Nonce,
            "timestamp" | "timestamps" | "timestampstr" => Field::Timestamp,
            "url" | "link" | "signurl" | "signedurl" | "currenturl" | "fullurl" | "localurl" | "weburl"
            | "targeturl" | "signlink" => Field::Url,
            "signature" | "sign" | "sha1" | "sha1sign" | "jssignature" | "jsapisignature" | "sig"
            | "signaturestr" => Field::Signature,
            "cardsign" => return Self::CardSign,
            "appid" | "corpid" | "corp" | "openappid" => Field::AppId,
            "agentid" => Field::AgentId,
            "cardid" => Field::CardId,
            "cardtype" => Field::CardType,
            "locationid" | "shopid" => Field::LocationId,
            "code" => Field::Code,
            "openid" => Field::Openid,
            "balance" => Field::Balance,
            "accesstoken" => Field::AccessToken,
            "groupid" => Field::GroupId,
            "cardext" => return Self::CardExt,
            "jsapilist" => return Self::JsApiList,
            "realauthurl"
            | "pageurl"
            | "locationhref"
            | "windowlocationhref"
            | "documentlocationhref"
            | "documenturl"
            | "referer"
            | "referrer"
            | "documentreferrer" => return Self::PageUrl,
            "errmsg" | "errormessage" => return Self::Message,
            "kind" => return Self::Kind,
            "getconfigsignature" => return Self::ConfigSignature,
            "getagentconfigsignature" => return Self::AgentSignature,
            "title" | "desc" | "imgurl" | "imageurl" => return Self::Share,
            "method" | "datatype" | "contenttype" | "success" | "headers" | "header" | "responsetype"
            | "statuscode" | "withcredentials" | "crossdomain" => return Self::Request,
            _ => return Self::Other,
        })
    }

    /// Chinese labels: `生成的签名`, `签名url`, `noncestr随机串`.
    fn labelled(plain: &str) -> Self {
        const ENDS: &[(&[&str], Field)] = &[
            (&["签名url", "签名地址", "签名链接", "签名网址"], Field::Url),
            (&["签名", "签名值", "签名结果", "签名后"], Field::Signature),
            (&["随机串", "随机字符串", "随机数", "随机码"], Field::Nonce),
            (&["时间戳"], Field::Timestamp),
            (&["票据", "票证"], Field::Ticket),
            (
                &["页面地址", "网址", "页面链接", "网页地址", "网页链接", "当前地址", "url地址", "页面路径"],
                Field::Url,
            ),
            (&["公众号id", "企业id", "应用编号"], Field::AppId),
        ];
        for (ends, field) in ENDS {
            if ends.iter().any(|end| plain.ends_with(end)) {
                return Self::Field(*field);
            }
        }
        let latin_from =
            plain.char_indices().rev().find(|(_, c)| !c.is_ascii()).map(|(at, c)| at + c.len_utf8());
        let latin = &plain[latin_from.unwrap_or(0)..];
        if latin.is_empty() { Self::Other } else { Self::spelled(latin) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_field_are_one() {
        for (field, names) in [
            (
                Field::Nonce,
                &[
                    "noncestr",
                    "nonceStr",
                    "nonce_str",
                    "NONCESTR",
                    "nonce-str",
                    "nonceStr ",
                    "随机串",
                    "WX_NONCE_STR",
                ][..],
            ),
            (
                Field::Timestamp,
                &["timestamp", "timeStamp", "time_stamp", "TIMESTAMP", "时间戳", "$timestamp"],
            ),
            (Field::Ticket, &["jsapi_ticket", "jsApiTicket", "ticket", "jsapi-ticket", "票据", "临时票据"]),
            (Field::Signature, &["signature", "sign", "Signature", "签名", "后端生成的签名"]),
            (Field::Url, &["url", "link", "signUrl", "sign_url", "页面地址", "签名url", "前端传的url"]),
            (Field::AppId, &["appId", "appid", "app_id", "corpid", "corpId", "WX_APP_ID"]),
            (Field::AgentId, &["agentid", "agentId", "AGENT_ID"]),
        ] {
            for name in names {
                assert_eq!(Key::of(name), Key::Field(field), "{name}");
            }
        }
        assert_eq!(Key::of("debug"), Key::Other);
        assert_eq!(Key::of("imgUrl"), Key::Share);
        assert_eq!(Key::of("wx"), Key::Other);
    }
}
