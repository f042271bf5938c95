//! Does a Content-Security-Policy keep the JS-SDK out.
//!
//! In: the policies of a page, from its headers and its `<meta>` tags. Out: the directive that
//! blocks the script's host, if one does. Nonces and `strict-dynamic` leave the host to the page's
//! own scripts, so they count as allowed: from outside it cannot be seen.

/// The host that serves the official script.
pub(super) const SDK_HOST: &str = "res.wx.qq.com";

/// The folder of the official script.
const SDK_FOLDER: &str = "/open/js/";

/// The directive of a policy that blocks `https://res.wx.qq.com/open/js/…`, as it is there.
pub(super) fn blocking_directive<'a>(policies: impl IntoIterator<Item = &'a str>) -> Option<String> {
    // One header may hold several policies; each of them must allow the script.
    policies.into_iter().flat_map(|header| header.split(',')).find_map(|policy| {
        let directives: Vec<(String, &str)> = policy
            .split(';')
            .filter_map(|directive| {
                let directive = directive.trim();
                let name = directive.split_ascii_whitespace().next()?;
                Some((name.to_ascii_lowercase(), directive))
            })
            .collect();
        let (_, directive) = ["script-src-elem", "script-src", "default-src"]
            .into_iter()
            .find_map(|name| directives.iter().find(|(found, _)| found == name))?;
        (!allows(directive)).then(|| (*directive).to_owned())
    })
}

fn allows(directive: &str) -> bool {
    directive.split_ascii_whitespace().skip(1).any(|source| {
        let source = source.to_ascii_lowercase();
        source == "*"
            || source == "https:"
            || source == "http:"
            || source == "'strict-dynamic'"
            || source.starts_with("'nonce-")
            || source.starts_with("'sha")
            || host_source_allows(&source)
    })
}

fn host_source_allows(source: &str) -> bool {
    let rest = match source.split_once("://") {
        Some(("http" | "https", rest)) => rest,
        Some(_) => return false,
        None => source,
    };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let host_fits = match host.strip_prefix("*.") {
        Some(parent) => SDK_HOST.strip_suffix(parent).is_some_and(|left| left.ends_with('.')),
        None => host == SDK_HOST,
    };
    host_fits
        && matches!(port, "443" | "*")
        && (path.is_empty()
            || SDK_FOLDER.starts_with(path) && path.ends_with('/')
            || path.starts_with(SDK_FOLDER))
}

/// The policies of a page's `<meta http-equiv="Content-Security-Policy">` tags.
pub(super) fn meta_policies(html: &str) -> Vec<String> {
    // ASCII only, so that positions in both texts agree.
    let lower = html.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = lower[at..].find("<meta") {
        let start = at + start + "<meta".len();
        let (attributes, end) = attributes(&html[start..]);
        at = start + end;
        let value = |name: &str| {
            attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
        };
        if value("http-equiv").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("content-security-policy"))
        {
            found.extend(value("content").map(|policy| policy.replace("&#39;", "'").replace("&quot;", "\"")));
        }
    }
    found
}

/// A tag's attributes, and where the tag ends.
fn attributes(tag: &str) -> (Vec<(&str, String)>, usize) {
    let mut found = Vec::new();
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return (found, tag.len() - rest.len());
        }
        let name_end = rest
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_end);
        rest = after.trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let (text, left) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                _ => after.split_at(
                    after.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(after.len()),
                ),
            };
            text.clone_into(&mut value);
            rest = left;
        } else if name.is_empty() {
            // Something that is neither a name nor `=`: step over it.
            rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
        }
        found.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_keeps_the_sdk_out_is_named() {
        let blocks = |policy: &str| blocking_directive([policy]);
        assert_eq!(blocks("default-src 'self'"), Some("default-src 'self'".into()));
        assert_eq!(
            blocks("default-src *; script-src 'self' *.a.com"),
            Some("script-src 'self' *.a.com".into())
        );
        assert_eq!(blocks("script-src"), Some("script-src".into()));
        assert_eq!(blocks("script-src 'none'; script-src-elem https:"), None);
        assert_eq!(blocks("img-src 'self'"), None);
        for allowed in [
            "*",
            "https:",
            "res.wx.qq.com",
            "https://res.wx.qq.com",
            "*.qq.com",
            "*.wx.qq.com:443",
            "https://res.wx.qq.com/open/js/",
            "https://res.wx.qq.com/open/js/jweixin-1.6.0.js",
            "'nonce-abc'",
        ] {
            assert_eq!(blocks(&format!("script-src 'self' {allowed}")), None, "{allowed}");
        }
        for other in
            ["*.res.wx.qq.com", "evilres.wx.qq.com", "res.wx.qq.com:8443", "res.wx.qq.com/other/", "qq.com"]
        {
            assert!(blocks(&format!("script-src {other}")).is_some(), "{other}");
        }
        assert!(blocks("script-src *, default-src 'self'").is_some());
    }

    #[test]
    fn a_policy_in_the_page_is_found() {
        let page = r#"<META content="script-src &#39;self&#39;; img-src >" Http-Equiv='Content-Security-Policy'/>
            <meta charset=utf-8><meta name=x content="y">"#;
        assert_eq!(meta_policies(page), ["script-src 'self'; img-src >"]);
        assert_eq!(meta_policies("<meta http-equiv=content-security-policy content="), [""]);
        assert!(meta_policies("<meta =\"<meta \u{e9}").is_empty());
    }
}
