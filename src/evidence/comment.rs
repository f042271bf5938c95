//! Comments: what was tried before, or what the code does not say itself.
//!
//! In: the reader at a `//`, `/*` or `<!--`. Out: what stands in the comment, with less trust. It is read
//! as lines; inside of an object only what the object itself has not counts.

use super::found::{Place, Trust};
use super::frame::{Mode, Owner};
use super::reader::{Manner, NESTING, Reader};

impl Reader<'_, '_> {
    pub(super) fn slash(&mut self) {
        let at = self.pos;
        let before = at.checked_sub(1).map_or(b' ', |before| self.bytes[before]);
        match self.bytes.get(at + 1) {
            // `http://`: a scheme, not a comment.
            Some(b'/') if before != b':' => {
                let end = self.line_end(at);
                self.comment(at + 2, end);
                self.pos = end;
            }
            // `image/*`, `*/*`: a media type.
            Some(b'*') if !before.is_ascii_alphanumeric() && before != b'*' => {
                self.block_comment(at + 2, "*/", 0);
            }
            _ => self.skip(1, b'/'),
        }
    }

    pub(super) fn block_comment(&mut self, from: usize, close: &str, index: usize) {
        if self.pos < self.no_comment_end[index] {
            return self.skip(1, b'/');
        }
        let Some(length) = memchr::memmem::find(&self.bytes[from..], close.as_bytes()) else {
            self.no_comment_end[index] = usize::MAX;
            return self.skip(1, b'/');
        };
        self.comment(from, from + length);
        self.pos = from + length + close.len();
        self.label = None;
    }

    /// Reads a comment as lines. Inside of an object only what the object itself has not: the rest is
    /// code that was commented out.
    fn comment(&mut self, from: usize, to: usize) {
        if self.manner.trust == Trust::Comment {
            self.pos = from;
            let end = self.text[..to].trim_end().len();
            let inner = Manner { nesting: self.manner.nesting + 1, ..self.manner };
            if inner.nesting <= NESTING {
                self.part(from, end, inner);
            }
            return;
        }
        let is_aside = self.mode() == Mode::Object;
        let place = self.place();
        let place = Place { group: self.found.comments(place.group), ..place };
        let manner = Manner { owner: Owner::Anyone, trust: Trust::Comment, is_aside, place, ..self.manner };
        self.part(from, to, manner);
    }

    fn part(&mut self, from: usize, to: usize, manner: Manner) {
        let mut reader = Reader::new(&self.text[..to], self.lines, manner, self.found);
        reader.pos = from;
        reader.run();
    }
}
