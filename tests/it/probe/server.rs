//! A web server of the tests' own, over TCP or TLS, on a free port of loopback; and the
//! certificates it shows. It ends with the test.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What a client sent.
pub struct Request {
    pub path: String,
    pub head: String,
}

impl Request {
    pub fn is_from_wechat(&self) -> bool {
        self.head.contains("MicroMessenger")
    }
}

type Handler = dyn Fn(&Request, &mut dyn Write) + Send + Sync;

pub struct Server {
    pub port: u16,
    end: Arc<AtomicBool>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for the next connection.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// A server that is handed each raw connection.
pub fn raw(each: impl Fn(TcpStream) + Send + Sync + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let end = Arc::new(AtomicBool::new(false));
    let (ended, each) = (end.clone(), Arc::new(each));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if ended.load(Ordering::Relaxed) {
                return;
            }
            let each = each.clone();
            let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
            let _ = stream.set_write_timeout(Some(Duration::from_secs(30)));
            std::thread::spawn(move || each(stream));
        }
    });
    Server { port, end }
}

pub fn http(handler: impl Fn(&Request, &mut dyn Write) + Send + Sync + 'static) -> Server {
    raw(move |mut stream| serve(&mut stream, &handler))
}

pub fn https(shown: &Shown, handler: impl Fn(&Request, &mut dyn Write) + Send + Sync + 'static) -> Server {
    let chain: Vec<CertificateDer> = shown.chain.clone();
    let key = PrivateKeyDer::from_pem_slice(shown.key.as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    // The ready-made resolver refuses chains that are wrong on purpose; this one shows anything.
    let signer = provider.key_provider.load_private_key(key).expect("a usable key");
    let certified = Arc::new(rustls::sign::CertifiedKey::new(chain, signer));
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&shown.versions)
        .expect("versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(certified)));
    let config = Arc::new(config);
    raw(move |stream| {
        let connection = rustls::ServerConnection::new(config.clone()).expect("a server's side");
        let mut channel = rustls::StreamOwned::new(connection, stream);
        serve(&mut channel, &handler);
        channel.conn.send_close_notify();
        let _ = channel.flush();
    })
}

fn serve(channel: &mut (impl Read + Write), handler: &Handler) {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") {
        match channel.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    handler(&Request { path, head }, channel);
    let _ = channel.flush();
}

/// Answers 200 with a body.
pub fn ok(out: &mut dyn Write, body: impl AsRef<[u8]>) {
    answer(out, "200 OK", "", body);
}

/// Answers with a status, more header lines (each ended by CRLF) and a body.
pub fn answer(out: &mut dyn Write, status: &str, headers: &str, body: impl AsRef<[u8]>) {
    let body = body.as_ref();
    let length = body.len();
    let _ = write!(out, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n");
    let _ = out.write_all(body);
}

pub fn redirect(out: &mut dyn Write, location: &str) {
    answer(out, "302 Found", &format!("Location: {location}\r\n"), "");
}

/// What a TLS server shows.
pub struct Shown {
    pub chain: Vec<CertificateDer<'static>>,
    key: String,
    pub versions: Vec<&'static rustls::SupportedProtocolVersion>,
}

/// A root, an intermediate below it, and what they sign.
pub struct Authority {
    pub root_pem: String,
    root: CertificateDer<'static>,
    intermediate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new() -> Self {
        let root_key = KeyPair::generate().expect("a key");
        let root_params = authority_params("Test Root");
        let root = root_params.self_signed(&root_key).expect("a root");
        let root_pem = root.pem();
        let root_issuer = Issuer::new(root_params, root_key);
        let key = KeyPair::generate().expect("a key");
        let params = authority_params("Test Intermediate");
        let intermediate = params.signed_by(&key, &root_issuer).expect("an intermediate");
        Self {
            root_pem,
            root: root.der().clone(),
            intermediate: intermediate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    /// Server, intermediate: as it should be.
    pub fn good(&self, names: &[&str]) -> Shown {
        self.dated(names, (2020, 2090))
    }

    pub fn dated(&self, names: &[&str], (from, until): (i32, i32)) -> Shown {
        let key = KeyPair::generate().expect("a key");
        let certificate =
            server_params(names, from, until).signed_by(&key, &self.issuer).expect("a certificate");
        shown(vec![certificate.der().clone(), self.intermediate.clone()], &key)
    }

    pub fn without_intermediate(&self, names: &[&str]) -> Shown {
        let mut shown = self.good(names);
        shown.chain.truncate(1);
        shown
    }

    pub fn with_root(&self, names: &[&str]) -> Shown {
        let mut shown = self.good(names);
        shown.chain.push(self.root.clone());
        shown
    }

    pub fn out_of_order(&self, names: &[&str]) -> Shown {
        let mut shown = self.with_root(names);
        shown.chain.swap(1, 2);
        shown
    }
}

pub fn self_signed(names: &[&str]) -> Shown {
    let key = KeyPair::generate().expect("a key");
    let certificate = server_params(names, 2020, 2090).self_signed(&key).expect("a certificate");
    shown(vec![certificate.der().clone()], &key)
}

fn shown(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Shown {
    Shown { chain, key: key.serialize_pem(), versions: rustls::ALL_VERSIONS.to_vec() }
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign, rcgen::KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(2099, 1, 1);
    params
}

fn server_params(names: &[&str], from: i32, until: i32) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names.clone()).expect("names");
    params.distinguished_name.push(DnType::CommonName, names[0].clone());
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params
}
