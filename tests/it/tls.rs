//! F-19: certificates that cannot be trusted, and how to trust one: nothing secret is sent to the
//! first kind. The server is a real one with certificates made here.

use std::io::{BufRead, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::harness::{Done, Home};
use crate::redis::Redis;
use crate::upstream_server::{Server, wechat};

/// A TLS server that answers a token, and counts the bytes that came over the connection.
struct TlsServer {
    port: u16,
    received: Arc<AtomicUsize>,
}

struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "a company's own");
        let key = KeyPair::generate().expect("a key");
        Self { issuer: CertifiedIssuer::self_signed(params, key).expect("a certificate") }
    }

    fn pem(&self) -> String {
        self.issuer.as_ref().pem()
    }

    /// An authority that this one vouches for.
    fn intermediate(&self) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "an intermediate");
        let key = KeyPair::generate().expect("a key");
        Self { issuer: CertifiedIssuer::signed_by(params, key, &self.issuer).expect("a certificate") }
    }

    /// Certificate and key for a name, in PEM, valid until a year.
    fn issue(&self, name: &str, until: i32) -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("names");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        (certificate, key)
    }
}

impl TlsServer {
    fn start(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("versions")
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key)
                .expect("a certificate");
        let (config, received) = (Arc::new(config), Arc::new(AtomicUsize::new(0)));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let counting = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let (config, received) = (Arc::clone(&config), Arc::clone(&counting));
                std::thread::spawn(move || answer(stream, config, &received));
            }
        });
        Self { port, received }
    }

    fn received(&self) -> usize {
        self.received.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, config: Arc<rustls::ServerConfig>, received: &AtomicUsize) {
    let Ok(mut connection) = rustls::ServerConnection::new(config) else { return };
    let mut tls = rustls::Stream::new(&mut connection, &mut stream);
    let mut chunk = [0; 4096];
    let Ok(length @ 1..) = tls.read(&mut chunk) else { return };
    received.fetch_add(length, Ordering::SeqCst);
    let body = "{\"access_token\":\"OVER-TLS\",\"expires_in\":7200}";
    let _ =
        write!(tls, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let _ = tls.flush();
}

fn home_at(port: u16, more: &str) -> Home {
    let home = Home::new();
    home.config(&format!(
        "[profile.office]\nplatform = \"work\"\nappid = \"ww0\"\nsecret = \"CANARY-SECRET\"\n\
         api_base = \"https://localhost:{port}\"\n{more}"
    ));
    home
}

#[test]
fn nothing_is_sent_to_a_server_that_cannot_be_trusted() {
    let authority = Authority::new();
    let stranger = Authority::new();
    let (good, good_key) = authority.issue("localhost", 2100);
    let (expired, expired_key) = authority.issue("localhost", 2021);
    let (other, other_key) = authority.issue("other.example", 2100);
    // Signed by an intermediate that the server does not send.
    let (alone, alone_key) = authority.intermediate().issue("localhost", 2100);
    for (certificate, key, trusted, says) in [
        (
            &good,
            &good_key,
            &stranger,
            "signed by an unknown authority\nhint: behind a company proxy, name its certificate: ca_file",
        ),
        (
            &expired,
            &expired_key,
            &authority,
            "its certificate has expired\nhint: is this machine's clock right?",
        ),
        (&other, &other_key, &authority, "its certificate is for another name"),
        (&alone, &alone_key, &authority, "signed by an unknown authority\nhint: "),
    ] {
        let server = TlsServer::start(certificate, key);
        let home = home_at(server.port, "ca_file = \"ca.pem\"\n");
        home.file(".config/wecheck/ca.pem", trusted.pem());
        let done = home.run(["token", "-vv"]).done();
        assert_eq!(done.code, 4, "{done}");
        assert!(done.stderr.contains(says), "{says}: {done}");
        assert_eq!(
            done.stderr.lines().filter(|line| line.starts_with("GET ")).count(),
            1,
            "not tried again: {done}"
        );
        assert_eq!(server.received(), 0, "{says}");
        assert!(!done.to_string().contains("CANARY"), "{done}");
    }
}

#[test]
fn a_companys_own_authority_is_trusted_by_ca_file_or_ssl_cert_file() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("localhost", 2100);
    let server = TlsServer::start(&certificate, &key);
    let home = home_at(server.port, "ca_file = \"ca.pem\"\n");
    home.file(".config/wecheck/ca.pem", authority.pem());
    assert_eq!(home.run(["token"]).done().stdout, "OVER-TLS\n");
    let home = home_at(server.port, "");
    let pem = home.file("ca.pem", authority.pem());
    let done = home.run(["token"]).var("SSL_CERT_FILE", &pem).done();
    assert_eq!(done.stdout, "OVER-TLS\n", "{done}");
    let home = home_at(server.port, "ca_file = \"no-such.pem\"\n");
    let done = home.run(["token"]).done();
    assert_eq!(done.code, 3, "{done}");
    assert!(done.stderr.contains("of ca_file cannot be read"), "{done}");
}

#[test]
fn bytes_other_than_tls_and_a_reset_are_named_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().filter_map(Result::ok) {
            let mut hello = [0; 512];
            let _ = stream.read(&mut hello);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let done = home_at(port, "").run(["token"]).done();
    assert_eq!(done.code, 4, "{done}");
    assert!(done.stderr.contains("cannot be trusted: the handshake fails"), "{done}");
}

#[test]
fn a_reset_in_the_handshake_is_a_cut_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().filter_map(Result::ok) {
            // Closed with the hello unread, which resets it.
            while stream.peek(&mut [0]).is_ok_and(|length| length == 0) {}
        }
    });
    let done = home_at(port, "").run(["token", "-vv"]).done();
    assert_eq!(done.code, 4, "{done}");
    assert!(done.stderr.contains("cut the connection before its answer was whole"), "{done}");
    assert_eq!(
        done.stderr.lines().filter(|line| line.starts_with("GET ")).count(),
        3,
        "it may recover: {done}"
    );
}

/// A server of openssl's, ended with the value.
struct OldServer(std::process::Child);

impl Drop for OldServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "needs openssl"]
fn a_server_that_speaks_only_an_old_tls_is_named_as_such() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("localhost", 2100);
    let files = Home::new();
    let cert = files.file("cert.pem", certificate.pem());
    let key = files.file("key.pem", key.serialize_pem());
    for version in ["-tls1", "-tls1_1"] {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let mut server = OldServer(
            Command::new("openssl")
                .args(["s_server", "-accept", &format!("127.0.0.1:{port}"), version])
                .args(["-cipher", "ALL:@SECLEVEL=0", "-cert"])
                .arg(&cert)
                .arg("-key")
                .arg(&key)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("openssl is there: apt-get install openssl (tests/run does)"),
        );
        let mut said = std::io::BufReader::new(server.0.stdout.take().expect("a pipe")).lines();
        assert!(said.any(|line| line.is_ok_and(|line| line == "ACCEPT")), "it listens");
        let home = home_at(port, "ca_file = \"ca.pem\"\n");
        home.file(".config/wecheck/ca.pem", authority.pem());
        let done = home.run(["token", "-vv"]).done();
        assert_eq!(done.code, 4, "{version}: {done}");
        assert!(done.stderr.contains("it does not speak TLS 1.2 or later\nhint: is api_base"), "{done}");
        assert_eq!(done.stderr.lines().filter(|line| line.starts_with("GET ")).count(), 1, "{done}");
        drop(server);
        let received: Vec<String> = said.map_while(Result::ok).collect();
        assert!(!received.iter().any(|line| line.contains("CANARY")), "{received:?}");
    }
}

#[test]
#[ignore = "needs redis-server"]
fn f51_a_redis_over_tls_is_verified() {
    let authority = Authority::new();
    let files = Home::new();
    let (certificate, key) = authority.issue("localhost", 2100);
    let ca = files.file("ca.pem", authority.pem());
    let cert = files.file("cert.pem", certificate.pem());
    let key = files.file("key.pem", key.serialize_pem());
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let text = |path: &std::path::Path| path.to_str().expect("a plain path").to_owned();
    let _redis = Redis::start(&[
        "--tls-port",
        &port.to_string(),
        "--tls-cert-file",
        &text(&cert),
        "--tls-key-file",
        &text(&key),
        "--tls-ca-cert-file",
        &text(&ca),
        "--tls-auth-clients",
        "no",
    ]);
    let server = Server::start(wechat);
    let run = |ca: Option<&std::path::Path>| -> Done {
        let home = crate::tokens::shop(&server);
        let run = home.run(["token"]).var("WECHECK_CACHE_URL", format!("rediss://localhost:{port}/0"));
        match ca {
            Some(ca) => run.var("SSL_CERT_FILE", ca).done(),
            None => run.done(),
        }
    };
    let done = run(None);
    assert_eq!(done.code, 6, "{done}");
    assert!(done.stderr.contains("has a certificate that cannot be trusted"), "{done}");
    assert!(server.calls().is_empty());
    let done = run(Some(&ca));
    assert_eq!(done.code, 0, "{done}");
}
