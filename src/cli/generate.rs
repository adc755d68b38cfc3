//! `sanso generate`: networks of any size, for trying things out.

use anyhow::{Result, bail};
use sanso::city::City;

use super::arguments::GenerateArguments;
use super::output::write_output;
use super::phrases::phrases;
use super::status::Status;
use super::{Context, prove};

/// Writes a generated network.
///
/// # Errors
/// When the network is too large or cannot be written.
pub fn run(arguments: &GenerateArguments, context: &Context) -> Result<Status> {
    let GenerateArguments { sites, terminals, rules, site_firewalls, ipv6, nat, seed, faults, output, .. } = arguments;
    let mut city = City {
        sites: *sites,
        terminals: *terminals,
        rules: *rules,
        site_firewalls: *site_firewalls,
        ipv6: *ipv6,
        nat: *nat,
        seed: *seed,
        faults: faults.clone(),
        ..City::default()
    };
    if let Some(name) = &arguments.name {
        city.name.clone_from(name);
    }
    let mut json = Vec::new();
    if city.write(&mut json).is_err() {
        bail!("{}", phrases(context.lang).city_does_not_fit());
    }
    if prove::wants_yaml(output.as_deref()) {
        let source = sanso::source::Source::new("generated.json", json)?;
        json = prove::yaml(&source, context)?.into_bytes();
    }
    write_output(output.as_deref(), &json, context)?;
    Ok(Status::Proved)
}
