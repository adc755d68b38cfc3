//! The particulars of an audit.

use super::super::{Dossier, keys};
use super::{Body, Decoder, Fields};

impl<'s> Decoder<'_, 's> {
    /// The particulars; `None` when there is not even an object.
    pub fn dossier(&mut self, body: Body<'s>) -> Option<Dossier> {
        if let Some(root) = body.root {
            self.fields(root, &keys::DOSSIER);
            return None;
        }
        let mut fields = self.check_keys(body.members, body.span, &keys::DOSSIER);
        Some(Dossier {
            number: self.said(&mut fields, "number"),
            department: self.said(&mut fields, "department"),
            purpose: self.said(&mut fields, "purpose"),
            procedure: self.said(&mut fields, "procedure"),
            auditor: self.said(&mut fields, "auditor"),
            reviewer: self.said(&mut fields, "reviewer"),
            approver: self.said(&mut fields, "approver"),
            conclusion: self.said(&mut fields, "conclusion"),
            response: self.said(&mut fields, "response"),
        })
    }

    /// A text that says something: blank is a field to be filled in by hand.
    fn said(&mut self, fields: &mut Fields<'s>, key: &'static str) -> Option<String> {
        let text = self.plain_text(fields.take(key))?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}
