//! A file that is watched by asking for it again and again ([0011](../../../docs/decisions/0011-watching.md)): when its
//! directory entry has changed and then been still for a moment, it is read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use sanso::source::sha256_hex;

/// How often to ask.
pub const INTERVAL: Duration = Duration::from_millis(100);
/// An entry that did not change for so long is that of a file which is written: several saves at once are one.
const STILL: Duration = Duration::from_millis(100);
/// After so long the file is read once more: where times are coarse, or come over a network, the entry of what was
/// written right after the first look is the same.
const SETTLED: Duration = Duration::from_secs(3);
/// Programs that save may take a file away for a moment.
const MISSED: Duration = Duration::from_secs(2);

/// What the entry of a file says. Where any of it differs, the file may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// Which file it is, and when its entry changed; zeros where the system does not say.
    identity: [i64; 3],
}

/// Where files are asked for.
pub trait Disk {
    /// The entry of a regular file.
    ///
    /// # Errors
    /// When there is none.
    fn stamp(&self, path: &Path) -> io::Result<Stamp>;
    /// The bytes of a file.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
}

/// The disk of this machine.
pub struct RealDisk;

impl Disk for RealDisk {
    fn stamp(&self, path: &Path) -> io::Result<Stamp> {
        let entry = fs::metadata(path)?;
        if entry.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Stamp { modified: entry.modified().ok(), length: entry.len(), identity: identity(&entry) })
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }
}

/// The folders of this machine: what is read of one are the names in it. Hidden ones come and go with editors, and are no part of a
/// site.
pub struct Folders;

impl Disk for Folders {
    fn stamp(&self, path: &Path) -> io::Result<Stamp> {
        let entry = fs::metadata(path)?;
        if !entry.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Stamp { modified: entry.modified().ok(), length: 0, identity: identity(&entry) })
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            names.extend((!name.starts_with('.')).then_some(name));
        }
        names.sort();
        Ok(names.join("\0").into_bytes())
    }
}

#[cfg(unix)]
fn identity(entry: &fs::Metadata) -> [i64; 3] {
    use std::os::unix::fs::MetadataExt;
    [entry.ino().cast_signed(), entry.ctime(), entry.ctime_nsec()]
}

#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> [i64; 3] {
    [0; 3]
}

/// What became of a file.
#[derive(Debug)]
pub enum News {
    /// It has other bytes than at the last news.
    Content(Vec<u8>),
    /// It cannot be read any more.
    Lost(io::Error),
}

/// A watched file.
pub struct Watched<D> {
    disk: D,
    path: PathBuf,
    /// `None`: there is no entry.
    stamp: Option<Stamp>,
    /// When this stamp was first seen.
    since: Instant,
    /// How often the file was read since then.
    reads: u8,
    /// The digest of the bytes last told of. `None`: that it is lost was told.
    told: Option<String>,
}

impl<D: Disk> Watched<D> {
    /// Begins to watch a file, and reads it.
    ///
    /// # Errors
    /// When there is no such file, or it cannot be read.
    pub fn open(disk: D, path: &Path, now: Instant) -> io::Result<(Self, Vec<u8>)> {
        disk.stamp(path)?;
        let (watched, bytes) = Self::follow(disk, path, now);
        Ok((watched, bytes?))
    }

    /// Begins to watch a file whether or not it is there, and reads it.
    pub fn follow(disk: D, path: &Path, now: Instant) -> (Self, io::Result<Vec<u8>>) {
        // The entry first: what is written while the file is read changes it.
        let stamp = disk.stamp(path).ok();
        let read = disk.read(path);
        let told = read.as_ref().ok().map(|bytes| sha256_hex(bytes));
        (Self { disk, path: path.to_owned(), stamp, since: now, reads: 1, told }, read)
    }

    /// Begins to watch a file that is not there yet.
    pub fn awaited(disk: D, path: &Path, now: Instant) -> Self {
        Self { disk, path: path.to_owned(), stamp: None, since: now, reads: 1, told: None }
    }

    /// What became of the file since the last news.
    pub fn poll(&mut self, now: Instant) -> Option<News> {
        let found = self.disk.stamp(&self.path);
        let stamp = found.as_ref().ok().copied();
        if stamp != self.stamp {
            (self.stamp, self.since, self.reads) = (stamp, now, 0);
            return None;
        }
        let still = now.saturating_duration_since(self.since);
        if let Err(error) = found {
            return (still >= MISSED).then(|| self.lost(error))?;
        }
        let patience = [STILL, SETTLED].get(usize::from(self.reads))?;
        if still < *patience {
            return None;
        }
        let read = self.disk.read(&self.path);
        if self.disk.stamp(&self.path).ok() != stamp {
            return None; // written or taken away meanwhile: the next call sees to it
        }
        self.reads += 1;
        match read {
            Err(error) => self.lost(error),
            Ok(bytes) => {
                let digest = Some(sha256_hex(&bytes));
                (digest != std::mem::replace(&mut self.told, digest.clone())).then_some(News::Content(bytes))
            }
        }
    }

    fn lost(&mut self, error: io::Error) -> Option<News> {
        self.told.take().map(|_| News::Lost(error))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// A disk with one file: the number of its entry and its bytes.
    #[derive(Default)]
    struct Fake(RefCell<Option<(u64, &'static str)>>);

    impl Disk for &Fake {
        fn stamp(&self, _: &Path) -> io::Result<Stamp> {
            let length = self.0.borrow().ok_or(io::ErrorKind::NotFound)?.0;
            Ok(Stamp { modified: None, length, identity: [0; 3] })
        }
        fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
            Ok(self.0.borrow().ok_or(io::ErrorKind::NotFound)?.1.into())
        }
    }

    /// Steps: how many intervals pass, what is on the disk then, and what is told after that (`!`: that it is lost).
    fn check(steps: &[(u32, Option<(u64, &'static str)>, &str)]) {
        let disk = Fake(RefCell::new(Some((1, "a"))));
        let mut now = Instant::now();
        let (mut file, first) = Watched::open(&disk, Path::new("x"), now).expect("the file is there");
        assert_eq!(first, b"a");
        for (at, (intervals, entry, told)) in steps.iter().enumerate() {
            *disk.0.borrow_mut() = *entry;
            let mut heard = String::new();
            for _ in 0..*intervals {
                now += INTERVAL;
                match file.poll(now) {
                    Some(News::Content(bytes)) => heard.push_str(std::str::from_utf8(&bytes).expect("text")),
                    Some(News::Lost(_)) => heard.push('!'),
                    None => {}
                }
            }
            assert_eq!(&heard, told, "step {at}");
        }
    }

    #[test]
    fn what_is_saved_is_told_once() {
        check(&[
            (40, Some((1, "a")), ""),
            (40, Some((2, "b")), "b"),
            (40, Some((3, "b")), ""),
            (2, Some((4, "c")), "c"),
        ]);
    }

    #[test]
    fn saves_in_a_burst_are_one() {
        check(&[(1, Some((2, "b")), ""), (1, Some((3, "c")), ""), (1, Some((4, "d")), ""), (9, Some((4, "d")), "d")]);
    }

    #[test]
    fn file_that_vanishes_for_a_moment_is_not_lost() {
        check(&[(10, None, ""), (9, Some((1, "a")), ""), (10, None, ""), (9, Some((2, "b")), "b")]);
    }

    #[test]
    fn lost_file_is_told_of_once_and_seen_when_it_is_back() {
        check(&[(60, None, "!"), (9, Some((1, "a")), "a"), (60, None, "!")]);
    }

    #[test]
    fn what_is_written_under_the_same_entry_is_seen_at_last() {
        check(&[
            (9, Some((2, "b")), "b"),
            (5, Some((2, "c")), ""),
            (30, Some((2, "c")), "c"),
            (60, Some((2, "d")), ""),
        ]);
    }
}
