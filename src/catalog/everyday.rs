//! Whose words these are: words that every program writes, words that name WeChat.
//!
//! In: a text. Out: whether it says nothing but `permission denied`, `用户不存在`, `404 Not Found`
//! and the like, so that it may be anybody's; whether something in it points to WeChat.

/// Names of WeChat and its products, in lower case.
const NAMES: &[&str] = &[
    "weixin",
    "wechat",
    "wecom",
    "wxwork",
    "wx.",
    "wx-",
    "wx_",
    "ww.",
    "微信",
    "公众号",
    "公众平台",
    "服务号",
    "企业号",
];

/// Names of its fields.
const FIELDS: &[&str] = &["jssdk", "js-sdk", "corpid", "agentid", "openid", "mch_id", "mchid", "errcode"];

/// Words for its things that other platforms have as well.
const SHARED: &[&str] = &["小程序", "jsapi", "商户号"];

/// Words that say what went wrong, not where.
const WORDS: &str = "a about access account address again already and api app application arg args argument arguments \
    auth authentication authorization authorized bad balance be been body broken browser busy by \
    cannot client closed code config configuration connect connection content context could data \
    denied device did directory do does domain download duplicate empty enough err error errors \
    errorcode errormessage false true ret success statuscode operation exceed exceeded exceeds \
    exception exist existed exists expire expired fail failed failure file files forbidden format \
    found for frequency frequent frequently function gateway had has have header host http https id \
    illegal image in incorrect insufficient internal invalid ip is it key large later limit limited \
    long login many match message method mismatch missing msg name network no not null of on or \
    operator order out page paid param parameter parameters params password path pay payment \
    permission permissions please privilege privileges quota rate reached request requests required \
    resource response result retry server service session short sign signature size status such \
    support supported system the this time timed timeout timestamp to token too try type unable \
    unauthorized unavailable undefined unexpected unknown unsupported upload uri url used user \
    username users valid value version was with wrong you your";

/// Names of WeChat's things that are made of such words.
const THINGS: &[&str] = &["access_token", "refresh_token", "session_key"];

/// The same in Chinese, the longer before the shorter that it holds.
const CHINESE: &str = "不存在 不正确 不匹配 不一致 不合法 不允许 不支持 不足 验证码 二维码 服务器 时间戳 参数 错误 系统 \
    网络 请求 失败 超时 过期 失效 无效 非法 合法 权限 用户 存在 登录 登陆 重新 重复 操作 频繁 频率 \
    限制 受限 超限 服务 内部 异常 繁忙 稍后 再试 重试 文件 图片 上传 下载 过大 过长 大小 格式 类型 \
    支付 付款 订单 余额 关闭 签名 验证 验签 校验 正确 域名 链接 地址 网页 页面 访问 无法 不能 打开 \
    短信 发送 会话 授权 当前 账户 账号 帐号 接口 调用 数据 内容 解析 提交 交易 拒绝 密码 密钥 信息 \
    名称 长度 版本 设备 连接 断开 未知 缺少 为空 过于 次数 上限 没有 已经 已 未 无 有 的 了 请 太 过 \
    该 此 您 你 到 被 中 找";

/// Whether something in the text names WeChat or a product of it.
pub(super) fn names_wechat(text: &str) -> bool {
    holds_one(text, NAMES)
}

/// The same, or a field of its APIs: what outweighs another company's name beside it.
pub(super) fn is_surely_ours(text: &str) -> bool {
    names_wechat(text) || holds_one(text, FIELDS)
}

/// Whether something in the text points to WeChat.
pub(super) fn is_ours(text: &str) -> bool {
    is_surely_ours(text) || holds_one(text, SHARED)
}

fn holds_one(text: &str, marks: &[&str]) -> bool {
    let lower = text.to_lowercase();
    marks.iter().any(|mark| lower.contains(mark))
}

/// Whether every program could have written this: nothing in it is anybody's own.
pub(super) fn is_everyday(text: &str) -> bool {
    if is_ours(text) {
        return false;
    }
    let lower = text.to_lowercase();
    let mut words = 0;
    let pieces = lower.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        for word in runs(piece) {
            words += 1;
            let known = match word.as_bytes()[0] {
                b'0'..=b'9' => true,
                first if first.is_ascii() => {
                    is_word(word) || (!THINGS.contains(&word) && word.split('_').all(is_word))
                }
                _ => is_made_of_words(word),
            };
            if !known {
                return false;
            }
        }
    }
    words > 0
}

/// The runs of Latin letters and digits, and of other characters, in a word: `ip不在白名单`.
fn runs(piece: &str) -> impl Iterator<Item = &str> {
    let mut rest = piece;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|c: char| c.is_ascii() != first.is_ascii()).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        rest = behind;
        Some(run)
    })
}

fn is_word(word: &str) -> bool {
    WORDS.split(' ').any(|known| known == word)
}

fn is_made_of_words(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        match CHINESE.split(' ').find_map(|known| rest.strip_prefix(known)) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_may_have_written_differs_from_what_names_its_author() {
        for text in [
            "permission denied",
            "404 Not Found",
            "rate limit exceeded",
            "用户不存在",
            "请求过于频繁，请稍后再试",
            "token已失效，请重新登录",
            "INVALID_PARAMETER",
        ] {
            assert!(is_everyday(text), "{text}");
        }
        for text in [
            "",
            "access_token expired",
            "invalid media_id",
            "网页包含诱导分享",
            "微信系统错误",
            "invalid openid",
            "errcode 40001",
            "api unauthorized rid: 1-2-3",
        ] {
            assert!(!is_everyday(text), "{text}");
        }
    }
}
