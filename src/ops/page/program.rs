//! Which browser a page is opened in, and which names and authorities it is given.
//!
//! In: the environment and what was asked for. Out: the [`browser::Options`].

use std::path::{Path, PathBuf};

use crate::browser::{self, Places};
use crate::context::Context;
use crate::failure::Failure;

/// Where connections for a host and port go.
pub type Address = (String, u16, std::net::IpAddr);

/// The options: the named browser, else that of `CHROME_PATH`, else the first that is found.
pub fn browser_options(
    context: &Context,
    url: &str,
    named: Option<&Path>,
    resolve: &[Address],
    ca_file: Option<&Path>,
) -> Result<browser::Options, Failure> {
    let env = &context.env;
    let program = browser::find(&Places {
        named: named.map(Path::to_owned).or_else(|| env.path_var("CHROME_PATH")),
        path: env.path_var("PATH").map(PathBuf::into_os_string),
        home: env.path_var("HOME"),
        program_folders: ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"]
            .iter()
            .filter_map(|name| env.path_var(name))
            .collect(),
    })?;
    let trusted_keys = match ca_file {
        Some(file) => browser::trusted_keys(file, &servers(url, resolve))?,
        None => Vec::new(),
    };
    // The config names the variables that hold secrets; a broken one names none.
    let _ = context.settings();
    Ok(browser::Options {
        program,
        resolve: resolve.to_vec(),
        trusted_keys,
        no_sandbox: browser::is_root(),
        withheld: env.withheld(),
    })
}

/// The servers whose keys may need another authority.
fn servers(url: &str, resolve: &[Address]) -> Vec<(String, u16, Option<std::net::IpAddr>)> {
    let mut servers: Vec<_> =
        resolve.iter().map(|(host, port, address)| (host.clone(), *port, Some(*address))).collect();
    if let Ok(url) = url::Url::parse(url)
        && let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default())
        && !servers.iter().any(|(known, at, _)| known == host && *at == port)
    {
        servers.push((host.to_owned(), port, None));
    }
    servers
}
