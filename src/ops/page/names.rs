//! The names that the client library gives to the bridge in place of an API's own.
//!
//! In: a name as the bridge gets it. Out: the one of the documents, as it is in a jsApiList.

/// API, and its name at the bridge, where that is another one.
const OTHER_NAMES: [(&str, &str); 20] = [
    ("onMenuShareTimeline", "menu:share:timeline"),
    ("onMenuShareAppMessage", "menu:share:appmessage"),
    ("onMenuShareQQ", "menu:share:qq"),
    ("onMenuShareWeibo", "menu:share:weiboApp"),
    ("onMenuShareQZone", "menu:share:QZone"),
    ("previewImage", "imagePreview"),
    ("getLocation", "geoLocation"),
    ("openProductSpecificView", "openProductViewWithPid"),
    ("addCard", "batchAddCard"),
    ("openCard", "batchViewCard"),
    ("chooseWXPay", "getBrandWCPayRequest"),
    ("openEnterpriseRedPacket", "getRecevieBizHongBaoRequest"),
    ("startSearchBeacons", "startMonitoringBeacons"),
    ("stopSearchBeacons", "stopMonitoringBeacons"),
    ("onSearchBeacons", "onBeaconsInRange"),
    ("consumeAndShareCard", "consumedShareCard"),
    ("openAddress", "editAddress"),
    ("onMenuShareAppMessage", "sendAppMessage"),
    ("onMenuShareTimeline", "shareTimeline"),
    ("onMenuShareQQ", "shareQQ"),
];

/// The documents' name of what the bridge was asked for.
pub fn of_api(at_bridge: &str) -> &str {
    OTHER_NAMES.iter().find(|(_, other)| *other == at_bridge).map_or(at_bridge, |(api, _)| api)
}

/// Whether a list allows what the bridge was asked for: a list has the documents' names, or those that
/// the library made of them.
pub fn allows(list: &[String], at_bridge: &str) -> bool {
    let api = of_api(at_bridge);
    list.iter().any(|listed| listed == at_bridge || of_api(listed) == api)
}

/// What the library asks for of itself, and what works without a config.
pub fn needs_no_list(at_bridge: &str) -> bool {
    ["checkJsApi", "closeWindow", "invokeMiniProgramAPI", "launchMiniProgram", "log", "reportTrackInfo"]
        .contains(&at_bridge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_hold_either_name() {
        let list = |name: &str| vec![name.to_owned()];
        assert!(allows(&list("previewImage"), "imagePreview"));
        assert!(allows(&list("imagePreview"), "imagePreview"));
        assert!(allows(&list("scanQRCode"), "scanQRCode"));
        assert!(!allows(&list("scanQRCode"), "chooseImage"));
    }
}
