//! What a document records beside nodes and links: exceptions, transfers, evidence, expectations.

use super::super::tree::Tree;
use super::super::{Attested, Evidence, Exception, Expectation, Transfer, keys, parse};
use super::Decoder;
use super::place::Place;

impl<'s> Decoder<'_, 's> {
    /// A transfer.
    pub(super) fn transfer(&mut self, tree: Tree<'s>) -> Option<Transfer<'s>> {
        let mut fields = self.fields(tree, &keys::TRANSFER)?;
        let id = fields.take("id").and_then(|tree| self.word(tree));
        let transfer = Transfer {
            id: id.map(|id| id.value).unwrap_or_default(),
            from: self.selector(fields.take("from"), Place::Transfer),
            to: self.selector(fields.take("to"), Place::Transfer),
            sanitise: fields
                .take("sanitise")
                .and_then(|tree| self.choice(tree, &parse::SANITISES, ("way of sanitising", "無害化の方式"))),
            reason: self.plain_text(fields.take("reason")),
            approved_by: self.plain_text(fields.take("approved_by")),
            expires: fields.take("expires").and_then(|tree| self.date(tree)),
            owner: self.owner(fields.take("owner")),
            approved_on: fields.take("approved_on").and_then(|tree| self.date(tree)),
            span: fields.span,
        };
        self.plain_text(fields.take("note"));
        Some(transfer)
    }

    /// An exception.
    pub(super) fn exception(&mut self, tree: Tree<'s>) -> Option<Exception<'s>> {
        let mut fields = self.fields(tree, &keys::EXCEPTION)?;
        let id = fields.take("id").and_then(|tree| self.word(tree));
        let exception = Exception {
            id: id.map(|id| id.value).unwrap_or_default(),
            from: self.selector(fields.take("from"), Place::Exception),
            to: self.selector(fields.take("to"), Place::Exception),
            service: self.service(fields.take("service")),
            waives: fields.take("waives").map(|tree| self.many(tree, Self::word)),
            reason: self.plain_text(fields.take("reason")),
            approved_by: self.plain_text(fields.take("approved_by")),
            expires: fields.take("expires").and_then(|tree| self.date(tree)),
            attested: fields.take("attested").and_then(|tree| self.attested(tree)),
            owner: self.owner(fields.take("owner")),
            approved_on: fields.take("approved_on").and_then(|tree| self.date(tree)),
            span: fields.span,
        };
        Some(exception)
    }

    fn attested(&mut self, tree: Tree<'s>) -> Option<Attested<'s>> {
        let mut fields = self.fields(tree, &keys::ATTESTED)?;
        let by = self.plain_text(fields.take("by"));
        let basis = self.plain_text(fields.take("basis"));
        Some(Attested { by: by?, basis: basis? })
    }

    /// A record of evidence.
    pub(super) fn evidence(&mut self, tree: Tree<'s>) -> Option<Evidence<'s>> {
        let mut fields = self.fields(tree, &keys::RECORD)?;
        let word = |decoder: &mut Self, tree: Option<Tree<'s>>| {
            tree.and_then(|tree| decoder.word(tree)).map(|word| word.value).unwrap_or_default()
        };
        let evidence = Evidence {
            id: word(self, fields.take("id")),
            kind: word(self, fields.take("kind")),
            by: self.plain_text(fields.take("by")).unwrap_or_default(),
            date: fields.take("date").and_then(|tree| self.date(tree)),
            valid_until: fields.take("valid_until").and_then(|tree| self.date(tree)),
            span: fields.span,
        };
        self.plain_text(fields.take("note"));
        Some(evidence)
    }

    /// Communication that must be possible.
    pub(super) fn expectation(&mut self, tree: Tree<'s>) -> Option<Expectation<'s>> {
        let mut fields = self.fields(tree, &keys::EXPECTATION)?;
        let id = fields.take("id").and_then(|tree| self.word(tree));
        let expectation = Expectation {
            id: id.map(|id| id.value).unwrap_or_default(),
            from: self.selector(fields.take("from"), Place::Expectation),
            to: self.selector(fields.take("to"), Place::Expectation),
            service: self.service(fields.take("service")),
            span: fields.span,
        };
        self.plain_text(fields.take("note"));
        Some(expectation)
    }
}
