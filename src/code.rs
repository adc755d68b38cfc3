//! Every code that a message, a warning or a difference bears: one list, from which all take it. What each means is said in
//! `diagnostic/codes.tsv` (of differences in `render/diff/codes.rs`) and in `docs/codes.md`.

use std::fmt;

macro_rules! codes {
    ($($name:ident = $word:literal,)*) => {
        /// A code of messages: stable, in kebab-case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Code {
            $($name),*
        }

        impl Code {
            /// Every code, by word.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// As it is written: `host-bits`.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word),*
                }
            }
        }
    };
}

codes! {
    AcceptedExpired = "accepted-expired",
    AcceptedGone = "accepted-gone",
    Anchor = "anchor",
    AppliesToNothing = "applies-to-nothing",
    BadAddress = "bad-address",
    BadChange = "bad-change",
    BadCheck = "bad-check",
    BadCount = "bad-count",
    BadDate = "bad-date",
    BadDrop = "bad-drop",
    BadExtends = "bad-extends",
    BadKey = "bad-key",
    BadName = "bad-name",
    BadOneToOne = "bad-one-to-one",
    BadPolicy = "bad-policy",
    BadPort = "bad-port",
    BadPrefix = "bad-prefix",
    BadSelector = "bad-selector",
    BadService = "bad-service",
    BadValue = "bad-value",
    BadVlan = "bad-vlan",
    BlankCondition = "blank-condition",
    BlankText = "blank-text",
    BothMustPermit = "both-must-permit",
    ConflictingKeys = "conflicting-keys",
    ControlCharacter = "control-character",
    CurlyQuotes = "curly-quotes",
    CyclicGroup = "cyclic-group",
    CyclicService = "cyclic-service",
    DuplicateAddress = "duplicate-address",
    DuplicateId = "duplicate-id",
    DuplicateKey = "duplicate-key",
    DuplicateNetwork = "duplicate-network",
    EmptyDocument = "empty-document",
    EmptyList = "empty-list",
    EmptyMap = "empty-map",
    EmptyRoutedVlans = "empty-routed-vlans",
    EmptyZone = "empty-zone",
    ExceptionAdded = "exception-added",
    ExceptionMatchesNobody = "exception-matches-nobody",
    ExceptionWidened = "exception-widened",
    ExpiresSoon = "expires-soon",
    FirewallWithoutFilter = "firewall-without-filter",
    FlowBlocked = "flow-blocked",
    FlowNotListed = "flow-not-listed",
    HostBits = "host-bits",
    ImportAssumed = "import-assumed",
    ImportNotUnderstood = "import-not-understood",
    ImportRefused = "import-refused",
    InternalError = "internal-error",
    JsonSyntax = "json-syntax",
    L3SwitchForwards = "l3-switch-forwards",
    LeadingZero = "leading-zero",
    LookalikeId = "lookalike-id",
    LooseningEnded = "loosening-ended",
    Lost = "lost",
    MergeKey = "merge-key",
    MissingKey = "missing-key",
    MisspeltWord = "misspelt-word",
    MixedFamilies = "mixed-families",
    NatNotHere = "nat-not-here",
    NativeNotCarried = "native-not-carried",
    NativeNotHere = "native-not-here",
    NestedTooDeep = "nested-too-deep",
    NoOwner = "no-owner",
    NodeEscapes = "node-escapes",
    NotText = "not-text",
    NotWaivable = "not-waivable",
    NothingToVerify = "nothing-to-verify",
    OtherEdition = "other-edition",
    OtherPolicy = "other-policy",
    PatternCircle = "pattern-circle",
    PatternOfNothing = "pattern-of-nothing",
    PolicyNotUsed = "policy-not-used",
    PortWithoutPorts = "port-without-ports",
    ProvesLess = "proves-less",
    RangeNotHere = "range-not-here",
    RelayMatchesNobody = "relay-matches-nobody",
    RelayWidened = "relay-widened",
    RequirementImplied = "requirement-implied",
    ReservedName = "reserved-name",
    ReversedRange = "reversed-range",
    RoutedVlansNotHere = "routed-vlans-not-here",
    SanitiserInZone = "sanitiser-in-zone",
    SeesWithoutNat = "sees-without-nat",
    SelectorNotHere = "selector-not-here",
    SelfLink = "self-link",
    ServicesGained = "services-gained",
    SeveralDocuments = "several-documents",
    SwitchInTwoZones = "switch-in-two-zones",
    SymbolicAddress = "symbolic-address",
    TierWithBase = "tier-with-base",
    TierWithoutFilter = "tier-without-filter",
    TomlSyntax = "toml-syntax",
    TooDeep = "too-deep",
    TooManyInterfaces = "too-many-interfaces",
    TransferNotHere = "transfer-not-here",
    TransferWidened = "transfer-widened",
    Truncated = "truncated",
    TunnelWithoutLink = "tunnel-without-link",
    TuplesGained = "tuples-gained",
    UnaskedExpectation = "unasked-expectation",
    UncoveredInterfaces = "uncovered-interfaces",
    UndeclaredAddress = "undeclared-address",
    UnheardVlan = "unheard-vlan",
    UnjustifiedLoosening = "unjustified-loosening",
    UnknownGroup = "unknown-group",
    UnknownInterface = "unknown-interface",
    UnknownKey = "unknown-key",
    UnknownLink = "unknown-link",
    UnknownModel = "unknown-model",
    UnknownNode = "unknown-node",
    UnknownPattern = "unknown-pattern",
    UnknownRequirement = "unknown-requirement",
    UnknownRule = "unknown-rule",
    UnknownService = "unknown-service",
    UnknownWord = "unknown-word",
    UnknownZone = "unknown-zone",
    UnlabelledEndpoint = "unlabelled-endpoint",
    UnlinkedNode = "unlinked-node",
    UnprovedVerdict = "unproved-verdict",
    UnreachableRule = "unreachable-rule",
    UnreceivedDestination = "unreceived-destination",
    UnsupportedModel = "unsupported-model",
    UnsupportedVersion = "unsupported-version",
    VlansNotHere = "vlans-not-here",
    WrongEdition = "wrong-edition",
    WrongLength = "wrong-length",
    WrongType = "wrong-type",
    YamlSyntax = "yaml-syntax",
    YamlTag = "yaml-tag",
}

impl Code {
    /// The code of a word, whatever case it is written in.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.word().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, word: &str) -> bool {
        self.word() == word
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, word: &&str) -> bool {
        self.word() == *word
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::Code;

    /// The files of a folder under the crate, and what they hold, without tests.
    fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                sources(&entry, found);
            } else if entry.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&entry).expect("a text");
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let code: String = code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
                found.push((entry.to_string_lossy().replace('\\', "/"), code));
            }
        }
    }

    #[test]
    fn codes_are_told_apart() {
        assert!(Code::ALL.is_sorted_by(|a, b| a.word() < b.word()), "sorted, each once");
        for &code in Code::ALL {
            let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
            assert!(code.word().bytes().all(plain), "{code}");
            assert_eq!(Code::of(&code.word().to_ascii_uppercase()), Some(code));
        }
        assert_eq!(Code::of("of-nothing"), None);
    }

    /// Nothing but this list writes a code as a text, and nothing is on it that nobody gives.
    #[test]
    fn every_code_is_given_and_none_is_written_elsewhere() {
        let (mut files, mut given) = (Vec::new(), BTreeSet::new());
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        assert!(files.len() > 300, "the source is elsewhere");
        for (path, text) in files.iter().filter(|(path, _)| !path.ends_with("src/code.rs")) {
            let names = text.split("Code::").skip(1);
            given.extend(names.map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()));
            // A word without a hyphen may be another's.
            for code in Code::ALL.iter().filter(|code| code.word().contains('-')) {
                assert!(!text.contains(&format!("\"{code}\"")), "{path} writes {code}: take Code::{code:?}");
            }
        }
        let unused: Vec<_> = Code::ALL.iter().filter(|code| !given.contains(&*format!("{code:?}"))).collect();
        assert!(unused.is_empty(), "nothing gives {unused:?}");
    }
}
