//! The mistakes of the token, one entry each with its texts.
//!
//! In: an attempt. Out: the attempts that a mistake makes of it. `{signed}` and `{actual}` describe
//! a token (its length, whitespace at its ends) and never show it; `{what}` is what the entry names.

use super::{Attempt, Entry, Field, is_invisible};
use crate::lang::Text;

/// Tokens of official samples, documentation and tutorials, which stay in consoles and servers.
pub const SAMPLE_TOKENS: &[&str] = &[
    "weixin",
    "token",
    "TOKEN",
    "Token",
    "QDG6eK",
    "pamtest",
    "spamtest",
    "test",
    "AAAAA",
    "123456",
    "hJqcu3uJ9Tn2gXPmxx2w9kkCkqQ2EPYo",
    "wechat",
    "WeChat",
    "weixintoken",
    "wechattoken",
    "mytoken",
    "myToken",
    "MyToken",
    "my_token",
    "yourtoken",
    "yourToken",
    "your_token",
    "YOUR_TOKEN",
    "your-token",
    "your token",
    "YourToken",
    "xxx",
    "xxxx",
    "xxxxx",
    "xxxxxx",
    "XXX",
    "XXXX",
    "***",
    "abc",
    "abc123",
    "abcdefg",
    "demo",
    "hello",
    "admin",
    "wx",
    "wxtoken",
    "weixin_token",
    "wechat_token",
    "callback_token",
    "changeme",
    "secret",
    "12345",
    "12345678",
    "123456789",
    "1234567890",
    "undefined",
    "null",
    "None",
];

/// EncodingAESKeys of official samples and documentation.
pub const SAMPLE_KEYS: &[&str] = &[
    "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
    "0123456789012345678901234567890123456789012",
];

/// Letters and digits: what a token is made of.
const TOKEN_CHARACTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Longest token whose single characters are tried; the platforms allow 32.
const TOKEN_LIMIT: usize = 64;

pub(super) static TOKEN_SAMPLE: Entry = Entry {
    id: "token-sample",
    title: Text {
        zh: "签名用的是公开示例里的 token", en: "Signed with a token from public sample code"
    },
    field: Field::Token,
    wide: false,
    variants: |_, at| SAMPLE_TOKENS.iter().map(|sample| at.with_token(*sample)).collect(),
    message: Text {
        zh: "签名用的是公开示例代码里的 token（{signed}），不是你的 token（{actual}）",
        en: "it was signed with a token from public sample code ({signed}), not with yours ({actual})",
    },
    fix: Text {
        zh: "在后台的服务器配置里换成自己的 token，并让服务器和 wecheck 的配置都用同一个；示例 token 人人知道，等于没有验签",
        en: "set a token of your own in WeChat's console, and the same in the server and in the profile; everybody knows the sample's token, so it protects nothing",
    },
};

pub(super) static TOKEN_WHITESPACE: Entry = Entry {
    id: "token-whitespace",
    title: Text { zh: "token 多了或少了空白", en: "The token differs by whitespace" },
    field: Field::Token,
    wide: false,
    variants: |_, at| {
        let token = at.token.reveal();
        let mut changed: Vec<String> =
            [token.trim(), token.trim_start(), token.trim_end()].map(str::to_owned).into();
        changed.push(token.split_whitespace().collect());
        changed.push(token.chars().filter(|c| !is_invisible(*c)).collect());
        changed
            .extend([" ", "\n", "\r\n", "\r", "\t", "\u{a0}", "\u{3000}"].map(|end| format!("{token}{end}")));
        changed.extend([" ", "\t", "\u{feff}"].map(|start| format!("{start}{token}")));
        changed.into_iter().filter(|text| text != token).map(|text| at.with_token(text)).collect()
    },
    message: Text {
        zh: "token 差在空白上：签名用的 token 是 {signed}，你的是 {actual}",
        en: "the token differs by whitespace: it was signed with {signed}, yours has {actual}",
    },
    fix: Text {
        zh: "去掉多出来的空格或换行（`.env` 文件行尾、`echo` 写文件、复制时多选一格都会带上），两边保持逐字一致",
        en: "remove the space or line break (the end of a line in .env, a file written with `echo`, a selection one character too wide), so that both sides have the same bytes",
    },
};

pub(super) static TOKEN_QUOTED: Entry = Entry {
    id: "token-quoted",
    title: Text { zh: "引号成了 token 的一部分", en: "Quotes became part of the token" },
    field: Field::Token,
    wide: false,
    variants: |_, at| {
        let token = at.token.reveal();
        let bare = token.trim_matches(['"', '\'', '`', '“', '”', '‘', '’']);
        let quoted = [format!("\"{token}\""), format!("'{token}'"), format!("“{token}”")];
        let stripped = (bare != token).then(|| bare.to_owned());
        stripped.into_iter().chain(quoted).map(|text| at.with_token(text)).collect()
    },
    message: Text {
        zh: "有一边把引号当成了 token 的一部分：签名用的是 {signed}，你的是 {actual}",
        en: "on one side quotes became part of the token: it was signed with {signed}, yours has {actual}",
    },
    fix: Text {
        zh: "去掉引号；docker 的 env_file 和部分 .env 解析器会保留引号",
        en: "remove the quotes; docker's env_file and some .env readers keep them",
    },
};

pub(super) static TOKEN_OTHER_PROFILE: Entry = Entry {
    id: "token-other-profile",
    title: Text {
        zh: "签名用的是另一个配置的 token", en: "Signed with the token of another profile"
    },
    field: Field::Token,
    wide: false,
    variants: |known, at| {
        let others = known.other_tokens.iter();
        others.map(|(name, token)| at.with_token(token.reveal()).saying(name)).collect()
    },
    message: Text {
        zh: "签名用的是配置 `{what}` 的 token",
        en: "it was signed with the token of profile `{what}`",
    },
    fix: Text {
        zh: "这个请求属于那个应用：用 --profile {what}，或者把回调地址改到对应的服务",
        en: "the request belongs to that app: use --profile {what}, or send that app's callbacks to its own address",
    },
};

pub(super) static TOKEN_OTHER_VALUE: Entry = Entry {
    id: "token-other-value",
    title: Text { zh: "别的配置项被当成了 token", en: "Another setting was used as the token" },
    field: Field::Token,
    wide: false,
    variants: |known, at| {
        let others = known.other_values.iter();
        others.map(|(what, value)| at.with_token(value.reveal()).saying(*what)).collect()
    },
    message: Text {
        zh: "签名时把 {what} 当成了 token", en: "the {what} was signed instead of the token"
    },
    fix: Text {
        zh: "token 是自己在后台填写的那一串，与 {what} 是两回事；检查两个配置项有没有填反",
        en: "the token is the text you chose yourself in the console, not the {what}; check whether the two settings are swapped",
    },
};

pub(super) static TOKEN_CASE: Entry = Entry {
    id: "token-case",
    title: Text { zh: "token 的大小写不同", en: "The token's letter case differs" },
    field: Field::Token,
    wide: false,
    variants: |_, at| {
        let token = at.token.reveal();
        [token.to_lowercase(), token.to_uppercase()].map(|text| at.with_token(text)).into()
    },
    message: Text {
        zh: "token 的大小写不同：签名用的与你的字母相同，大小写不同",
        en: "the token's letter case differs: the same letters as in yours, written differently",
    },
    fix: Text {
        zh: "token 区分大小写，从后台重新复制一次",
        en: "a token is case-sensitive; copy it from the console again",
    },
};

pub(super) static TOKEN_EXTRA_CHARACTER: Entry = Entry {
    id: "token-extra-character",
    title: Text { zh: "你的 token 多了一个字符", en: "Your token has one extra character" },
    field: Field::Token,
    wide: true,
    variants: |_, at| {
        let token: Vec<char> = at.token.reveal().chars().take(TOKEN_LIMIT + 1).collect();
        let places = if token.len() > TOKEN_LIMIT { 0..0 } else { 0..token.len() };
        let shorter = places.map(|place| {
            let kept = token.iter().enumerate().filter(|(index, _)| *index != place);
            at.with_token(kept.map(|(_, c)| *c).collect::<String>()).saying((place + 1).to_string())
        });
        shorter.collect()
    },
    message: Text {
        zh: "你的 token 多了一个字符（第 {what} 个）：签名用的是 {signed}，你的是 {actual}",
        en: "your token has one character too many (character {what}): it was signed with {signed}, yours has {actual}",
    },
    fix: Text { zh: "从后台重新复制 token", en: "copy the token from the console again" },
};

pub(super) static TOKEN_MISSING_CHARACTER: Entry = Entry {
    id: "token-missing-character",
    title: Text { zh: "你的 token 少了一个字符", en: "Your token lacks one character" },
    field: Field::Token,
    wide: true,
    variants: |_, at| edited(at, 0),
    message: Text {
        zh: "你的 token 少了一个字符（第 {what} 个位置）：签名用的是 {signed}，你的是 {actual}",
        en: "your token lacks one character (at place {what}): it was signed with {signed}, yours has {actual}",
    },
    fix: Text { zh: "从后台重新复制 token", en: "copy the token from the console again" },
};

pub(super) static TOKEN_WRONG_CHARACTER: Entry = Entry {
    id: "token-wrong-character",
    title: Text { zh: "你的 token 有一个字符不对", en: "One character of your token is wrong" },
    field: Field::Token,
    wide: true,
    variants: |_, at| edited(at, 1),
    message: Text {
        zh: "你的 token 有一个字符不对（第 {what} 个）",
        en: "one character of your token is wrong (character {what})",
    },
    fix: Text {
        zh: "从后台重新复制 token；手抄时常把 0 和 O、1 和 l 弄混",
        en: "copy the token from the console again; 0 and O, 1 and l are easily confused by hand",
    },
};

/// The token with one letter or digit at each place, in front of or instead of what is there.
fn edited(at: &Attempt, replaced: usize) -> Vec<Attempt> {
    let token = at.token.reveal();
    if token.chars().count() > TOKEN_LIMIT {
        return Vec::new();
    }
    let mut found = Vec::new();
    let ends = token.char_indices().map(|(start, c)| (start, start + c.len_utf8()));
    let after_the_last = (replaced == 0).then_some((token.len(), token.len()));
    for (place, (start, end)) in ends.chain(after_the_last).enumerate() {
        let end = if replaced == 0 { start } else { end };
        for c in TOKEN_CHARACTERS.chars() {
            let text = format!("{}{c}{}", &token[..start], &token[end..]);
            found.push(at.with_token(text).saying((place + 1).to_string()));
        }
    }
    found
}
