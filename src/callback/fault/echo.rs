//! Faults of the answer to a URL verification, which has to be the echostr and nothing else.

use super::{Fault, fault};

/// Nothing.
pub static ECHO_EMPTY: Fault = fault(
    "echo-empty",
    ["验证请求得到空应答", "The verification got an empty answer"],
    [
        "状态 {status}，正文是空的：没有把 echostr 写进应答，或者把 GET 当成了消息",
        "status {status} with an empty body: the echostr was not written, or the GET was handled as a message",
    ],
    [
        "验签通过后把 echostr 作为正文返回（企业微信要先解密）；只 print 或写日志不算应答",
        "after the signature check return the echostr as the body (decrypted on WeCom); printing it to the console is not an answer",
    ],
);
/// A byte order mark.
pub static ECHO_BOM: Fault = fault(
    "echo-bom",
    ["应答前面有 BOM", "A byte order mark precedes the echostr"],
    [
        "echostr 前面多了 UTF-8 的 BOM（3 字节）：源文件或某个被包含的文件以“UTF-8 with BOM”保存",
        "a UTF-8 byte order mark (3 bytes) precedes the echostr: a source file or an included one is saved as UTF-8 with BOM",
    ],
    [
        "把项目里的文件另存为不带 BOM 的 UTF-8；输出前清空缓冲区（PHP 的 ob_clean）",
        "save the project's files as UTF-8 without BOM; clear the output buffer first (PHP: ob_clean)",
    ],
);
/// A line break behind it.
pub static ECHO_NEWLINE: Fault = fault(
    "echo-newline",
    ["应答多了换行", "The echostr has an extra newline"],
    [
        "echostr 前后多了换行：println、模板末尾的空行，或 PHP 的 ?> 之后还有空行",
        "a line break was added to the echostr: println, the end of a template, or an empty line after PHP's ?>",
    ],
    [
        "用不带换行的输出（print、write），删掉文件末尾的空行",
        "write without a line break (print, write), and remove trailing empty lines from the file",
    ],
);
/// Other whitespace.
pub static ECHO_WHITESPACE: Fault = fault(
    "echo-whitespace",
    ["应答多了空白", "The echostr has extra whitespace"],
    ["echostr 前后多了空格或制表符", "spaces or tabs surround the echostr"],
    ["只输出 echostr 本身，一个字节也不多", "write the echostr itself and not one byte more"],
);
/// Quotes.
pub static ECHO_QUOTES: Fault = fault(
    "echo-quotes",
    ["应答带了引号", "The echostr is in quotes"],
    [
        "echostr 被引号包住：框架把字符串序列化成了 JSON（如 FastAPI 直接 return、@RestController 配 JSON 转换器、jsonify）",
        "the echostr is in quotes: the framework serialized the string as JSON (FastAPI's plain return, a JSON converter, jsonify)",
    ],
    [
        "返回纯文本：FastAPI 用 PlainTextResponse，Spring 用 produces = \"text/plain\"，ASP.NET 用 Content(...)",
        "return plain text: FastAPI PlainTextResponse, Spring produces = \"text/plain\", ASP.NET Content(...)",
    ],
);
/// A JSON wrapper.
pub static ECHO_JSON: Fault = fault(
    "echo-json",
    ["应答被包成了 JSON", "The echostr is wrapped in JSON"],
    [
        "应答是 JSON，开头是 `{start}`：统一返回体（code、data、msg）或 jsonify 把它包了起来",
        "the answer is JSON and starts with `{start}`: a response wrapper (code, data, msg) or jsonify put it there",
    ],
    [
        "让回调接口绕过统一返回体，直接返回文本",
        "exempt the callback route from the response wrapper and return the text itself",
    ],
);
/// Inside a page.
pub static ECHO_HTML: Fault = fault(
    "echo-html",
    ["echostr 被包在 HTML 里", "The echostr is inside HTML"],
    [
        "应答里有 echostr，但外面是 HTML：模板或布局把它包了起来",
        "the echostr is in the answer, but HTML surrounds it: a template or layout put it there",
    ],
    [
        "不要渲染模板，直接输出文本；ThinkPHP 关掉 trace 调试条",
        "do not render a template, write the text itself; switch debug bars off",
    ],
);
/// Other output around it.
pub static ECHO_EXTRA: Fault = fault(
    "echo-extra-output",
    ["echostr 前后有其他输出", "Other output surrounds the echostr"],
    [
        "应答里有 echostr，但还有别的内容，开头是 `{start}`：PHP 的警告、调试输出或重复输出",
        "the echostr is in the answer, but with other output; it starts with `{start}`: a PHP warning, debug output, or written twice",
    ],
    [
        "关掉警告和调试的页面输出（display_errors = Off），输出后立即结束",
        "switch warnings and debug output off (display_errors = Off) and end right after writing",
    ],
);
/// The size differs.
pub static ECHO_SIZE: Fault = fault(
    "echo-size",
    ["应答的大小与 echostr 不同", "The answer has another size than the echostr"],
    [
        "日志里的应答是 {bytes} 字节，正确的 echostr 是 {expected} 字节：多 3 个字节多半是 BOM，多 2 个是引号或 \\r\\n，多 1 个是换行，更多则是 JSON 或 HTML",
        "the log shows {bytes} bytes, the right echostr has {expected}: 3 more are usually a BOM, 2 quotes or \\r\\n, 1 a newline, many more JSON or HTML",
    ],
    [
        "只输出 echostr 本身，再比较大小；看到底多了什么：wecheck callback probe URL",
        "write the echostr itself and compare the size again; to see what is added: wecheck callback probe URL",
    ],
);
/// The ciphertext itself.
pub static ECHO_CIPHERTEXT: Fault = fault(
    "echo-ciphertext",
    ["返回了没有解密的 echostr", "The echostr was returned without decrypting it"],
    [
        "应答是收到的密文本身：企业微信要的是解密后的明文（公众号才原样返回）",
        "the answer is the ciphertext as it came: WeCom wants the decrypted text (only an Official Account gets it back unchanged)",
    ],
    [
        "用 EncodingAESKey 解密 echostr，返回其中的消息（库里叫 VerifyURL）",
        "decrypt the echostr with the EncodingAESKey and return the message in it (libraries call it VerifyURL)",
    ],
);
/// Encrypted on mp.
pub static ECHO_ENCRYPTED: Fault = fault(
    "echo-encrypted",
    ["echostr 被加密后返回", "The echostr was returned encrypted"],
    [
        "应答解密后就是 echostr：公众号的 echostr 是明文，安全模式也要原样返回",
        "the answer decrypts to the echostr: an Official Account sends it in clear and wants it back unchanged, also in safe mode",
    ],
    [
        "GET 请求直接返回 echostr，加解密只用于 POST 的消息",
        "return the echostr as it is; encryption is for the POSTed messages only",
    ],
);
/// Escaped.
pub static ECHO_ESCAPED: Fault = fault(
    "echo-escaped",
    ["返回的 echostr 被转义了", "The echostr was returned escaped"],
    [
        "应答是 URL 编码或 HTML 转义后的 echostr：没有解码，或者输出时又编码了一次",
        "the answer is the echostr percent-encoded or HTML-escaped: it was not decoded, or encoded again on the way out",
    ],
    [
        "用框架解析好的参数值，输出时不再编码",
        "use the parameter as the framework parsed it, and do not encode it again",
    ],
);
/// A constant.
pub static ECHO_CONSTANT: Fault = fault(
    "echo-constant",
    ["对验证请求回复了固定文本", "The verification got a fixed text"],
    [
        "应答是 `{start}`，不是 echostr：代码把 GET 验证当成了 POST 消息",
        "the answer is `{start}` instead of the echostr: the code handles the GET like a POSTed message",
    ],
    [
        "按方法分开处理：GET 返回 echostr，POST 才返回 success",
        "branch by method: GET returns the echostr, only POST returns `success`",
    ],
);
/// Another charset.
pub static ECHO_CHARSET: Fault = fault(
    "echo-charset",
    ["应答用了别的字符编码", "The answer has another charset"],
    [
        "应答以 {charset} 编码：字节与 echostr 不同",
        "the answer is encoded in {charset}: its bytes are not those of the echostr",
    ],
    ["以 UTF-8（或 ASCII）输出", "write UTF-8 (or ASCII)"],
);
/// An unlucky content type.
pub static ECHO_CONTENT_TYPE: Fault = fault(
    "echo-content-type",
    ["内容类型不是文本", "The content type is not text"],
    [
        "正文正确，但 Content-Type 是 `{content_type}`",
        "the body is right, but its Content-Type is `{content_type}`",
    ],
    [
        "用 text/plain；内容类型不对往往意味着框架会在别的情况下改写正文",
        "use text/plain; a wrong type often means that the framework rewrites the body in other cases",
    ],
);
/// An error text with status 200.
pub static ECHO_ERROR_TEXT: Fault = fault(
    "echo-error-text",
    ["状态 200，正文却是错误", "Status 200, but the body is an error"],
    [
        "应答是 `{start}`：验签或解密没有通过，却用了状态 200",
        "the answer is `{start}`: the signature check or the decryption failed, but with status 200",
    ],
    [
        "核对服务器里的 token、EncodingAESKey 和 receive id；失败时用 403，方便发现",
        "compare the server's token, EncodingAESKey and receive id; answer 403 on failure, so that it is seen",
    ],
);
/// Something else.
pub static ECHO_WRONG: Fault = fault(
    "echo-wrong",
    ["应答不是 echostr", "The answer is not the echostr"],
    [
        "应答有 {bytes} 字节，开头是 `{start}`，与 echostr 不同",
        "the answer has {bytes} bytes and starts with `{start}`, which is not the echostr",
    ],
    [
        "验签通过后只返回 echostr（企业微信先解密）",
        "after the signature check return the echostr only (decrypted on WeCom)",
    ],
);
/// `+` decoded twice.
pub static ECHO_PLUS: Fault = fault(
    "echo-plus-decoded",
    ["echostr 里的 + 被解码成空格", "The + in the echostr is decoded to a space"],
    [
        "echostr 不含 `+` 时验证通过，含 `+` 时失败：服务器对参数多做了一次 URL 解码，`+` 变成了空格",
        "the verification passes if the echostr has no `+` and fails if it has one: the server decodes the parameter again, and `+` becomes a space",
    ],
    [
        "直接用框架解析好的参数，不要再 urldecode；不得已时把空格换回 `+`",
        "use the parameter as the framework parsed it, without another urldecode; as a last resort turn spaces back into `+`",
    ],
);
/// Not decoded at all.
pub static ECHO_NOT_DECODED: Fault = fault(
    "echo-not-decoded",
    ["echostr 没有做 URL 解码", "The echostr is not percent-decoded"],
    [
        "echostr 只有字母数字时验证通过，含 `+`、`/`、`=` 时失败：服务器用的是没有解码的参数",
        "the verification passes if the echostr is only letters and digits and fails with `+`, `/` or `=`: the server uses the parameter without decoding it",
    ],
    [
        "用框架的查询参数，或对自己拆出来的值做一次 URL 解码",
        "use the framework's query parameters, or percent-decode the value once",
    ],
);
/// Another receive id.
pub static ECHO_RECEIVE_ID: Fault = fault(
    "echo-other-receive-id",
    ["服务器等的是另一个 receive id", "The server expects another receive id"],
    [
        "receive id 换成 `{other}` 时验证通过，用 `{expected}` 时失败：服务器里配的 corpid、suite id 或 appid 不对",
        "the verification passes with receive id `{other}` and fails with `{expected}`: the server is configured with another corpid, suite id or appid",
    ],
    [
        "把服务器里的 receive id 改成 `{expected}`；如果 `{other}` 才对，用 --receive-id 告诉 wecheck",
        "set the server's receive id to `{expected}`; if `{other}` is the right one, pass it as --receive-id",
    ],
);
/// The other platform's scheme.
pub static ECHO_OTHER_SCHEME: Fault = fault(
    "echo-other-platform",
    ["服务器用的是另一个平台的验证方式", "The server verifies as the other platform does"],
    [
        "按{other}的方式（{scheme}）验证通过，按 {kind} 的方式失败",
        "the verification passes in the way of {other} ({scheme}) and fails in that of {kind}",
    ],
    [
        "换用对应平台的库或分支；如果服务器本来就是{other}的，用 --kind 说明",
        "use the library or branch of the right platform; if the server is meant for {other}, say so with --kind",
    ],
);

/// A plain signature on WeCom.
pub static ECHO_PLAIN_SIGNATURE: Fault = fault(
    "echo-plain-signature",
    ["企业微信的签名少算了一个值", "WeCom's signature is checked without the echostr"],
    [
        "只用 token、timestamp、nonce 三个值签名时验证通过：服务器用公众号的算法校验 msg_signature，没有把 echostr（Encrypt）算进去",
        "the verification passes if only token, timestamp and nonce are signed: the server checks msg_signature as an Official Account does, without the echostr (Encrypt)",
    ],
    [
        "四个值一起排序、拼接、SHA-1：token、timestamp、nonce、echostr（消息里是 Encrypt）",
        "sort, join and hash four values: token, timestamp, nonce and echostr (Encrypt in a message)",
    ],
);

pub(super) static ALL: &[&Fault] = &[
    &ECHO_EMPTY,
    &ECHO_BOM,
    &ECHO_NEWLINE,
    &ECHO_WHITESPACE,
    &ECHO_QUOTES,
    &ECHO_JSON,
    &ECHO_HTML,
    &ECHO_EXTRA,
    &ECHO_SIZE,
    &ECHO_CIPHERTEXT,
    &ECHO_ENCRYPTED,
    &ECHO_ESCAPED,
    &ECHO_CONSTANT,
    &ECHO_CHARSET,
    &ECHO_CONTENT_TYPE,
    &ECHO_ERROR_TEXT,
    &ECHO_WRONG,
    &ECHO_PLUS,
    &ECHO_NOT_DECODED,
    &ECHO_RECEIVE_ID,
    &ECHO_OTHER_SCHEME,
    &ECHO_PLAIN_SIGNATURE,
];
