//! What host names in rules stand for.

use super::super::tree::{Tree, Value, shown};
use super::super::{HostName, host_name, parse};
use super::Decoder;
use super::place::Place;
use crate::code::Code;
use crate::language::Phrase;

impl<'s> Decoder<'_, 's> {
    /// What host names stand for. Names that are compared alike are duplicates.
    pub(super) fn host_names(&mut self, tree: Tree<'s>) -> Vec<HostName<'s>> {
        let members = match tree.value {
            Value::Map(members) => members,
            _ => {
                self.wrong_type(&tree, ("a mapping from host names", "ホスト名をキーとするマッピング"));
                return Vec::new();
            }
        };
        let mut seen = rustc_hash::FxHashMap::default();
        let mut list = Vec::with_capacity(members.len());
        for (key, value) in members {
            if let Some(first) = seen.insert(host_name(&key.value), key.span) {
                let name = shown(&key.value);
                let diagnostic = self.error(
                    Code::DuplicateKey,
                    key.span,
                    format!("the host name `{name}` is here twice"),
                    format!("ホスト名「{name}」が重複しています"),
                );
                diagnostic.help = super::phrase(
                    "merge the two, or delete one; neither case nor a final dot tells host names apart",
                    "1 つにまとめるか、片方を削除してください（大文字と小文字、末尾の「.」は区別しません）",
                );
                diagnostic.related.push((first, Phrase::new("the first is here", "最初のものはここです")));
                continue;
            }
            if let Some(name) = self.named(key, parse::check_word) {
                let items = self.many(value, |decoder, tree| decoder.selector_item(tree, Place::HostName));
                list.push(HostName { name, items });
            }
        }
        list
    }
}
