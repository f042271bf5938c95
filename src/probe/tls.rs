//! TLS as a phone meets it: the chain as the server sends it, judged without fetching anything.
//!
//! In: a connection and a host. Out: the encrypted channel with the [`Sent`] chain, and a
//! [`Judgement`] of it against fixed roots and the system's. The handshake itself accepts any
//! chain, so that every fault can be named and the page still be looked at; nothing secret is ever
//! sent through it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, ProtocolVersion, RootCertStore,
    SignatureScheme, StreamOwned, SupportedProtocolVersion,
};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};

use super::wire::{Trouble, Wire};

/// What the server sent in its handshake.
pub(super) struct Sent {
    /// The certificates in the order they came, the server's own first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The version that was agreed.
    pub version: &'static str,
}

/// An encrypted channel.
pub(super) type Channel<'a> = StreamOwned<ClientConnection, Wire<'a>>;

/// Shakes hands in one of `versions`.
pub(super) fn handshake<'a>(
    mut wire: Wire<'a>,
    host: &str,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<(Channel<'a>, Sent), Trouble> {
    let words = |error: rustls::Error| Trouble::Tls(super::shortened(&error.to_string()));
    let recorder =
        Arc::new(Recorder { provider: Arc::new(ring::default_provider()), chain: Mutex::default() });
    let mut config = ClientConfig::builder_with_provider(recorder.provider.clone())
        .with_protocol_versions(versions)
        .map_err(words)?
        .dangerous()
        .with_custom_certificate_verifier(recorder.clone())
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = server_name(host).ok_or_else(|| Trouble::Tls(format!("no TLS name: {host}")))?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(words)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut wire).map_err(|error| Trouble::of(&error, wire.limit))?;
    }
    let chain = recorder.chain.lock().map(|mut chain| std::mem::take(&mut *chain)).unwrap_or_default();
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "1.3",
        _ => "1.2",
    };
    Ok((StreamOwned::new(connection, wire), Sent { chain, version }))
}

fn server_name(host: &str) -> Option<ServerName<'static>> {
    let bare = host.trim_matches(['[', ']']).trim_end_matches('.');
    ServerName::try_from(bare.to_owned()).ok()
}

/// Keeps the chain and accepts it; the signature of the handshake is still checked.
#[derive(Debug)]
struct Recorder {
    provider: Arc<CryptoProvider>,
    chain: Mutex<Vec<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Ok(mut chain) = self.chain.lock() {
            *chain = std::iter::once(own).chain(others).map(|one| one.clone().into_owned()).collect();
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The roots a chain is judged against.
pub(super) struct Roots {
    /// The same on every machine: Mozilla's list, or the file that was given instead.
    fixed: RootCertStore,
    /// This machine's own; `None` where it has none or a file was given.
    system: Option<RootCertStore>,
}

impl Roots {
    /// The built-in and the system's roots; a `ca_file` takes the place of both, as in curl.
    pub(super) fn load(ca_file: Option<&Path>) -> Result<Self, String> {
        if let Some(path) = ca_file {
            let mut fixed = RootCertStore::empty();
            let certificates = CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| error.to_string())?;
                fixed.add(certificate).map_err(|error| error.to_string())?;
            }
            if fixed.is_empty() {
                return Err("there is no certificate in it".to_owned());
            }
            return Ok(Self { fixed, system: None });
        }
        let mut system = RootCertStore::empty();
        system.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Ok(Self { system: (!system.is_empty()).then_some(system), ..Self::built_in() })
    }

    /// Mozilla's list alone.
    pub(super) fn built_in() -> Self {
        Self { fixed: RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }, system: None }
    }
}

/// What is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The chain ends at `subject`: its issuer was neither sent nor is it a known root. `own` where
    /// that is the server's own certificate; `address` is where the issuer's can be downloaded.
    MissingIssuer { subject: String, issuer: String, own: bool, address: Option<String> },
    /// The server's certificate is signed by itself.
    SelfSigned { subject: String },
    /// The chain ends at a root that is not known.
    UnknownRoot { subject: String },
    /// A certificate above the server's own is not valid now.
    IssuerDates,
    /// Something else; rustls' words.
    Other(String),
}

/// A chain judged.
pub(super) struct Judgement {
    /// Against the fixed roots.
    pub fixed: Result<(), Fault>,
    /// Against the system's; `None` where it has none.
    pub system: Option<Result<(), Fault>>,
    /// The certificates do not stand in the order of signing.
    pub disordered: bool,
    /// A root was sent along, which no one needs.
    pub root_sent: bool,
    /// The subjects in the order they came.
    pub subjects: Vec<String>,
    /// The names of the server's certificate, where the host is not among them.
    pub wrong_name: Option<Vec<String>>,
    /// Days, in words and numbers.
    pub dates: Dates,
}

/// From when until when the server's certificate is valid.
pub(super) struct Dates {
    /// `2026-01-31`.
    pub from: String,
    /// Likewise.
    pub until: String,
    /// Whole days from now to the end; negative where it is past.
    pub days_left: i64,
    /// Whether now lies before the beginning.
    pub not_yet: bool,
}

/// Judges a chain for a host at a time (Unix seconds).
pub(super) fn judge(sent: &Sent, host: &str, roots: &Roots, now: u64) -> Result<Judgement, String> {
    let (own, others) = sent.chain.split_first().ok_or("no certificate was sent")?;
    let parsed: Vec<X509Certificate> =
        sent.chain.iter().filter_map(|der| X509Certificate::from_der(der).ok()).map(|(_, one)| one).collect();
    if parsed.len() != sent.chain.len() {
        return Err("a certificate of the chain cannot be read".to_owned());
    }
    let certificate = ParsedCertificate::try_from(own).map_err(|error| error.to_string())?;
    let dates = dates(&parsed[0], now);
    // A server certificate out of date must not hide what else is wrong with the chain.
    let validity = parsed[0].validity();
    let begin = u64::try_from(validity.not_before.timestamp()).unwrap_or(0);
    let end = u64::try_from(validity.not_after.timestamp()).unwrap_or(0);
    let at = UnixTime::since_unix_epoch(Duration::from_secs(now.clamp(begin, end.max(begin))));
    let trust = |roots: &RootCertStore| {
        let algorithms = ring::default_provider().signature_verification_algorithms;
        verify_server_cert_signed_by_trust_anchor(&certificate, roots, others, at, algorithms.all)
            .map_err(|error| fault(&error, &parsed))
    };
    let wrong_name = server_name(host)
        .is_none_or(|name| verify_server_name(&certificate, &name).is_err())
        .then(|| names(&parsed[0]));
    Ok(Judgement {
        fixed: trust(&roots.fixed),
        system: roots.system.as_ref().map(trust),
        disordered: parsed.windows(2).any(|pair| pair[0].issuer().as_raw() != pair[1].subject().as_raw()),
        root_sent: parsed.iter().skip(1).any(is_self_issued),
        subjects: parsed.iter().map(|one| shown(one.subject())).collect(),
        wrong_name,
        dates,
    })
}

/// Tells what rustls refused, where the chain itself shows it.
fn fault(error: &rustls::Error, chain: &[X509Certificate]) -> Fault {
    let rustls::Error::InvalidCertificate(why) = error else {
        return Fault::Other(error.to_string());
    };
    match why {
        CertificateError::UnknownIssuer => unknown_issuer(chain),
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Fault::IssuerDates,
        // A certificate that is its own authority is refused under this name.
        _ if is_self_issued(&chain[0]) => Fault::SelfSigned { subject: shown(chain[0].subject()) },
        _ => Fault::Other(error.to_string()),
    }
}

/// Walks up the chain as far as it was sent.
fn unknown_issuer(chain: &[X509Certificate]) -> Fault {
    let mut current = &chain[0];
    for step in 0..=chain.len() {
        if is_self_issued(current) {
            let subject = shown(current.subject());
            return if step == 0 { Fault::SelfSigned { subject } } else { Fault::UnknownRoot { subject } };
        }
        let issuer = chain.iter().find(|one| one.subject().as_raw() == current.issuer().as_raw());
        match issuer {
            Some(issuer) => current = issuer,
            None => {
                return Fault::MissingIssuer {
                    subject: shown(current.subject()),
                    issuer: shown(current.issuer()),
                    own: step == 0,
                    address: issuer_address(current),
                };
            }
        }
    }
    Fault::Other("the chain is a circle".to_owned())
}

fn is_self_issued(one: &X509Certificate) -> bool {
    one.subject().as_raw() == one.issuer().as_raw()
}

fn shown(name: &x509_parser::x509::X509Name) -> String {
    super::shortened(&name.to_string())
}

/// Where the issuer's certificate can be downloaded (authority information access, caIssuers).
fn issuer_address(one: &X509Certificate) -> Option<String> {
    one.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityInfoAccess(access) => {
            access.accessdescs.iter().find_map(|description| match &description.access_location {
                GeneralName::URI(address)
                    if description.access_method.to_id_string() == "1.3.6.1.5.5.7.48.2" =>
                {
                    Some(super::shortened(address))
                }
                _ => None,
            })
        }
        _ => None,
    })
}

/// The host names and addresses of a certificate.
fn names(one: &X509Certificate) -> Vec<String> {
    let Ok(Some(alternatives)) = one.subject_alternative_name() else { return Vec::new() };
    alternatives
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(super::shortened(name)),
            GeneralName::IPAddress(bytes) => <[u8; 4]>::try_from(*bytes)
                .map(|octets| std::net::IpAddr::from(octets).to_string())
                .or_else(|_| {
                    <[u8; 16]>::try_from(*bytes).map(|octets| std::net::IpAddr::from(octets).to_string())
                })
                .ok(),
            _ => None,
        })
        .collect()
}

fn dates(one: &X509Certificate, now: u64) -> Dates {
    let validity = one.validity();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let day = |time: x509_parser::time::ASN1Time| time.to_datetime().date().to_string();
    Dates {
        from: day(validity.not_before),
        until: day(validity.not_after),
        days_left: (validity.not_after.timestamp().saturating_sub(now)).div_euclid(86_400),
        not_yet: now < validity.not_before.timestamp(),
    }
}
