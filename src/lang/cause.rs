//! What libraries say, in Chinese: they know English only.
//!
//! In: the words of an error of the system, of TLS, JSON, XML or of an address. Out: both languages. What the
//! table does not have keeps its own words, marked as the original.

use super::Both;

/// A start of an English text, what it means in Chinese, and whether the rest of the original says more.
const CAUSES: &[(&str, &str, bool)] = &[
    // Names and addresses.
    ("failed to lookup address information", "查不到这个主机名", false),
    ("no address", "查不到这个主机名", false),
    ("invalid socket address", "要写成“主机:端口”", false),
    ("invalid port value", "端口要是 0 到 65535 的数字", false),
    ("empty host", "缺少主机名", false),
    ("invalid port number", "端口不对", false),
    ("invalid IPv4 address", "IPv4 地址不对", false),
    ("invalid IPv6 address", "IPv6 地址不对", false),
    ("relative URL without a base", "开头缺少 https://", false),
    ("invalid international domain name", "域名里有不能用的字符", false),
    ("invalid domain character", "域名里有不能用的字符", false),
    // TLS.
    ("invalid peer certificate: UnknownIssuer", "证书的签发者不受信任，多半是缺少中间证书", false),
    ("invalid peer certificate: certificate expired", "证书已过期", false),
    ("invalid peer certificate: Expired", "证书已过期", false),
    ("invalid peer certificate: certificate not valid yet", "证书还没到生效时间", false),
    ("invalid peer certificate: NotValidYet", "证书还没到生效时间", false),
    ("invalid peer certificate: certificate not valid for name", "证书里没有这个域名", false),
    ("invalid peer certificate: NotValidForName", "证书里没有这个域名", false),
    ("invalid peer certificate: Revoked", "证书已被吊销", false),
    ("invalid peer certificate", "证书不被接受", true),
    ("received fatal alert", "对方中止了握手", true),
    ("received corrupt message", "对方回的不是 TLS，这个端口多半是 http", false),
    ("received unexpected message", "对方回的握手消息不对", true),
    ("peer is incompatible", "双方没有都支持的 TLS 版本或加密方式", true),
    ("peer misbehaved", "对方的 TLS 实现不合规范", true),
    ("peer sent no certificates", "对方没有发证书", false),
    ("peer closed connection without sending TLS close_notify", "对方没有说完就断开了", false),
    ("the connection was closed during the handshake", "握手时连接断开了", false),
    ("tls handshake eof", "握手时连接断开了", false),
    ("no TLS name", "这不是能写进证书的主机名", true),
    ("invalid dns name", "这不是能写进证书的主机名", false),
    ("no certificate was sent", "对方没有发证书", false),
    ("a certificate of the chain cannot be read", "证书链里有一张证书读不出来", false),
    // PEM files.
    ("there is no certificate in it", "里面没有证书", false),
    ("no items found", "里面没有 PEM 证书", false),
    ("section end", "PEM 缺少 END 那一行", true),
    ("malformed section start", "PEM 的 BEGIN 那一行写错了", true),
    ("base64 decode error", "PEM 里的 base64 不对", true),
    // JSON.
    ("EOF while parsing", "还没写完就结束了", false),
    ("expected value", "这里应该有一个值", false),
    ("expected `,` or", "这里缺少逗号或结尾的括号", false),
    ("expected `:`", "键的后面缺少冒号", false),
    ("expected ident", "这里只能是 true、false 或 null", false),
    ("key must be a string", "键要用双引号括起来", false),
    ("trailing comma", "最后多了一个逗号", false),
    ("trailing characters", "结尾之后还有内容", false),
    ("invalid escape", "反斜杠后面的字符不对", false),
    ("invalid unicode code point", "\\u 后面的编号不对", false),
    ("lone leading surrogate", "\\u 编号缺了后一半", false),
    ("unexpected end of hex escape", "\\u 编号没写完", false),
    ("control character", "字符串里有没有转义的换行或控制字符", false),
    ("invalid number", "数字的写法不对", false),
    ("number out of range", "数字太大", false),
    ("recursion limit exceeded", "嵌套太深", false),
    ("invalid type", "值的类型不对", true),
    ("invalid value", "值不对", true),
    ("missing field", "缺少一个字段", true),
    ("unknown field", "有一个不认识的字段", true),
    ("duplicate field", "有一个字段写了两次", true),
    // XML.
    ("ill-formed document: expected", "开始标签和结束标签对不上", true),
    ("ill-formed document: close tag", "多了一个结束标签", true),
    ("ill-formed document: start tag not closed", "缺少结束标签", true),
    ("ill-formed document", "标签的写法不对", true),
    ("syntax error", "没有写完就结束了", true),
    ("error while parsing attribute", "标签里的属性写错了", true),
    ("something follows its last element", "最后一个元素之后还有内容", false),
    // Chromium.
    ("net::ERR_NAME_NOT_RESOLVED", "查不到这个主机名", true),
    ("net::ERR_CONNECTION_REFUSED", "没有程序在监听", true),
    ("net::ERR_CONNECTION_TIMED_OUT", "连接超时", true),
    ("net::ERR_CONNECTION", "连接断开了", true),
    ("net::ERR_EMPTY_RESPONSE", "服务器没有返回内容", true),
    ("net::ERR_CERT", "证书不被接受", true),
    ("net::ERR_SSL", "TLS 握手失败", true),
    ("net::ERR_ABORTED", "请求被取消", true),
    ("net::ERR_BLOCKED", "被浏览器拦下了", true),
    ("net::ERR_ADDRESS_UNREACHABLE", "网络到不了那里", true),
    ("net::ERR_TOO_MANY_REDIRECTS", "跳转太多次", true),
    // The system.
    ("stream did not contain valid UTF-8", "不是 UTF-8", false),
    ("operation timed out", "超时", false),
    ("unexpected end of file", "没有读完就断了", false),
    ("early eof", "没有读完就断了", false),
    ("it ended", "它自己退出了", false),
];

/// What such a text means, in both languages.
pub fn cause(en: &str) -> Both {
    let (words, place) = place(en);
    let known = CAUSES.iter().find(|(start, ..)| words.starts_with(start));
    let zh = match known {
        Some((_, zh, false)) => format!("{place}{zh}"),
        Some((_, zh, true)) => format!("{place}{zh}（原文：`{words}`）"),
        None if words.is_ascii() => format!("{place}原文是 `{words}`"),
        None => en.to_owned(),
    };
    Both { zh, en: en.to_owned() }
}

/// The words without the place that follows them, and that place in Chinese: JSON counts lines and columns,
/// XML bytes.
fn place(en: &str) -> (&str, String) {
    if let Some((words, rest)) = en.split_once(" at line ")
        && let Some((line, column)) = rest.split_once(" column ")
    {
        return (words, format!("第 {line} 行第 {column} 列："));
    }
    if let Some((words, rest)) = en.rsplit_once(" (byte ")
        && let Some(byte) = rest.strip_suffix(')')
    {
        return (words, format!("第 {byte} 个字节处："));
    }
    (en, String::new())
}

#[cfg(test)]
mod tests {
    use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

    use super::*;

    /// No text of a library as it is now is left in English.
    #[test]
    fn what_libraries_say_exists_in_chinese() {
        let json = ["{", "{\"a\" 1}", "{a: 1}", "[1,]", "[1] 2", "tru", "\"\\x\"", "\"a\nb\"", "[1 2]", "01"];
        let json = json.map(|text| {
            serde_json::from_str::<serde_json::Value>(text).expect_err("it is broken").to_string()
        });
        let urls = ["", "https://", "https://a:99999/", "http://[::1", "https://a b/"];
        let urls = urls.map(|text| url::Url::parse(text).expect_err("it is broken").to_string());
        let tls = [
            Error::InvalidCertificate(CertificateError::UnknownIssuer),
            Error::InvalidCertificate(CertificateError::Expired),
            Error::InvalidCertificate(CertificateError::NotValidYet),
            Error::InvalidCertificate(CertificateError::NotValidForName),
            Error::InvalidCertificate(CertificateError::BadEncoding),
            Error::AlertReceived(AlertDescription::HandshakeFailure),
            Error::InvalidMessage(InvalidMessage::InvalidContentType),
            Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
            Error::NoCertificatesPresented,
        ]
        .map(|error| error.to_string());
        let sockets = ["999".parse::<std::net::SocketAddr>().expect_err("it is broken").to_string()];
        for text in json.iter().chain(&urls).chain(&tls).chain(&sockets) {
            let Both { zh, en } = cause(text);
            let outside: String = zh.split('`').step_by(2).collect();
            let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(outside.contains(is_chinese) && !outside.contains("原文是"), "{text}: {zh}");
            assert_eq!(&en, text);
        }
        assert_eq!(cause("expected value at line 2 column 7").zh, "第 2 行第 7 列：这里应该有一个值");
        assert_eq!(cause("something new").zh, "原文是 `something new`");
        assert_eq!(cause("已经是中文").zh, "已经是中文");
    }
}
