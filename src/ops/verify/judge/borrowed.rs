//! What was signed instead of a claim's own values: those of another claim, or of a field that it does not
//! pass.
//!
//! In: the inputs of a claim, and of the others. Out: the mistakes that a recomputed hash proves.

use super::{Explained, Inputs, Judge, Mistake, Proof};
use crate::both;
use crate::evidence::Field;
use crate::signature::{Fields, Kind, sha1_hex, string1, without_fragment};

impl<'e> Judge<'e, '_> {
    /// Whether the signature is made of another claim's nonce and timestamp, and perhaps its ticket and
    /// url: `agentConfig` that was given the values of `config`.
    pub(super) fn of_another_claim(
        &self,
        inputs: &Inputs<'e>,
        given: &str,
        all: &[Inputs<'e>],
    ) -> Option<Explained> {
        let own = &inputs.fields;
        let others = all.iter().map(|other| &other.fields).filter(|other| *other != own).take(32);
        if inputs.kind == Kind::CardExt {
            return self.of_another_card(inputs, given, others).or_else(|| self.not_passed(inputs, given));
        }
        if !inputs.kind.signs_url() {
            return None;
        }
        for other in others {
            if other.nonce == own.nonce && other.timestamp == own.timestamp {
                continue;
            }
            for (ticket, url) in [
                (&own.ticket, &own.url),
                (&other.ticket, &own.url),
                (&own.ticket, &other.url),
                (&other.ticket, &other.url),
            ] {
                let fields = Fields {
                    nonce: other.nonce.clone(),
                    timestamp: other.timestamp.clone(),
                    ticket: ticket.clone(),
                    url: url.clone(),
                    ..own.clone()
                };
                if sha1_hex(&string1(inputs.kind, &fields)) != given {
                    continue;
                }
                let mut mistakes = Vec::new();
                let mut differ = |id, field, signed: &str, expected: &str| {
                    if signed != expected {
                        mistakes.extend(self.mistake(id, Proof::Hash, field, (signed, expected), &[]));
                    }
                };
                differ("config-differs", "nonce", &fields.nonce, &own.nonce);
                differ("config-differs", "timestamp", &fields.timestamp, &own.timestamp);
                differ("config-differs", "url", without_fragment(&fields.url), without_fragment(&own.url));
                if inputs.cached.is_none() && !all.iter().any(|one| one.cached.is_some()) {
                    differ("ticket-other-kind", "ticket", &fields.ticket, &own.ticket);
                } else if fields.ticket != own.ticket {
                    mistakes.extend(self.mistake("ticket-other-kind", Proof::Hash, "ticket", ("", ""), &[]));
                }
                return Some(Explained { mistakes, ..Explained::default() });
            }
        }
        None
    }

    /// Whether a cardExt has the signature of another card of the list, or was made with its values.
    fn of_another_card<'c>(
        &self,
        inputs: &Inputs<'e>,
        given: &str,
        others: impl Iterator<Item = &'c Fields>,
    ) -> Option<Explained> {
        let own = &inputs.fields;
        for other in others {
            let with_id = Fields { card_id: other.card_id.clone(), ..own.clone() };
            let with_values =
                Fields { nonce: other.nonce.clone(), timestamp: other.timestamp.clone(), ..own.clone() };
            let with_all = Fields { card_id: other.card_id.clone(), ..with_values.clone() };
            for fields in [with_id, with_values, with_all] {
                if fields == *own || sha1_hex(&string1(inputs.kind, &fields)) != given {
                    continue;
                }
                let text = |value: &Option<String>| value.clone().unwrap_or_default();
                let pairs = [
                    ("card-id", text(&fields.card_id), text(&own.card_id)),
                    ("nonce", fields.nonce.clone(), own.nonce.clone()),
                    ("timestamp", fields.timestamp.clone(), own.timestamp.clone()),
                ];
                let differing = pairs.iter().filter(|(_, signed, expected)| signed != expected);
                let message = both!(
                    "这张卡的签名用的是另一张卡的值",
                    "this card's signature was made with another card's value"
                );
                let fix = both!(
                    "每张卡用自己的 card_id、timestamp、nonce_str 单独签名",
                    "sign each card on its own, with its card_id, timestamp and nonce_str"
                );
                let lang = self.context.lang;
                let mistakes = differing.filter_map(|(field, signed, expected)| {
                    self.mistake("config-differs", Proof::Hash, field, (signed, expected), &[]).map(
                        |mistake| Mistake {
                            message: message.get(lang).to_owned(),
                            fix: fix.get(lang).to_owned(),
                            ..mistake
                        },
                    )
                });
                return Some(Explained { mistakes: mistakes.collect(), ..Explained::default() });
            }
        }
        None
    }

    /// Whether a code, an openid or a balance was signed that the cardExt does not pass.
    fn not_passed(&self, inputs: &Inputs<'e>, given: &str) -> Option<Explained> {
        let of = |field: Field, own: &Option<String>| {
            let shared = self.evidence.shared.iter().find(|value| value.field == field);
            shared.filter(|_| own.is_none()).map(|value| value.text.clone())
        };
        let own = &inputs.fields;
        let values =
            [of(Field::Code, &own.code), of(Field::Openid, &own.openid), of(Field::Balance, &own.balance)];
        let signed = (1..8_u8).find_map(|set| {
            let [code, openid, balance] =
                [0, 1, 2].map(|at| values[at].clone().filter(|_| set >> at & 1 == 1));
            let fields = Fields {
                code: code.clone().or_else(|| own.code.clone()),
                openid: openid.clone().or_else(|| own.openid.clone()),
                balance: balance.clone().or_else(|| own.balance.clone()),
                ..own.clone()
            };
            let fits = fields != *own && sha1_hex(&string1(inputs.kind, &fields)) == given;
            fits.then(|| [code, openid, balance].into_iter().flatten().collect::<Vec<_>>())
        })?;
        let mistakes = signed
            .iter()
            .filter_map(|value| self.mistake("card-field-set", Proof::Hash, "string", (value, ""), &[]));
        Some(Explained { mistakes: mistakes.collect(), ..Explained::default() })
    }
}
