//! `sanso watch`: verifies files again whenever they are saved, and tells what changed.

mod file;
pub mod phrases;
mod show;

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use sanso::diff::run_diff;
use sanso::document::Date;
use sanso::import::site::{Failure, is_site};
use sanso::screen::visible;
use sanso::source::Source;
use sanso::verify::{Memory, Options, run_verify};

use super::arguments::{WatchArguments, WatchFormat};
use super::chosen::Choice;
use super::output::write_stderr;
use super::progress::Ticker;
use super::status::Status;
use super::{Context, date, limits, site};
use file::{Folders, INTERVAL, News, RealDisk, Watched};
use phrases::Phrases;
use show::{Broken, Show, State};
use site::Asked;

/// What is broken is told of after so long only, if it was not mended by then: it may be half of what is being written.
const HOLD: Duration = Duration::from_millis(500);

/// How the files stand, for whoever ends the program.
struct Board(Vec<AtomicU8>);

impl Board {
    const STATUSES: [Status; 4] = [Status::Proved, Status::Undecided, Status::Violated, Status::Unusable];

    /// Nothing was verified yet.
    fn new(files: usize) -> Self {
        Self((0..files).map(|_| AtomicU8::new(3)).collect())
    }

    fn set(&self, file: usize, status: Status) {
        let rank = Self::STATUSES.iter().position(|known| *known == status).unwrap_or(3);
        self.0[file].store(rank as u8, Ordering::SeqCst);
    }

    fn gravest(&self) -> Status {
        let ranks = self.0.iter().map(|rank| rank.load(Ordering::SeqCst));
        ranks.max().map_or(Status::Unusable, |rank| Self::STATUSES[usize::from(rank).min(3)])
    }
}

/// What is the same for all files.
struct Call<'a> {
    arguments: &'a WatchArguments,
    choice: &'a Choice<'a>,
    context: &'a Context,
    show: Show<'a>,
    board: &'a Board,
    memory: Option<Memory>,
}

/// A file with what is known of it.
struct Target<'a> {
    call: &'a Call<'a>,
    /// Which of the files it is.
    place: usize,
    name: String,
    watched: Watched<RealDisk>,
    /// The files that it names, where it is a site file.
    parts: Vec<Watched<RealDisk>>,
    /// The folders that it names.
    folders: Vec<Watched<Folders>>,
    /// Its text, where it is a site file, to be read again when one of those changes.
    site: Option<String>,
    /// How many states of it were told of.
    number: u64,
    /// The last state that could be verified, and on which day it was.
    base: Option<(Source, Date)>,
    /// Errors to be told of if they last.
    held: Option<(Instant, Broken)>,
}

/// Verifies the files, and again whenever they change, until the user ends it.
///
/// # Errors
/// When the call cannot be used: a file that is missing at the start is an error, one that is broken is not.
pub fn run(arguments: &WatchArguments, context: &Context) -> Result<Status> {
    let general = super::phrases::phrases(context.lang);
    let words = phrases::phrases(context.lang);
    date::today(arguments.date, general)?;
    if arguments.files.iter().any(|file| file == Path::new("-")) {
        bail!("{}", words.no_stdin());
    }
    let choice = Choice::of(arguments.policy.as_deref(), arguments.date, context)?;
    let files = super::files::find(&arguments.files, context)?.list;
    let board = Arc::new(Board::new(files.len()));
    let show = Show { format: arguments.format, context };
    // At the limit on time only searches stop: a watcher is to go on. That on memory holds for whatever it does.
    let limits = limits::Set { memory: arguments.limits.limit_memory, ..limits::Set::default() };
    limits.watch(context);
    for file in &files {
        if let Err(status) = limits.has_room_for(file, context) {
            return Ok(status);
        }
    }
    let call = Call { arguments, choice: &choice, context, show, board: &board, memory: limits.memory() };
    let mut targets = Vec::new();
    for (place, path) in files.iter().enumerate() {
        let name = path.to_string_lossy().into_owned();
        match Watched::open(RealDisk, path, Instant::now()) {
            Err(error) => bail!("{}", general.cannot_read_file(&visible(&name), &error)),
            Ok((watched, bytes)) => {
                let target = Target {
                    call: &call,
                    place,
                    name,
                    watched,
                    parts: Vec::new(),
                    folders: Vec::new(),
                    site: None,
                    number: 0,
                    base: None,
                    held: None,
                };
                targets.push((target, bytes));
            }
        }
    }
    let on_end = Arc::clone(&board);
    // Where the handler cannot be set, Ctrl-C ends the program as it ends others.
    let _ = ctrlc::set_handler(move || std::process::exit(on_end.gravest().code().into()));
    match watch(targets, words) {
        // Whoever read what is told has gone.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(board.gravest()),
        Err(error) => bail!("{}", general.cannot_write(&error.to_string())),
        Ok(never) => match never {},
    }
}

/// Ends only when what is found cannot be told.
fn watch(targets: Vec<(Target<'_>, Vec<u8>)>, words: &dyn Phrases) -> io::Result<Infallible> {
    let mut watched = Vec::with_capacity(targets.len());
    for (mut target, bytes) in targets {
        if let Err(broken) = target.verify(bytes)? {
            target.tell_broken(&broken)?;
        }
        watched.push(target);
    }
    let names: Vec<_> = watched.iter().map(|target| visible(&target.name)).collect();
    write_stderr(&words.watching(&names.join(", ")));
    loop {
        std::thread::sleep(INTERVAL);
        watched.iter_mut().try_for_each(Target::look)?;
    }
}

impl Target<'_> {
    /// Sees whether the file has changed, and tells of it.
    fn look(&mut self) -> io::Result<()> {
        let now = Instant::now();
        // All are asked: what changed together is told together.
        let parts = self.parts.iter_mut().filter_map(|part| part.poll(now)).count();
        let changed = parts + self.folders.iter_mut().filter_map(|folder| folder.poll(now)).count() > 0;
        let site = || self.site.clone().filter(|_| changed).map(|text| News::Content(text.into_bytes()));
        match self.watched.poll(now).or_else(site) {
            Some(News::Content(bytes)) => {
                self.held = self.verify(bytes)?.err().map(|broken| (Instant::now(), broken));
            }
            Some(News::Lost(error)) => {
                (self.held, self.site) = (None, None);
                self.tell_broken(&Broken::Lost(error))?;
            }
            None => {}
        }
        match self.held.take() {
            Some((since, broken)) if since.elapsed() >= HOLD => self.tell_broken(&broken),
            held => {
                self.held = held;
                Ok(())
            }
        }
    }

    fn tell_broken(&mut self, broken: &Broken) -> io::Result<()> {
        self.number += 1;
        self.call.board.set(self.place, Status::Unusable);
        self.call.show.broken(&self.name, self.number, broken, self.base.is_some())
    }

    /// The document of a state: of a site file that of all that it names, which is watched from now on.
    fn document(&mut self, source: Source) -> Result<Source, Failure> {
        (self.site, self.parts, self.folders) = (None, Vec::new(), Vec::new());
        if !is_site(source.text().as_bytes()) {
            return Ok(source);
        }
        self.site = Some(source.text().to_owned());
        let mut load = |asked: Asked<'_>| {
            let now = Instant::now();
            let (watched, bytes) = match asked {
                Asked::File(path) => Watched::follow(RealDisk, path, now),
                Asked::Missing(path) => (Watched::awaited(RealDisk, path, now), Ok(Vec::new())),
                Asked::Folder(path) => {
                    self.folders.push(Watched::follow(Folders, path, now).0);
                    return Ok(Vec::new());
                }
            };
            self.parts.push(watched);
            bytes
        };
        let read = site::read_by(&source, Path::new(&self.name), self.call.context, &mut load);
        read.map(|site| site.source)
    }

    /// Verifies a state and tells of it, unless it is broken: the caller decides what becomes of that.
    fn verify(&mut self, bytes: Vec<u8>) -> io::Result<Result<(), Broken>> {
        let Call { arguments, choice, context, show, board, memory } = self.call;
        let source = match Source::new(&*self.name, bytes) {
            Ok(source) => source,
            Err(error) => return Ok(Err(Broken::NotText(error))),
        };
        let source = match self.document(source) {
            Ok(source) => source,
            Err(failure) => return Ok(Err(Broken::Site(failure))),
        };
        // Which day it is was found out once, so it can be: the variable that may say it does not change.
        let Ok(date) = date::today(arguments.date, super::phrases::phrases(context.lang)) else {
            return Err(io::ErrorKind::Other.into());
        };
        let policy = match choice.for_document(&source, Path::new(&self.name)) {
            Ok(chosen) => chosen.policy,
            // Why was told; what the default says of the document stands for it.
            Err(_) => choice.given,
        };
        let ticker = Ticker::start(context.shows_progress(), &self.name, context.lang);
        let options = Options {
            policy,
            date,
            max_tuples: arguments.max_tuples,
            limit: arguments.limits.limit_time,
            memory: *memory,
            audit: false,
            // Later states are told in a line, but to programs.
            rationale: self.base.is_none() || arguments.format == WatchFormat::Json,
            progress: &ticker,
        };
        let report = match run_verify(&source, &options) {
            Ok(report) => report,
            Err(list) => return Ok(Err(Broken::Document(source, list))),
        };
        self.number += 1;
        let status = Status::of(&report);
        board.set(self.place, status);
        // The verdict is told before the difference is known, which takes longer.
        let (name, number, first) = (&*self.name, self.number, self.base.is_none());
        let state = State { name, number, first, status, source: &source, report: &report };
        show.verdict(&state)?;
        if let Some((base, day)) = &self.base {
            let difference = run_diff(base, &source, &options, *day);
            drop(ticker);
            show.difference(&state, difference.ok().as_ref())?;
        }
        self.base = Some((source, date));
        Ok(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gravest_of_the_files_counts() {
        let board = Board::new(2);
        assert_eq!(board.gravest(), Status::Unusable);
        board.set(0, Status::Proved);
        assert_eq!(board.gravest(), Status::Unusable);
        board.set(1, Status::Proved);
        assert_eq!(board.gravest(), Status::Proved);
        board.set(0, Status::Violated);
        board.set(1, Status::Undecided);
        assert_eq!(board.gravest(), Status::Violated);
    }
}
