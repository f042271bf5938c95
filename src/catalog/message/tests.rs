//! The messages of the catalog, and the texts that are them.

use super::*;

fn group(text: &str) -> String {
    find(text).and_then(Match::read).map_or_else(String::new, |message| message.group)
}

#[test]
fn every_table_parses_and_is_found_by_each_of_its_patterns() {
    let source = concat!(include_str!("../../../data/jssdk.toml"), include_str!("../../../data/texts.toml"));
    let mut tables = source.split("\n[").skip(1);
    for table in every_table() {
        let name = table.name;
        let (header, lines) = tables.next().and_then(|table| table.split_once("]\n")).expect("as many");
        assert_eq!(header.trim_matches('"'), name);
        let message: Message = toml::from_str(lines).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(table.read(), crate::catalog::parse(lines), "{name}");
        for (key, list) in [
            ("after", &message.after),
            ("apis", &message.apis),
            ("beside", &message.beside),
            ("codes", &message.codes),
            ("marks", &message.marks),
            ("patterns", &message.patterns),
            ("within", &message.within),
        ] {
            assert_eq!(table.list(key), *list, "{name} {key}");
        }
        assert_eq!(message.apis.is_empty(), message.after.is_empty(), "{name}");
        assert_eq!(message.beside.is_empty(), message.within.is_empty(), "{name}");
        for (pattern, beside) in
            message.within.iter().flat_map(|one| message.beside.iter().map(move |beside| (one, beside)))
        {
            assert_eq!(group(&format!("{beside}: {pattern}")), message.group, "{beside} {pattern}");
            assert_ne!(group(pattern), message.group, "{pattern}");
        }
        for pattern in &message.patterns {
            let text = pattern.trim_start_matches(['=', '~']).replace(" & ", " … ");
            assert_eq!(group(&text), message.group, "{pattern}");
        }
        for (api, pattern) in message.apis.iter().flat_map(|api| message.after.iter().map(move |p| (api, p)))
        {
            assert_eq!(group(&format!("{api}:{pattern}")), message.group, "{api}:{pattern}");
        }
    }
    assert_eq!(tables.next(), None);
}

#[test]
fn each_librarys_rewriting_is_the_same_message() {
    for (text, expected) in [
        ("chooseImage:permission denied", "permission denied"),
        ("system:access_denied", "permission denied"),
        ("chooseImage:accessdenied", "permission denied"),
        ("chooseImage:functionnotexist", "function not exist"),
        ("system:function_not_exist", "function not exist"),
        ("scanQRCode:the permission value is offline verfying", "offline verifying"),
        ("x:fail_nopermission", "fail_nopermission"),
        ("x:fail_no permission", "no permission"),
        ("x:fail no permission", "no permission"),
        ("chooseImage:fail_nopermission", "fail_nopermission"),
        ("chooseImage:failnopermission", "fail_nopermission"),
        ("chooseImage:FAIL_NOPERMISSION", "fail_nopermission"),
        ("wx.chooseImage:fail_nopermission", "fail_nopermission"),
        ("chooseImage:fail no permission", "no permission"),
        ("chooseImage:fail_no permission", "no permission"),
        ("chooseImage:fail:no permission", "no permission"),
        ("chooseImage:fail No Permission", "not JS-SDK"),
        ("chooseImage:fail nopermission to execute undefined", "fail_nopermission"),
        ("saveImageToPhotosAlbum:permission denied", "permission denied"),
        ("saveImageToPhotosAlbum:fail no permission", "not JS-SDK"),
        ("config:fail,invalid signature", "invalid signature"),
        ("preVerifyJSAPI:fail", "config:fail"),
        ("choose_invoice: cancel", "cancel"),
        ("auto:location:report:ok", "ok"),
        ("chooseImage:ok", "ok"),
        ("chooseImage:fail", "documented"),
    ] {
        assert_eq!(group(text), expected, "{text}");
    }
}

#[test]
fn a_short_pattern_is_not_found_inside_a_word() {
    assert_eq!(group("access_token broke"), "");
    assert_eq!(group("failure is not an option"), "");
    assert_eq!(group("当前商户号暂不支持收款"), "pay-restricted");
    assert_eq!(group("请在签名处签字"), "");
    assert_eq!(group("cancelled"), "");
}

#[test]
fn an_api_differs_from_the_servers_own_colons() {
    assert_eq!(api_of("errMsg: \"chooseImage:ok\""), Some("chooseImage"));
    assert_eq!(api_of("auto:location:report:ok"), Some("auto"));
    assert_eq!(api_of("previewImage parameter error"), Some("previewImage"));
    assert_eq!(api_of("wx.scanQRCode fail"), Some("wx.scanQRCode"));
    assert_eq!(api_of("previewImage shows nothing"), None);
    assert_eq!(api_of("request fail"), None);
    assert_eq!(api_of("invalid code, hint: [1]"), None);
    assert_eq!(api_of("https://example.com"), None);
    assert_eq!(api_of("错误：x"), None);
    assert_eq!(api_of(""), None);
}
