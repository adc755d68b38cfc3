//! The members of a document in JSON: as trees, or with the two long lists, `nodes` and `links`, read element by element
//! without trees. Where the text is long a second thread begins in the middle, at what looks like an element. What it has read
//! counts only if the first thread comes to that very place as an element of that very list; else it is forgotten. So
//! the outcome is the same with one thread and with two.

use std::thread;

use super::decode::{Body, Decoder};
use super::fast::Plain;
use super::json::{self, Cursor};
use super::settle::{Part, settle};
use super::tree::{SyntaxError, Tree, Value, span};
use super::{Link, NameTable, Node};
use crate::diagnostic::Diagnostics;

/// Texts of fewer bytes are read by one thread.
const LONG: usize = 1 << 20;

/// How far behind the middle an element is looked for.
const FARTHEST: usize = 1 << 20;

/// One of the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Nodes,
    Links,
}

/// An element of one of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Element {
    list: List,
    at: usize,
}

/// How far the reading came.
#[derive(PartialEq, Eq)]
enum Came {
    ToTheEnd,
    /// To the element to stop at, of the list that is open.
    ToTheElement,
}

/// Reads the members of a document. `fast` takes the compact way for nodes and links where it can.
pub(super) fn body<'s>(text: &'s str, decoder: &mut Decoder<'_, 's>, fast: bool) -> Result<Body<'s>, SyntaxError> {
    if fast && (Cursor { text, at: 0 }).peek() == Some(b'{') {
        let many = text.len() >= LONG && thread::available_parallelism().is_ok_and(|count| count.get() > 1);
        return body_from(text, decoder, many.then_some(text.len() / 2));
    }
    Ok(match json::whole(text)? {
        Tree { value: Value::Map(members), span } => Body { members, span, ..Body::default() },
        root => Body { root: Some(root), ..Body::default() },
    })
}

/// Reads the members with a second thread that begins behind this place, if there is one.
fn body_from<'s>(text: &'s str, decoder: &mut Decoder<'_, 's>, middle: Option<usize>) -> Result<Body<'s>, SyntaxError> {
    let many = middle.is_some();
    let start = middle.and_then(|middle| element_behind(text, middle));
    let mut reader = Reader::new(text, 0, decoder, start);
    let rest = match start {
        None => {
            reader.document()?;
            None
        }
        Some(start) => thread::scope(|scope| {
            let second = thread::Builder::new().spawn_scoped(scope, move || read_rest(text, start));
            if reader.document()? == Came::ToTheEnd {
                return Ok(None);
            }
            let rest = second.ok().and_then(|second| second.join().ok()).flatten();
            match rest.filter(|rest| reader.fits(rest, start.list)) {
                Some(rest) => Ok(Some(rest)),
                None => {
                    reader.stop = None;
                    reader.rest(start.list)?;
                    Ok(None)
                }
            }
        })?,
    };
    Ok(reader.finish(rest, many))
}

/// What was read of a text from an element on.
struct Rest<'s> {
    body: Body<'s>,
    part: Part<'s>,
    diagnostics: Diagnostics,
    lost: bool,
}

/// Reads from an element of a list to the end of the document; `None` when the syntax breaks.
fn read_rest(text: &str, start: Element) -> Option<Rest<'_>> {
    let mut diagnostics = Diagnostics::default();
    let mut decoder = Decoder::new(text, &mut diagnostics);
    let mut reader = Reader::new(text, start.at, &mut decoder, None);
    reader.open(start.list);
    reader.rest(start.list).ok()?;
    let Reader { body, part, plain, .. } = reader;
    let part = Part { names: std::mem::take(&mut decoder.names), of_length: plain.of_length, ..part };
    let lost = decoder.lost;
    Some(Rest { body, part, diagnostics, lost })
}

/// The first place behind `from` that looks like an element of one of the lists.
fn element_behind(text: &str, from: usize) -> Option<Element> {
    let bytes = text.as_bytes();
    let (mut diagnostics, mut plain) = (Diagnostics::default(), Plain::new(text));
    let mut decoder = Decoder::new(text, &mut diagnostics);
    let mut last = 0; // the last two bytes that are not white space
    let mut last_but_one = 0;
    for (at, &byte) in bytes.iter().enumerate().skip(from).take(FARTHEST) {
        if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            continue;
        }
        if matches!(byte, b'{' | b'[') && last == b',' && matches!(last_but_one, b'}' | b']') {
            if plain.link(&mut decoder, at).is_some() {
                return Some(Element { list: List::Links, at });
            }
            if plain.node(&mut decoder, at).is_some() {
                return Some(Element { list: List::Nodes, at });
            }
        }
        (last_but_one, last) = (last, byte);
    }
    None
}

/// Makes room for all elements of a list at once, as soon as some are known: as many as the text left may hold, if all of
/// them are like those read so far. What is not used is never touched, and given back by `settle`.
fn make_room<T>(list: &mut Vec<T>, read: usize, left: usize) {
    const SOME: usize = 1024;
    if list.len() == list.capacity() && list.len() >= SOME {
        list.reserve_exact(left / (read / list.len()).max(1) + SOME);
    }
}

struct Reader<'t, 'd, 's> {
    cursor: Cursor<'s>,
    decoder: &'t mut Decoder<'d, 's>,
    plain: Plain<'s>,
    body: Body<'s>,
    part: Part<'s>,
    stop: Option<Element>,
}

impl<'t, 'd, 's> Reader<'t, 'd, 's> {
    fn new(text: &'s str, at: usize, decoder: &'t mut Decoder<'d, 's>, stop: Option<Element>) -> Self {
        Self {
            cursor: Cursor { text, at },
            decoder,
            plain: Plain::new(text),
            body: Body::default(),
            part: Part::default(),
            stop,
        }
    }

    fn document(&mut self) -> Result<Came, SyntaxError> {
        self.cursor.white();
        self.body.span = span(self.cursor.at, self.cursor.at);
        self.cursor.opens(b'{')?;
        if self.cursor.skip(b'}') {
            return self.end();
        }
        loop {
            if self.member()? == Came::ToTheElement {
                return Ok(Came::ToTheElement);
            }
            if self.cursor.closes(b'}')? {
                return self.end();
            }
        }
    }

    /// Reads on from an element of an open list.
    fn rest(&mut self, list: List) -> Result<Came, SyntaxError> {
        self.elements(list)?;
        while !self.cursor.closes(b'}')? {
            self.member()?;
        }
        self.end()
    }

    fn end(&mut self) -> Result<Came, SyntaxError> {
        self.body.span = span(self.body.span.start as usize, self.cursor.at);
        self.cursor.end()?;
        Ok(Came::ToTheEnd)
    }

    fn member(&mut self) -> Result<Came, SyntaxError> {
        let key = self.cursor.key()?;
        let is_list = self.cursor.peek() == Some(b'[');
        let list = match &*key.value {
            "nodes" => Some(List::Nodes),
            "links" => Some(List::Links),
            _ => None,
        };
        let Some(list) = list.filter(|&list| is_list && !self.part.has[list as usize]) else {
            let tree = self.cursor.tree(1)?;
            self.body.members.push((key, tree));
            return Ok(Came::ToTheEnd);
        };
        // the decoder still has to see the key: it may come twice
        let start = self.cursor.at;
        self.body.members.push((key, Tree { value: Value::List(Vec::new()), span: span(start, start) }));
        self.open(list);
        self.cursor.opens(b'[')?;
        if self.cursor.skip(b']') { Ok(Came::ToTheEnd) } else { self.elements(list) }
    }

    fn open(&mut self, list: List) {
        self.part.has[list as usize] = true;
    }

    /// The elements of a list, from one on.
    fn elements(&mut self, list: List) -> Result<Came, SyntaxError> {
        let start = self.cursor.at;
        loop {
            self.cursor.white();
            let at = self.cursor.at;
            match list {
                List::Nodes => make_room(&mut self.part.nodes, at - start, self.cursor.text.len() - at),
                List::Links => make_room(&mut self.part.links, at - start, self.cursor.text.len() - at),
            }
            if self.stop == Some(Element { list, at }) {
                return Ok(Came::ToTheElement);
            }
            match list {
                List::Nodes => self.node(at)?,
                List::Links => self.link(at)?,
            }
            if self.cursor.closes(b']')? {
                return Ok(Came::ToTheEnd);
            }
        }
    }

    fn node(&mut self, at: usize) -> Result<(), SyntaxError> {
        if let Some((node, end)) = self.plain.node(self.decoder, at) {
            self.part.nodes.push(node);
            self.cursor.at = end;
        } else if let Some(node) = self.decoder.node(self.cursor.tree(2)?) {
            self.part.nodes.push(node);
            self.part.odd_nodes.push(self.part.nodes.len() - 1);
        }
        Ok(())
    }

    fn link(&mut self, at: usize) -> Result<(), SyntaxError> {
        if let Some((link, end)) = self.plain.link(self.decoder, at) {
            self.part.links.push(link);
            self.cursor.at = end;
        } else if let Some(link) = self.decoder.link(self.cursor.tree(2)?) {
            self.part.links.push(link);
            self.part.odd_links.push(self.part.links.len() - 1);
        }
        Ok(())
    }

    /// Whether a second thread, which could not know what stands before its beginning, understood what it read.
    fn fits(&self, rest: &Rest<'s>, list: List) -> bool {
        // it may have taken a second list of the other kind for the first one
        let other = 1 - list as usize;
        !(self.part.has[other] && rest.part.has[other])
    }

    fn finish(self, rest: Option<Rest<'s>>, many: bool) -> Body<'s> {
        let Self { decoder, plain, mut body, mut part, .. } = self;
        part.names = std::mem::take(&mut decoder.names);
        part.of_length = plain.of_length;
        let mut has = part.has;
        let mut parts = vec![part];
        if let Some(rest) = rest {
            body.members.extend(rest.body.members);
            body.span.end = rest.body.span.end;
            rest.diagnostics.into_sorted().into_iter().for_each(|one| decoder.diagnostics.push(one));
            decoder.lost |= rest.lost;
            for (has, other) in has.iter_mut().zip(rest.part.has) {
                *has |= other;
            }
            parts.push(rest.part);
        }
        let (names, nodes, links): (NameTable<'s>, Vec<Node<'s>>, Vec<Link<'s>>) = settle(decoder.text, parts, many);
        decoder.names = names;
        body.nodes = has[0].then_some(nodes);
        body.links = has[1].then_some(links);
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    /// The document as text, its diagnostics and its names in their order, however it was read; or the syntax error.
    fn outcome(text: &str, middle: Option<usize>) -> Result<String, String> {
        let mut diagnostics = Diagnostics::default();
        let mut decoder = Decoder::new(text, &mut diagnostics);
        let body = body_from(text, &mut decoder, middle).map_err(|error| format!("{error:?}"))?;
        let document: Option<Document<'_>> = decoder.document(body);
        let names = document.as_ref().map(|document| document.names.clone());
        Ok(format!("{document:?} {names:?} {:?}", diagnostics.into_sorted()))
    }

    /// Wherever a second thread begins, nothing but time comes of it.
    fn check(text: &str) -> usize {
        let alone = outcome(text, None);
        let starts: std::collections::BTreeSet<usize> =
            (0..text.len()).filter_map(|from| element_behind(text, from)).map(|start| start.at).collect();
        for &start in &starts {
            assert_eq!(outcome(text, Some(start)), alone, "from {start} of {text}");
        }
        starts.len()
    }

    #[test]
    fn the_outcome_does_not_depend_on_where_a_second_thread_begins() {
        let nodes = r#""nodes":[{"id":"a","zone":"lgwan"},{"id":"三層","addresses":["10.0.0.1","::1"],"tags":["t","u"]},
            {"id":"e\u0041","zone":"o\u0041"},{"id":"a-name-that-is-longer-than-any-slot","forwards":true},
            {"id":"f","kind":"firewall","filter":{"rules":[{"action":"deny","id":"x"},{"action":"permit","id":"y"}]}},
            {"id":"a"},{"id":"b","zone":"internet"},{"kind":"host"},{"id":"c","kidn":"host"}]"#;
        let links = r#""links":[["a","三層"],["e\u0041","b:eth0"],{"between":["a:eth1","nowhere"],"vlans":[10,"20-30"]},
            {"between":["b","a-name-that-is-longer-than-any-slot"],"one_way":true,"id":"l","note":""},
            {"between":["nowhere","b"],"vlans":[10,"20-30"]},["b:eth1","nobody"],["a","b","c"],["f","f"]]"#;
        let odd = r#""x":[{"id":"z"},{"id":"y"},["a","b"],["b","a"]]"#;
        let all = [
            format!(r#"{{"sanso":1,{nodes},{links}}}"#),
            format!(r#"{{"sanso":1,{links},"name":"n",{nodes},"exceptions":[]}}"#),
            format!(r#"{{{odd},{nodes},{odd},{links},{odd}}}"#),
            format!(r#"{{{nodes},{nodes},{links},{links}}}"#),
            format!(r#"{{{links},{nodes},{links},"nodes":[]}}"#),
            format!(r#"{{"nodes":1,{nodes},"links":{{}},{links}}}"#),
            format!(r#"{{"name":"}},{{\"id\":\"q\"}},[\"a\",\"b\"],[",{nodes}}}"#),
        ];
        for text in &all {
            assert!(check(text) >= 4, "{text}");
        }
        let text = &all[0];
        for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)).step_by(3) {
            check(&text[..end]);
        }
    }
}
