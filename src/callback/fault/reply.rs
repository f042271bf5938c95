//! Faults of the answer to a message or an event.

use super::{Fault, fault};

/// Exactly success is wanted.
pub static REPLY_NOT_SUCCESS: Fault = fault(
    "reply-not-success",
    ["应答不是 success", "The answer is not exactly success"],
    [
        "{kind} 的回调只认 `success`，应答是 `{start}`；别的内容会被当作错误文本并重试",
        "a callback of {kind} has to be answered with exactly `success`, the answer is `{start}`; anything else counts as an error text and is retried",
    ],
    [
        "无论事件是否处理，都原样返回 success 这 7 个字节",
        "return the 7 bytes `success` for every event, handled or not",
    ],
);
/// success with something around it.
pub static REPLY_SUCCESS_FORM: Fault = fault(
    "reply-success-form",
    ["success 前后多了东西", "Something surrounds success"],
    ["应答是 `{start}`：{what}", "the answer is `{start}`: {what}"],
    [
        "原样返回小写的 success，不带引号、换行、BOM",
        "return lower-case `success` without quotes, newline or BOM",
    ],
);
/// Neither of the right answers.
pub static REPLY_NOT_ALLOWED: Fault = fault(
    "reply-unknown",
    ["应答不是允许的任何一种", "The answer is not one of the allowed ones"],
    [
        "应答有 {bytes} 字节，开头是 `{start}`：{kind} 只接受{allowed}",
        "the answer has {bytes} bytes and starts with `{start}`: {kind} takes {allowed}",
    ],
    ["没有内容要回复时返回空串{or_success}", "return an empty body{or_success} if there is nothing to reply"],
);
/// JSON where XML is wanted.
pub static REPLY_JSON: Fault = fault(
    "reply-json",
    ["应答是 JSON", "The answer is JSON"],
    [
        "应答是 JSON，开头是 `{start}`：{kind} 只接受{allowed}；多半是统一返回体",
        "the answer is JSON and starts with `{start}`: {kind} takes {allowed}; usually a response wrapper did it",
    ],
    [
        "让回调接口绕过统一返回体，直接返回文本或 XML",
        "exempt the callback route from the response wrapper and return text or XML",
    ],
);
/// Plain where encryption is wanted.
pub static REPLY_PLAIN: Fault = fault(
    "reply-plain",
    ["应答没有加密", "The reply is not encrypted"],
    [
        "收到的是加密消息，应答却是明文 XML 或 JSON：{kind} 会丢弃它",
        "the message came encrypted, but the reply is plain XML or JSON: {kind} drops it",
    ],
    [
        "用同一个 token、EncodingAESKey 和 receive id 加密应答（库里叫 EncryptMsg），或者回复空串再用接口发送",
        "encrypt the reply with the same token, EncodingAESKey and receive id (libraries call it EncryptMsg), or answer empty and send by API",
    ],
);
/// Encrypted where plain is wanted.
pub static REPLY_ENCRYPTED: Fault = fault(
    "reply-encrypted",
    ["明文模式下应答却加密了", "The reply is encrypted in plain mode"],
    [
        "收到的是明文消息，应答却是加密的：明文模式下微信不会解密",
        "the message came in clear, but the reply is encrypted: in plain mode WeChat does not decrypt it",
    ],
    [
        "收到什么模式就用什么模式应答：看查询里有没有 encrypt_type=aes",
        "answer in the mode of the request: see whether the query has encrypt_type=aes",
    ],
);
/// A field of the envelope.
pub static REPLY_FIELDS: Fault = fault(
    "reply-fields",
    ["加密应答缺少字段", "The encrypted reply lacks a field"],
    ["应答里没有 {missing}", "the reply has no {missing}"],
    ["加密应答要有四项：{wanted}", "an encrypted reply has four fields: {wanted}"],
);
/// Its signature.
pub static REPLY_SIGNATURE: Fault = fault(
    "reply-signature",
    ["应答的签名不对", "The signature of the reply is wrong"],
    [
        "应答里的签名与 token、TimeStamp、Nonce、Encrypt 四个值算出的不同{why}",
        "the signature in the reply is not that of token, TimeStamp, Nonce and Encrypt{why}",
    ],
    [
        "用应答自己的 TimeStamp、Nonce 和密文重新计算签名，不要沿用请求里的",
        "compute it from the reply's own TimeStamp, Nonce and ciphertext, not from the request's",
    ],
);
/// Its key.
pub static REPLY_KEY: Fault = fault(
    "reply-key",
    ["应答解不开", "The reply does not decrypt"],
    [
        "应答里的密文用配置里的 EncodingAESKey 解不开：key 不同，或者补位、长度写错了",
        "the reply's ciphertext does not decrypt with the profile's EncodingAESKey: another key, or wrong padding or length",
    ],
    [
        "用同一个 EncodingAESKey；补位是到 32 字节的 PKCS#7，长度是 4 字节大端的字节数",
        "use the same EncodingAESKey; PKCS#7 up to 32 bytes, and the length counts bytes, 4 of them, big-endian",
    ],
);
/// Its receive id.
pub static REPLY_RECEIVE_ID: Fault = fault(
    "reply-receive-id",
    ["应答里的 receive id 不对", "The reply has another receive id"],
    [
        "应答加密时用的 receive id 是 `{found}`，应为 `{expected}`",
        "the reply is encrypted for receive id `{found}`, expected `{expected}`",
    ],
    ["加密应答时传入与解密相同的 receive id", "pass the same receive id when encrypting as when decrypting"],
);
/// The addresses.
pub static REPLY_ADDRESSES: Fault = fault(
    "reply-addresses",
    ["ToUserName 和 FromUserName 没有对调", "ToUserName and FromUserName are not exchanged"],
    [
        "应答的 ToUserName 是 `{to}`、FromUserName 是 `{from}`；要与收到的对调：ToUserName `{sender}`、FromUserName `{receiver}`",
        "the reply has ToUserName `{to}` and FromUserName `{from}`; they have to be exchanged: ToUserName `{sender}`, FromUserName `{receiver}`",
    ],
    [
        "收到的 FromUserName 写进 ToUserName，收到的 ToUserName 写进 FromUserName",
        "put the received FromUserName into ToUserName, and the received ToUserName into FromUserName",
    ],
);
/// The time.
pub static REPLY_CREATE_TIME: Fault = fault(
    "reply-create-time",
    ["CreateTime 不是秒数", "CreateTime is not a number of seconds"],
    [
        "应答的 CreateTime 是 `{found}`；它是 1970 年以来的秒数，整数，现在有 10 位",
        "the reply's CreateTime is `{found}`; it is seconds since 1970, an integer, of 10 digits today",
    ],
    ["用整数秒，不要毫秒、小数或日期文本", "use whole seconds, not milliseconds, decimals or a date"],
);
/// CDATA as text.
pub static REPLY_CDATA: Fault = fault(
    "reply-cdata-escaped",
    ["CDATA 被转义了", "CDATA was escaped"],
    [
        "应答里的 CDATA 成了 `&lt;![CDATA[`：用户会看到标记本身",
        "CDATA became `&lt;![CDATA[` in the reply: the user would see the marks themselves",
    ],
    [
        "不要把带 CDATA 标记的文本再交给 XML 库转义",
        "do not give text that has CDATA marks to an XML library that escapes it",
    ],
);
/// No CDATA.
pub static REPLY_NO_CDATA: Fault = fault(
    "reply-no-cdata",
    ["文本没有放进 CDATA", "Text is not in CDATA"],
    [
        "应答的 {field} 没有放进 CDATA：内容里出现 `<` 或 `&` 时 XML 会坏掉",
        "{field} of the reply is not in CDATA: with a `<` or `&` in the text the XML breaks",
    ],
    ["写成 <{field}><![CDATA[…]]></{field}>", "write <{field}><![CDATA[…]]></{field}>"],
);
/// Broken XML.
pub static REPLY_XML: Fault = fault(
    "reply-xml",
    ["应答的 XML 不合法", "The reply is not well-formed XML"],
    ["应答不能解析：{why}", "the reply cannot be parsed: {why}"],
    [
        "文本放进 CDATA，标签成对，根元素是 <xml>，前面不要有空行",
        "put text into CDATA, close every tag, use the root <xml>, with nothing before it",
    ],
);
/// The element of a media reply.
pub static REPLY_MEDIA: Fault = fault(
    "reply-media",
    ["应答里没有素材", "The reply lacks its media"],
    [
        "{found} 类型的应答没有 <{element}> 里的 {name}：用户会看到“该公众号提供的服务出现故障”，或者什么也收不到",
        "the reply of type {found} has no {name} inside <{element}>: the user sees an error of the account, or nothing",
    ],
    [
        "写成 <{element}><{name}><![CDATA[…]]></{name}></{element}>；值是上传素材的接口返回的 media_id",
        "write <{element}><{name}><![CDATA[…]]></{name}></{element}>; its value is the media_id that the upload answered",
    ],
);
/// The articles.
pub static REPLY_ARTICLES: Fault = fault(
    "reply-articles",
    ["图文应答的条数不对", "The news reply has a wrong number of articles"],
    [
        "应答的 ArticleCount 是 `{count}`，Articles 里有 {items} 个 item：{why}",
        "the reply has ArticleCount `{count}` and {items} item elements in Articles: {why}",
    ],
    [
        "让 ArticleCount 等于 item 的个数：1 到 8 条，公众号回复用户消息时 1 条",
        "make ArticleCount the number of items: 1 to 8, and 1 where an Official Account answers a user's message",
    ],
);
/// A long text.
pub static REPLY_LONG_CONTENT: Fault = fault(
    "reply-long-content",
    ["文本应答太长", "The text reply is too long"],
    [
        "文本应答的 Content 有 {bytes} 字节，上限是 2,048 字节（约 680 个汉字）：超出的会被截断，或者整条发不出",
        "Content of the text reply has {bytes} bytes, 2,048 are the most (about 680 Chinese characters): the rest is cut off, or the whole reply dropped",
    ],
    ["截短，或者先回复空串，再用接口分几条发送", "shorten it, or answer empty and send it in parts by API"],
);
/// A control character.
pub static REPLY_CHARACTER: Fault = fault(
    "reply-xml-character",
    ["应答里有 XML 不允许的字符", "The reply has a character that XML forbids"],
    [
        "应答里有控制字符 {character}：XML 1.0 只允许其中的制表符、换行和回车，严格的解析器会拒绝整条应答",
        "the reply has {character}: of the control characters XML 1.0 allows tab and line breaks only, so a strict parser refuses the reply",
    ],
    [
        "输出前去掉这些字符，放进 CDATA 或写成 `&#…;` 都不行；它们多来自数据库、终端输出或复制的文本",
        "remove such characters before you write the reply, neither CDATA nor `&#…;` helps; they come from databases, terminals or copied text",
    ],
);
/// The size of a logged answer.
pub static REPLY_SIZE: Fault = fault(
    "reply-size",
    ["应答的大小不可能是对的", "The answer's size cannot be right"],
    [
        "日志里的应答是 {bytes} 字节{what}；{kind} 只接受{allowed}，success 是 7 字节，应答 XML 或 JSON 都在 40 字节以上",
        "the log shows {bytes} bytes{what}; {kind} takes {allowed}: `success` has 7 bytes, a reply in XML or JSON more than 40",
    ],
    [
        "没有内容要回复时只输出{bare}；看到底输出了什么：wecheck callback probe URL",
        "write {bare} and nothing else if there is nothing to reply; to see what is written: wecheck callback probe URL",
    ],
);
/// An unknown type.
pub static REPLY_TYPE: Fault = fault(
    "reply-type",
    ["应答的 MsgType 不对", "The reply's MsgType is wrong"],
    [
        "应答的消息类型是 `{found}`；被动回复只有 {known}",
        "the reply's message type is `{found}`; passive replies are {known}",
    ],
    ["换成允许的类型；其他内容用接口主动发送", "use one of these; send anything else by API"],
);
/// An empty text.
pub static REPLY_EMPTY_CONTENT: Fault = fault(
    "reply-empty-content",
    ["文本应答的内容是空的", "The text reply has no content"],
    [
        "文本应答的 Content 是空的：用户会看到“该公众号提供的服务出现故障”",
        "Content of the text reply is empty: the user sees an error of the account",
    ],
    ["没有内容时直接返回 success 或空串", "return `success` or an empty body if there is nothing to say"],
);
/// Another charset.
pub static REPLY_CHARSET: Fault = fault(
    "reply-charset",
    ["应答不是 UTF-8", "The reply is not UTF-8"],
    [
        "应答的字节不是 UTF-8{charset}：中文会变成乱码或整条被丢弃",
        "the reply's bytes are not UTF-8{charset}: Chinese text is garbled or the reply dropped",
    ],
    ["以 UTF-8 输出，响应头也写 charset=utf-8", "write UTF-8, and say charset=utf-8 in the head"],
);
/// XML to a bot, JSON to an app.
pub static REPLY_FORMAT: Fault = fault(
    "reply-format",
    ["应答的格式不对", "The reply has the wrong format"],
    ["应答是 {found}，{kind} 要的是 {wanted}", "the reply is {found}; {kind} wants {wanted}"],
    [
        "按收到的格式应答：智能机器人用 JSON，其他用 XML",
        "answer in the format that came: JSON for an AI bot, XML for the others",
    ],
);

/// The release check's answer.
pub static RELEASE_CONTENT: Fault = fault(
    "release-content",
    ["全网发布检测的应答不对", "The release check got another answer"],
    [
        "要的应答是 `{expected}`，得到的是 `{found}`",
        "the expected content is `{expected}`, the answer has `{found}`",
    ],
    [
        "对检测账号的消息按固定文本应答，并用第三方平台的 key 加密",
        "answer the check's messages with the fixed texts, encrypted with the platform's key",
    ],
);
/// The release check's call.
pub static RELEASE_API: Fault = fault(
    "release-api",
    ["没有收到后续的客服消息", "The follow-up message did not come"],
    [
        "5 秒内没有人用客服接口发送 `{wanted}`",
        "`{wanted}` was not sent by the customer service API within 5 s",
    ],
    [
        "先回空串，再用授权码换 token，并用客服接口发送 `{wanted}`；检测时把 API 地址指向 --api-listen 的地址",
        "answer empty, exchange the code for a token, and send `{wanted}` by the customer service API; for this check point the API base at the address of --api-listen",
    ],
);

pub(super) static ALL: &[&Fault] = &[
    &REPLY_NOT_SUCCESS,
    &REPLY_SUCCESS_FORM,
    &REPLY_NOT_ALLOWED,
    &REPLY_JSON,
    &REPLY_PLAIN,
    &REPLY_ENCRYPTED,
    &REPLY_FIELDS,
    &REPLY_SIGNATURE,
    &REPLY_KEY,
    &REPLY_RECEIVE_ID,
    &REPLY_ADDRESSES,
    &REPLY_CREATE_TIME,
    &REPLY_CDATA,
    &REPLY_NO_CDATA,
    &REPLY_XML,
    &REPLY_CHARACTER,
    &REPLY_MEDIA,
    &REPLY_ARTICLES,
    &REPLY_LONG_CONTENT,
    &REPLY_SIZE,
    &REPLY_TYPE,
    &REPLY_EMPTY_CONTENT,
    &REPLY_CHARSET,
    &REPLY_FORMAT,
    &RELEASE_CONTENT,
    &RELEASE_API,
];
