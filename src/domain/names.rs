//! Hosts compared by labels, and the lists of hosts that no developer owns.
//!
//! In: ASCII hosts in lower case. Out: how two of them are related, and whether one is a public
//! suffix or a short-link host. The lists are data (`data/domain/`), scanned line by line when
//! asked: a few hundred lines need no index.

const PUBLIC_SUFFIXES: &str = include_str!("../../data/domain/public-suffixes.txt");
const PLATFORM_SUFFIXES: &str = include_str!("../../data/domain/platform-suffixes.txt");
const SHORT_LINKS: &str = include_str!("../../data/domain/short-links.txt");

/// How a page's host is related to an entry's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The same labels.
    Same,
    /// The page is below the entry: `wx.a.com` of `a.com`.
    Below,
    /// The page is above the entry: `a.com` of `wx.a.com`.
    Above,
    /// Neither, but both lie below one name that someone can own: `wx.a.com` and `m.a.com`.
    Sibling,
    /// Nothing in common.
    Stranger,
}

/// Compares two ASCII hosts by labels, letter case ignored. One dot at the end is not a label.
pub fn relation(page: &str, entry: &str) -> Relation {
    let (page, entry) = (bare(page), bare(entry));
    if page == entry {
        return Relation::Same;
    }
    if is_below(&page, &entry) {
        return Relation::Below;
    }
    if is_below(&entry, &page) {
        return Relation::Above;
    }
    match (owned_name(&page), owned_name(&entry)) {
        (Some(page), Some(entry)) if page == entry => Relation::Sibling,
        _ => Relation::Stranger,
    }
}

/// Whether anyone can register below this name, so that no one can own it: a single label, or one
/// of the lists.
pub(super) fn is_public_suffix(host: &str) -> bool {
    let host = bare(host);
    !host.contains('.') || lines(PUBLIC_SUFFIXES).chain(lines(PLATFORM_SUFFIXES)).any(|suffix| suffix == host)
}

/// The platform suffix that the host is below, `vercel.app` of `a.vercel.app`: only its owner can
/// file a name there.
pub(super) fn platform_suffix(host: &str) -> Option<&'static str> {
    let host = bare(host);
    lines(PLATFORM_SUFFIXES).find(|suffix| is_below(&host, suffix))
}

/// Whether the host belongs to a service that only shortens links.
pub(super) fn is_short_link(host: &str) -> bool {
    let host = bare(host);
    lines(SHORT_LINKS).any(|short| host == short || is_below(&host, short))
}

/// Lower case, without the one dot that may end a host.
fn bare(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// Whether `host` has labels before those of `parent`.
fn is_below(host: &str, parent: &str) -> bool {
    !parent.is_empty()
        && host
            .strip_suffix(parent)
            .and_then(|rest| rest.strip_suffix('.'))
            .is_some_and(|rest| !rest.is_empty())
}

/// The name that someone registered: one label more than the public suffix.
fn owned_name(host: &str) -> Option<&str> {
    let mut name = host;
    let mut owned = None;
    while !is_public_suffix(name) {
        owned = Some(name);
        name = name.split_once('.')?.1;
    }
    owned
}

fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_compared_by_labels() {
        assert_eq!(relation("wx.a.com", "WX.A.com"), Relation::Same);
        assert_eq!(relation("wx.a.com", "a.com"), Relation::Below);
        assert_eq!(relation("a.com", "wx.a.com"), Relation::Above);
        assert_eq!(relation("evilwx.a.com", "wx.a.com"), Relation::Sibling);
        assert_eq!(relation("evila.com", "a.com"), Relation::Stranger);
        assert_eq!(relation("a.com.evil.cn", "a.com"), Relation::Stranger);
        assert_eq!(relation("a.com.cn", "b.com.cn"), Relation::Stranger);
        assert_eq!(relation("a.github.io", "b.github.io"), Relation::Stranger);
        assert_ne!(relation(".a.com", "a.com"), Relation::Below);
        assert_eq!(relation("a.com", ""), Relation::Stranger);
    }

    #[test]
    fn what_no_one_owns_is_known() {
        for host in ["com", "com.cn", "CO.UK", "github.io", "localhost", "xn--fiqs8s", "cn."] {
            assert!(is_public_suffix(host), "{host}");
        }
        for host in ["a.com", "a.com.cn", "a.github.io", "example.co.uk"] {
            assert!(!is_public_suffix(host), "{host}");
        }
        assert_eq!(platform_suffix("a.b.vercel.app"), Some("vercel.app"));
        assert_eq!(platform_suffix("vercel.app.a.com"), None);
        assert!(is_short_link("t.cn") && is_short_link("w.url.cn"));
        assert!(!is_short_link("at.cn") && !is_short_link("t.cn.a.com"));
    }

    #[test]
    fn the_lists_are_lower_case_hosts_without_doubles() {
        let mut seen = std::collections::BTreeSet::new();
        for list in [PUBLIC_SUFFIXES, PLATFORM_SUFFIXES, SHORT_LINKS] {
            for line in lines(list) {
                assert!(line.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-')), "{line}");
                assert!(line.contains('.') && seen.insert(line), "{line}");
            }
        }
    }
}
