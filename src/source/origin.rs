//! Where something was imported from: a line of a device's configuration, a cell of a table. It is the place to mend.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::Location;
use crate::screen::visible;

/// Where an element of a document came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The place: `fw.conf:12`, `一覧.xlsx [FW] E14`.
    pub place: String,
    /// What stands there, where that is known.
    pub text: Option<String>,
    /// Whether the document was put together from several files, so that a place in it is nobody's.
    pub composed: bool,
}

/// Origins that a report names. They live as long as the program: a location is copied wherever it goes, and of the few
/// that are ever named the same are named again and again.
static KNOWN: Mutex<BTreeSet<&'static Origin>> = Mutex::new(BTreeSet::new());

impl Origin {
    /// The one of its kind.
    #[must_use]
    pub fn known(self) -> &'static Self {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = known.get(&self) {
            return one;
        }
        let one: &'static Self = Box::leak(Box::new(self));
        known.insert(one);
        one
    }

    /// The file without sheet and line, and the line or row; 0: none.
    #[must_use]
    pub fn file_and_line(&self) -> (&str, u32) {
        let place = self.place.as_str();
        if let Some((file, line)) = place.rsplit_once(':')
            && let Ok(line) = line.parse()
        {
            return (file, line);
        }
        if let Some((file, cell)) = place.rsplit_once(' ')
            && let Ok(row) = cell.trim_start_matches(|c: char| c.is_ascii_uppercase()).parse()
        {
            let file = file.strip_suffix(']').and_then(|file| file.rsplit_once(" [")).map_or(file, |(file, _)| file);
            return (file, row);
        }
        (place, 0)
    }
}

impl Location {
    /// The place as it is shown: the one to mend first, and where it stands in the document, where that is a file.
    #[must_use]
    pub fn shown(&self, file: &str) -> String {
        let Self { line, column, origin, .. } = self;
        match origin {
            Some(origin) if origin.composed => visible(&origin.place).into_owned(),
            Some(origin) => format!("{} → {file}:{line}:{column}", visible(&origin.place)),
            None => format!("{file}:{line}:{column}"),
        }
    }

    /// The file and the line to go to, from 1, and the column there.
    #[must_use]
    pub fn to_mend<'l>(&'l self, file: &'l str) -> (&'l str, Option<(u32, u32)>) {
        match self.origin.map(Origin::file_and_line) {
            Some((file, 0)) => (file, None),
            Some((file, line)) => (file, Some((line, 1))),
            None => (file, Some((self.line, self.column))),
        }
    }

    /// The place without the file where it is in the document: `None`, or where it was imported from.
    #[must_use]
    pub fn imported_from(&self) -> Option<&'static str> {
        self.origin.map(|origin| origin.place.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn places_lead_to_files_and_lines() {
        let split = |place: &str| {
            let origin = Origin { place: place.to_owned(), text: None, composed: true };
            let (file, line) = origin.file_and_line();
            (file.to_owned(), line)
        };
        assert_eq!(split("configs/fw.conf:12"), ("configs/fw.conf".to_owned(), 12));
        assert_eq!(split("通信要件 一覧.xlsx [FW] E14"), ("通信要件 一覧.xlsx".to_owned(), 14));
        assert_eq!(split("a.csv B2"), ("a.csv".to_owned(), 2));
        assert_eq!(split("by hand"), ("by hand".to_owned(), 0));
    }
}
