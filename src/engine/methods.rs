//! Sets of ways of sanitising.

use crate::document::Sanitise;
use crate::document::policy::Methods;

/// Ways of sanitising, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MethodSet(u8);

const fn bit(method: Sanitise) -> u8 {
    match method {
        Sanitise::MailText => 1,
        Sanitise::Screen => 2,
        Sanitise::File => 4,
    }
}

impl MethodSet {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self(7);

    /// Those that a requirement names; left out: none.
    #[must_use]
    pub fn of(methods: Option<&Methods>) -> Self {
        match methods {
            None => Self::NONE,
            Some(Methods::Any) => Self::ALL,
            Some(Methods::OneOf(list)) => Self(list.iter().fold(0, |set, &method| set | bit(method))),
        }
    }

    /// Whether a relay or transfer sanitises in one of these ways; `None`: it does not sanitise.
    #[must_use]
    pub const fn holds(self, method: Option<Sanitise>) -> bool {
        match method {
            None => false,
            Some(method) => self.0 & bit(method) != 0,
        }
    }

    /// Whether it holds none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
