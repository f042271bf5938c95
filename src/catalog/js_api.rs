//! The names that `jsApiList` may hold, and the nearest one to a name that is unknown.
//!
//! In: a name and a platform. Out: [`Known`]. The list is `data/js-api-names.tsv`: a name and where
//! it belongs (`mp`, `work`, `legacy` for the old 企业号, `menu` for menu items, `tag` for open tags).

use crate::platform::Platform;

const LIST: &str = include_str!("../../data/js-api-names.tsv");

/// What is known about a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It belongs to the platform.
    Yes,
    /// It is a name of the old 企业号, which work still takes.
    Legacy,
    /// It belongs to the other platform only.
    OtherPlatform(Platform),
    /// A menu item or an open tag: real, but not a name for `jsApiList`.
    NotAnApi,
    /// Nobody knows it; the nearest known name, where one is near.
    No(Option<&'static str>),
}

/// Looks a name up. Without a platform, a name of either is known.
pub fn known(name: &str, platform: Option<Platform>) -> Known {
    let Some(places) = entries().find(|(known, _)| *known == name).map(|(_, places)| places) else {
        return Known::No(crate::nearest::nearest(name, candidates(platform)));
    };
    let stands_in = |place: &str| places.split(',').any(|one| one == place);
    match platform {
        Some(platform) if stands_in(platform.name()) => Known::Yes,
        None if stands_in("mp") || stands_in("work") => Known::Yes,
        Some(Platform::Work) | None if stands_in("legacy") => Known::Legacy,
        Some(Platform::Mp) if stands_in("work") || stands_in("legacy") => {
            Known::OtherPlatform(Platform::Work)
        }
        Some(Platform::Work) if stands_in("mp") => Known::OtherPlatform(Platform::Mp),
        _ => Known::NotAnApi,
    }
}

fn entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    LIST.lines().filter_map(|line| line.split_once('\t'))
}

/// The names that may be meant on a platform.
fn candidates(platform: Option<Platform>) -> impl Iterator<Item = &'static str> {
    entries()
        .filter(move |(_, places)| match platform {
            Some(Platform::Mp) => places.split(',').any(|place| place == "mp"),
            Some(Platform::Work) | None => places.split(',').any(|place| matches!(place, "work" | "mp")),
        })
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_belong_where_the_list_says() {
        assert_eq!(known("chooseImage", Some(Platform::Mp)), Known::Yes);
        assert_eq!(known("getCurExternalContact", Some(Platform::Mp)), Known::OtherPlatform(Platform::Work));
        assert_eq!(known("openEnterpriseContact", Some(Platform::Work)), Known::Legacy);
        assert_eq!(known("menuItem:copyUrl", None), Known::NotAnApi);
        assert_eq!(known("chooseimage", None), Known::No(Some("chooseImage")));
        assert_eq!(known("onMenuShareTimline", Some(Platform::Mp)), Known::No(Some("onMenuShareTimeline")));
        assert_eq!(known("frobnicate", None), Known::No(None));
    }

    #[test]
    fn the_list_is_sorted_and_unique() {
        let names: Vec<&str> = entries().map(|(name, _)| name).collect();
        assert!(names.is_sorted_by(|a, b| a < b));
    }
}
