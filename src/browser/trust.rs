//! Servers that a company's own authority vouches for: `--ca-file`.
//!
//! In: the file, and the servers of the page. Out: their keys' digests, which Chromium
//! trusts when it is started with them; it has no flag for an authority. The chain is verified here, with the file as the only root, so
//! that a key is trusted only if the authority signed it.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use sha2::{Digest as _, Sha256};

use crate::both;
use crate::failure::Failure;
use crate::lang::{Both, cause};

/// A server of the page: name, port, and its address if that is given.
pub type Server = (String, u16, Option<IpAddr>);

/// How long one handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// The digests of the keys that the authority vouches for. A server that cannot be reached, or that
/// another authority vouches for, is left to the browser.
pub fn trusted_keys(ca_file: &Path, servers: &[Server]) -> Result<Vec<String>, Failure> {
    let shown = ca_file.display();
    let wrong = |why: &dyn std::fmt::Display| {
        let Both { zh, en } = cause(&why.to_string());
        Failure::storage(both!(
            "`--ca-file {shown}` 读不出证书：{zh}",
            "`--ca-file {shown}` has no readable certificate: {en}"
        ))
    };
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca_file).map_err(|error| wrong(&error))? {
        let certificate = certificate.map_err(|error| wrong(&error))?;
        roots.add(certificate).map_err(|error| wrong(&error))?;
    }
    if roots.is_empty() {
        return Err(wrong(&"-----BEGIN CERTIFICATE----- ?"));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let config = Arc::new(config);
    Ok(servers.iter().filter_map(|server| key(server, &config)).collect())
}

fn key((host, port, address): &Server, config: &Arc<rustls::ClientConfig>) -> Option<String> {
    let address = match address {
        Some(address) => SocketAddr::new(*address, *port),
        None => (host.as_str(), *port).to_socket_addrs().ok()?.next()?,
    };
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).ok()?;
    let mut connection = rustls::ClientConnection::new(Arc::clone(config), name).ok()?;
    let mut stream = TcpStream::connect_timeout(&address, HANDSHAKE).ok()?;
    stream.set_read_timeout(Some(HANDSHAKE)).ok()?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).ok()?;
    }
    let certificate = connection.peer_certificates()?.first()?.to_vec();
    connection.send_close_notify();
    let _ = connection.write_tls(&mut stream);
    let _ = stream.flush();
    let (_, parsed) = x509_parser::parse_x509_certificate(&certificate).ok()?;
    Some(STANDARD.encode(Sha256::digest(parsed.tbs_certificate.subject_pki.raw)))
}
