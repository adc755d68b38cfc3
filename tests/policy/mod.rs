//! Policy files: what is read, what is refused and where, what they extend and change, and the calls about them.

mod call;
mod catalogue;
mod editions;
mod kinds;
mod read;
mod severity;
mod tiers;
