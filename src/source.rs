//! A file's text: decoded, located and hashed. Knows nothing of what the text says.

mod composed;
mod excerpt;
mod origin;

use std::fmt;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::language::Phrase;
use crate::number::number;

pub use composed::{Composed, Piece, Told};
pub use excerpt::SourceText;
pub use origin::Origin;

const BOM: &str = "\u{feff}";

/// Spans are 32-bit, so a source has fewer than this many bytes (4 GiB).
pub const MAX_BYTES: u64 = u32::MAX as u64;

/// A byte range `start..end` of a source text. `Span::default()` (0..0) points at the document as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
}

/// A place that a report names, 1-based; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Line.
    pub line: u32,
    /// Column in characters.
    pub column: u32,
    /// Byte offset, for excerpts.
    pub start: u32,
    /// End of the bytes meant, for excerpts.
    pub end: u32,
    /// Where what stands there was imported from.
    pub origin: Option<&'static Origin>,
}

/// A place in a text: line and column, 1-based; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column in characters.
    pub column: u32,
}

/// A named text.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    had_bom: bool,
    composed: Option<Composed>,
    lines: OnceLock<Vec<u32>>,
    sha256: OnceLock<[u8; 32]>,
}

/// Why bytes are no source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceError {
    /// The bytes at `offset` are not UTF-8.
    NotUtf8 {
        /// Offset of the first bad byte, a byte order mark counted.
        offset: usize,
        /// The line it is on and its column.
        position: Position,
        /// Whether the bytes begin with a UTF-16 byte order mark.
        utf16: bool,
    },
    /// More than [`MAX_BYTES`].
    TooLarge {
        /// Size in bytes.
        bytes: u64,
    },
}

impl Source {
    /// Decodes a file. A UTF-8 byte order mark is taken off; offsets count from behind it.
    ///
    /// # Errors
    /// When the bytes are not UTF-8 or there are too many of them.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self, SourceError> {
        if bytes.len() as u64 >= MAX_BYTES {
            return Err(SourceError::TooLarge { bytes: bytes.len() as u64 });
        }
        let mut text = String::from_utf8(bytes).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let before = String::from_utf8_lossy(&bytes[..offset]);
            let before = before.strip_prefix(BOM).unwrap_or(&before);
            let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
            SourceError::NotUtf8 { offset, position: end_of(before), utf16 }
        })?;
        let had_bom = text.starts_with(BOM);
        if had_bom {
            text.drain(..BOM.len());
        }
        Ok(Self { name: name.into(), text, had_bom, composed: None, lines: OnceLock::new(), sha256: OnceLock::new() })
    }

    /// This text as one that was put together from parts.
    #[must_use]
    pub fn composed(mut self, parts: Composed) -> Self {
        self.composed = Some(parts);
        self
    }

    /// The parts that it was put together from, where it was.
    #[must_use]
    pub fn parts(&self) -> Option<&Composed> {
        self.composed.as_ref()
    }

    /// Whether the bytes began with a byte order mark, which the text leaves out.
    #[must_use]
    pub fn had_byte_order_mark(&self) -> bool {
        self.had_bom
    }

    /// The name it was read under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, without byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span; empty when the span is not one of this text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line and column of a byte offset; offsets behind the end mean the end, offsets within a character the
    /// character. The first call builds an index of the lines, further ones take O(log lines + length of the line).
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.text.floor_char_boundary(offset as usize);
        let lines = self.line_starts();
        let line = lines.partition_point(|&start| start as usize <= offset);
        let start = lines[line - 1] as usize;
        let column = 1 + self.text[start..offset].chars().count();
        Position { line: number(line), column: number(column) }
    }

    /// The text of a line (1-based) without its end; `None` behind the last.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<&str> {
        let lines = self.line_starts();
        let index = (line as usize).checked_sub(1)?;
        let start = *lines.get(index)? as usize;
        let end = lines.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        Some(self.text[start..end].trim_end_matches(['\n', '\r']))
    }

    /// SHA-256 of the bytes the source was made from, byte order mark included. Computed once, on the first call.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        *self.sha256.get_or_init(|| {
            let mut hash = Sha256::new();
            if self.had_bom {
                hash.update(BOM);
            }
            hash.update(&self.text);
            hash.finalize().into()
        })
    }

    /// [`Source::sha256`] in lower-case hexadecimal.
    #[must_use]
    pub fn sha256_hex(&self) -> String {
        hex(&self.sha256())
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = self.text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0).chain(ends.map(|(offset, _)| offset as u32 + 1)).collect()
        })
    }
}

/// SHA-256 of bytes, in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The place just behind a text.
fn end_of(text: &str) -> Position {
    let line = 1 + text.bytes().filter(|&byte| byte == b'\n').count();
    let last = text.rfind('\n').map_or(text, |end| &text[end + 1..]);
    Position { line: number(line), column: number(1 + last.chars().count()) }
}

impl SourceError {
    /// What is wrong, and what to do, in both languages.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::NotUtf8 { offset, position: Position { line, column }, utf16 } => {
                let (en, ja) = if *utf16 {
                    ("it looks like UTF-16", "UTF-16 のようです")
                } else {
                    ("perhaps it is Shift_JIS", "Shift_JIS かもしれません")
                };
                Phrase::new(
                    format!(
                        "not UTF-8 at byte {offset} (line {line}, column {column}); {en}: save the file as UTF-8 and try again"
                    ),
                    format!(
                        "{offset} バイト目（{line} 行 {column} 桁）が UTF-8 ではありません。{ja}。UTF-8 で保存し直してください"
                    ),
                )
            }
            Self::TooLarge { bytes } => Phrase::new(
                format!("{bytes} bytes are too many: a document must be smaller than 4 GiB"),
                format!("{bytes} バイトは大きすぎます。文書は 4 GiB 未満でなければなりません"),
            ),
        }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.phrase().en)
    }
}

impl std::error::Error for SourceError {}
