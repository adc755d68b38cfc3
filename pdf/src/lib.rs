//! Sets a Typst template and its data as a PDF/A-2a document. Knows its fonts and nothing of what it sets: no files, no
//! system fonts, no packages, no network, no clock. The same template and data give the same bytes.

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// BIZ UDPGothic 1.05, made smaller by `fonts/subset.py`.
const FONTS: [&[u8]; 2] =
    [include_bytes!("../fonts/BIZUDPGothic-Regular.ttf"), include_bytes!("../fonts/BIZUDPGothic-Bold.ttf")];

/// Signs that the fonts lack and a sign of the same look and meaning that they have.
const STAND_INS: [(char, char); 2] = [('⟨', '〈'), ('⟩', '〉')];

/// Name of the data for the template: `json("data.json")`.
const DATA: &str = "data.json";

/// The PDF of `template`, Typst markup in the font `BIZ UDPGothic` that reads `data`, a JSON text, as
/// `json("data.json")`. A character of the data that the fonts do not have is written as `\u{1f600}`. `creator` is the
/// program that the PDF names as its maker.
///
/// # Errors
/// What is wrong with the template or the data, as the typesetter says it.
pub fn compile(template: &str, data: &str, creator: &str) -> Result<Vec<u8>, String> {
    let world = Paper::new(template, data)?;
    let document = typst::compile::<PagedDocument>(&world).output.map_err(|errors| world.sentences(&errors))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a]).map_err(|error| error.message().to_string())?;
    let options = PdfOptions { standards, creator: Smart::Custom(Some(creator.to_owned())), ..PdfOptions::default() };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| world.sentences(&errors));
    typst::comemo::evict(0);
    pdf
}

/// All that a template can see.
struct Paper {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
    data: (FileId, Bytes),
}

impl Paper {
    fn new(template: &str, data: &str) -> Result<Self, String> {
        let fonts: Vec<Font> = FONTS.iter().filter_map(|font| Font::new(Bytes::new(*font), 0)).collect();
        let data = with_glyphs(data, |c| fonts.iter().all(|font| font.info().coverage.contains(c.into())));
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            template: Source::new(id("main.typ")?, template.to_owned()),
            data: (id(DATA)?, Bytes::from_string(data)),
        })
    }

    /// What is wrong, and on which line of the template.
    fn sentences(&self, errors: &[SourceDiagnostic]) -> String {
        let one = |error: &SourceDiagnostic| {
            let line = self.range(error.span).and_then(|range| self.template.lines().byte_to_line(range.start));
            let line = line.map(|line| format!("line {}: ", line + 1)).unwrap_or_default();
            format!("{line}{}", error.message)
        };
        errors.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}

fn id(name: &str) -> Result<FileId, String> {
    let path = VirtualPath::new(name).map_err(|error| format!("{error:?}"))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

/// The JSON text with every character that has no glyph written as `\u{…}`. Outside strings JSON is ASCII, so only
/// strings change; in them the backslash is doubled, as JSON wants it.
fn with_glyphs(json: &str, has_glyph: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let stand_in = STAND_INS.iter().find(|(lacking, _)| *lacking == c).map(|(_, stand_in)| *stand_in);
        match stand_in.unwrap_or(c) {
            c if c.is_ascii() || is_variation_selector(c) || has_glyph(c) => out.push(c),
            c => {
                out.push('\\');
                out.extend(c.escape_unicode());
            }
        }
    }
    out
}

/// Variation selectors (葛󠄀城) have no glyph of their own; where the font lacks the variant, its plain form is shown.
const fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 { Ok(self.data.1.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
