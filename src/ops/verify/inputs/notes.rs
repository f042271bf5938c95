//! Notes on the values of a claim whose signature fits: how they were read, and what else the text has.
//!
//! In: the inputs, settled. Out: notes in both languages; nothing here changes what is judged.

use super::Inputs;
use crate::both;
use crate::evidence::{Evidence, Field};
use crate::lang::Both;
use crate::signature::{string1, without_fragment};

/// A display was undone.
pub(super) fn repaired() -> Both {
    both!(
        "string1 在复制时变了样（如 `×tamp`、`&amp;`、折行），已还原：还原后与签名相符",
        "string1 was changed when it was copied (`×tamp`, `&amp;`, wrapped lines …) and was undone: so read, it fits the signature"
    )
}

impl Inputs<'_> {
    /// The signature fits the right string: what is to be said of a literal that is another text.
    pub(super) fn note_on_literal(&mut self) {
        let right = string1(self.kind, &self.fields);
        let Some(literal) = self.literal.filter(|literal| literal.text != right) else { return };
        let is_display = literal.readings.contains(&right)
            || literal.text.contains("×tamp")
            || literal.text.contains("&amp;");
        self.notes.push(if is_display {
            repaired()
        } else {
            both!(
                "贴出的 string1 不是签名时计算的那一段：签名与正确的 string1 相符",
                "the pasted string1 is not the text that was hashed: the signature fits the right one"
            )
        });
    }

    /// The signature fits, and the text has another value of which it does not say whose it is.
    pub(super) fn note_on_others(&mut self, evidence: &Evidence) {
        let Some(signature) = self.signature.as_ref().filter(|_| self.kind.signs_url()) else { return };
        // A value that was read otherwise than it is shown has a note already.
        let is_read_otherwise = !self.notes.is_empty();
        if is_read_otherwise || evidence.claims.len() != 1 || !self.is_hash_of(signature, &self.fields) {
            return;
        }
        for (field, name, own) in [
            (Field::Nonce, "nonceStr", self.fields.nonce.as_str()),
            (Field::Timestamp, "timestamp", self.fields.timestamp.as_str()),
            (Field::Url, "url", without_fragment(&self.fields.url)),
        ] {
            let is_other = |text: &str| match field {
                Field::Url => text.contains("://") && without_fragment(text) != own,
                _ => !text.is_empty() && text != own,
            };
            // What the page is known to have is compared, and no note.
            let passed = self.block.and_then(|block| block.passed(field, self.kind)).into_iter();
            let mut known = passed.chain(&evidence.passed).map(|value| &value.text).chain(&self.page_urls);
            let other = evidence.all(field).map(|value| &value.text).find(|text| is_other(text));
            let Some(other) = other.filter(|other| known.all(|known| known != *other)) else { continue };
            self.notes.push(both!(
                "文中还有一个 {name} `{other}`，签的不是它：页面用的若是它，微信会拒绝",
                "the text has another {name}, `{other}`, which was not signed: if the page uses it, WeChat refuses"
            ));
        }
    }
}
