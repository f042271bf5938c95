//! The names that jsApiList, menuList and openTagList take: the use case behind `js-api`.
//!
//! In: a [`Request`] with a name, a part of one, or nothing. Out: [`Names`], the `--json` document.

use serde::Serialize;

use crate::catalog::js_api::{self, Name};
use crate::lang::Lang;
use crate::platform::Platform;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// A name, a part of one, a word of what it needs; nothing for all.
    pub text: String,
    /// Only this platform's.
    pub platform: Option<Platform>,
}

/// Names.
#[derive(Clone, Debug, Serialize)]
pub struct Names {
    /// The names, sorted.
    pub results: Vec<Listed>,
    /// The name that a misspelt one most likely meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<&'static str>,
    /// What was looked for.
    #[serde(skip)]
    pub text: String,
}

/// A name.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// As it is written.
    pub name: &'static str,
    /// `api`, `menu` or `tag`.
    pub kind: &'static str,
    /// Where it is known.
    pub platforms: Vec<Platform>,
    /// What it needs.
    pub needs: String,
    /// What else is worth knowing.
    pub note: Option<String>,
}

impl Request {
    /// Finds the names.
    pub fn find(&self, lang: Lang) -> Names {
        let text = self.text.trim();
        let here = |name: &Name| self.platform.is_none_or(|platform| name.platforms().contains(&platform));
        let show = |name: Name| Listed {
            name: name.name,
            kind: name.kind(),
            platforms: name.platforms(),
            needs: name.needs().get(lang).to_owned(),
            note: name.note().map(|note| note.get(lang).to_owned()),
        };
        let bare = text.strip_prefix("wx.").or_else(|| text.strip_prefix("ww.")).unwrap_or(text);
        let lower = bare.to_lowercase();
        // Another case is another name to the client.
        let miscased = js_api::names().find(|name| name.name.to_lowercase() == lower && name.name != bare);
        let exact: Vec<Name> = js_api::names().filter(|name| name.name == bare).collect();
        let results: Vec<Listed> = if !exact.is_empty() {
            // A name of the other platform is not a misspelling: its platforms are shown.
            let is_here = exact.iter().any(here);
            exact.into_iter().filter(|name| here(name) || !is_here).map(show).collect()
        } else if miscased.is_some() {
            Vec::new()
        } else {
            let holds = |name: &Name| {
                let texts = [Some(name.needs()), name.note()];
                name.name.to_lowercase().contains(&lower)
                    || texts.into_iter().flatten().any(|text| {
                        text.zh.to_lowercase().contains(&lower) || text.en.to_lowercase().contains(&lower)
                    })
            };
            js_api::names().filter(|name| here(name) && holds(name)).map(show).collect()
        };
        let nearest = match (results.is_empty(), miscased) {
            (false, _) => None,
            (true, Some(name)) => Some(name.name),
            (true, None) => crate::nearest::nearest(bare, js_api::names().map(|name| name.name)),
        };
        Names { results, nearest, text: text.to_owned() }
    }
}
