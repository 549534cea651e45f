//! Certificates, built as Go's `crypto/x509` builds them.

use std::net::IpAddr;
use std::time::Duration;

use p256::ecdsa::DerSignature;
use rsa::pkcs1v15;
use sha2::{Digest as _, Sha256};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder, Result as BuilderResult};
use x509_cert::der::asn1::{Any, BitString, Ia5String, OctetString, SetOfVec};
use x509_cert::der::oid::AssociatedOid;
use x509_cert::der::oid::db::rfc4519::COMMON_NAME;
use x509_cert::der::oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_SERVER_AUTH};
use x509_cert::der::{self, DateTime, Decode as _, Encode, Tag};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};
use x509_cert::{TbsCertificate, attr::AttributeTypeAndValue};

use super::keys::PrivateKey;
use super::pem;
use crate::engine::sprig::encoding;
use crate::engine::sprig::error::Error;
use crate::engine::sprig::random::Random;
use crate::go::strconv::quote_bytes;
use crate::go::time::{Duration as GoDuration, Time as GoTime};

/// A certificate and its key, both as PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate.
    pub cert: Vec<u8>,
    /// The private key.
    pub key: Vec<u8>,
}

/// The subject of a certificate, and how long it is valid.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// The common name.
    pub common_name: &'a [u8],
    /// The alternative names.
    pub names: Names,
    /// How many days it is valid from now on.
    pub days: i64,
    /// The current time.
    pub now: &'a GoTime,
}

/// IP addresses and host names.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The IP addresses.
    pub addresses: Vec<IpAddr>,
    /// The host names.
    pub hosts: Vec<Vec<u8>>,
}

impl Names {
    /// Adds an address.
    ///
    /// # Errors
    /// The text is not an IP address.
    pub fn add_address(&mut self, text: &[u8]) -> Result<(), Error> {
        let address = std::str::from_utf8(text).ok().and_then(|text| text.parse::<IpAddr>().ok());
        let wrong = || Error::Call(format!("error parsing ip: {}", String::from_utf8_lossy(text)));
        // An IPv4 address in IPv6 form counts as an IPv4 address.
        self.addresses.push(address.ok_or_else(wrong)?.to_canonical());
        Ok(())
    }
}

/// Decodes a certificate and its key from base64, and checks them (`buildCustomCert`).
///
/// # Errors
/// They are not base64, or not a certificate and a key.
pub fn build_custom(cert: &[u8], key: &[u8]) -> Result<Certificate, Error> {
    let decode = |text: &[u8], what: &str| {
        encoding::from_base64(text).map_err(|_| Error::Call(format!("unable to decode base64 {what}")))
    };
    let cert = decode(cert, "certificate")?;
    let key = decode(key, "private key")?;
    parse(&cert, "decodedCert")?;
    PrivateKey::parse(&key).map_err(|message| Error::Call(format!("error parsing private key: {message}")))?;
    Ok(Certificate { cert, key })
}

/// Creates a certificate authority (`genCA`, `genCAWithKey`).
///
/// # Errors
/// Go's message, if the names or the key are invalid.
pub fn generate_ca(random: &mut Random, subject: &Subject<'_>, key: &PrivateKey) -> Result<Certificate, Error> {
    Draft { random, subject, key, is_ca: true }.signed_by(key, None)
}

/// Creates a certificate that is signed with its own key (`genSelfSignedCert`, `genSelfSignedCertWithKey`).
///
/// # Errors
/// Go's message, if the names or the key are invalid.
pub fn generate_self_signed(
    random: &mut Random,
    subject: &Subject<'_>,
    key: &PrivateKey,
) -> Result<Certificate, Error> {
    Draft { random, subject, key, is_ca: false }.signed_by(key, None)
}

/// Creates a certificate that an authority signs (`genSignedCert`, `genSignedCertWithKey`).
///
/// # Errors
/// Go's message, if the names, the key or the authority are invalid.
pub fn generate_signed(
    random: &mut Random,
    subject: &Subject<'_>,
    authority: &Certificate,
    key: &PrivateKey,
) -> Result<Certificate, Error> {
    let issuer = parse(&authority.cert, "decodedSignerCert")?;
    let signer = PrivateKey::parse(&authority.key)
        .map_err(|message| Error::Call(format!("error parsing private key: {message}")))?;
    Draft { random, subject, key, is_ca: false }.signed_by(&signer, Some(&issuer))
}

/// Parses a certificate; `variable` is the name in sprig's message.
fn parse(text: &[u8], variable: &str) -> Result<x509_cert::Certificate, Error> {
    let block = pem::decode(text).ok_or_else(|| Error::call("unable to decode certificate"))?;
    x509_cert::Certificate::from_der(&block.bytes).map_err(|error| {
        let message = match error.kind() {
            der::ErrorKind::TrailingData { .. } => "x509: trailing data",
            _ => "x509: malformed certificate",
        };
        Error::Call(format!("error parsing certificate: {variable}.Bytes: {message}"))
    })
}

/// A certificate to be created.
struct Draft<'a> {
    random: &'a mut Random,
    subject: &'a Subject<'a>,
    key: &'a PrivateKey,
    is_ca: bool,
}

impl Draft<'_> {
    /// Signs it with the key of the issuer, or with its own.
    fn signed_by(self, signer: &PrivateKey, issuer: Option<&x509_cert::Certificate>) -> Result<Certificate, Error> {
        let key = self.key;
        let der = self
            .der(signer, issuer)
            .map_err(|message| Error::Call(format!("error creating certificate: {message}")))?;
        Ok(Certificate { cert: pem::encode("CERTIFICATE", &der), key: key.to_pem()? })
    }

    fn der(self, signer: &PrivateKey, issuer: Option<&x509_cert::Certificate>) -> Result<Vec<u8>, String> {
        let cannot_sign = || "x509: certificate private key does not implement crypto.Signer".to_owned();
        if matches!(signer, PrivateKey::Dsa(_)) {
            return Err(cannot_sign());
        }
        let public_key = self.key.public_info()?;
        let name = name(self.subject.common_name)?;
        let issuer = issuer.map(x509_cert::Certificate::tbs_certificate);
        if let Some(issuer) = issuer
            && *issuer.subject_public_key_info() != signer.public_info()?
        {
            return Err("x509: provided PrivateKey doesn't match parent's PublicKey".to_owned());
        }
        let issuer_name = issuer.map_or(&name, TbsCertificate::subject);
        let authority_key = issuer.filter(|_| *issuer_name != name).and_then(subject_key_identifier);
        let profile = Profile {
            extensions: self.extensions(&public_key, authority_key, name.is_empty())?,
            issuer: issuer_name.clone(),
            subject: name,
        };
        let serial = SerialNumber::new(&self.random.bytes::<16>()).map_err(shown)?;
        let validity = validity(self.subject.now, self.subject.days)?;
        let builder = CertificateBuilder::new(profile, serial, validity, public_key).map_err(shown)?;
        let certificate = match signer {
            PrivateKey::Rsa(key) => {
                let key = pkcs1v15::SigningKey::<Sha256>::new((**key).clone());
                builder.build::<_, pkcs1v15::Signature>(&key)
            }
            PrivateKey::Ec(key) => builder.build::<_, DerSignature>(&p256::ecdsa::SigningKey::from(key)),
            PrivateKey::Ed25519(key) => builder.build::<_, ed25519_dalek::Signature>(&**key),
            PrivateKey::Dsa(_) => return Err(cannot_sign()),
        };
        certificate.map_err(shown)?.to_der().map_err(shown)
    }

    /// Returns the extensions that Go's library adds to a certificate, in its order.
    fn extensions(
        &self,
        public_key: &SubjectPublicKeyInfoOwned,
        authority_key: Option<OctetString>,
        is_nameless: bool,
    ) -> Result<Vec<Extension>, String> {
        let mut usages = KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment;
        if self.is_ca {
            usages |= KeyUsages::KeyCertSign;
        }
        let mut extensions = vec![
            extension(true, &KeyUsage(usages))?,
            extension(false, &ExtendedKeyUsage(vec![ID_KP_SERVER_AUTH, ID_KP_CLIENT_AUTH]))?,
            extension(true, &BasicConstraints { ca: self.is_ca, path_len_constraint: None })?,
        ];
        if self.is_ca {
            extensions.push(extension(false, &SubjectKeyIdentifier(key_identifier(&public_key.subject_public_key)?))?);
        }
        if authority_key.is_some() {
            let identifier = AuthorityKeyIdentifier { key_identifier: authority_key, ..Default::default() };
            extensions.push(extension(false, &identifier)?);
        }
        let Names { addresses, hosts } = &self.subject.names;
        let hosts = hosts.iter().map(|host| {
            let wrong = || format!("x509: {} cannot be encoded as an IA5String", quote_bytes(host));
            let host = std::str::from_utf8(host).ok().and_then(|host| Ia5String::new(host).ok());
            host.map(GeneralName::DnsName).ok_or_else(wrong)
        });
        let names: Vec<GeneralName> =
            hosts.chain(addresses.iter().map(|address| Ok(GeneralName::from(*address)))).collect::<Result<_, _>>()?;
        if !names.is_empty() {
            extensions.push(extension(is_nameless, &SubjectAltName(names))?);
        }
        Ok(extensions)
    }
}

fn shown(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Returns the first 160 bits of a public key's SHA-256 digest (RFC 7093, section 2, method 1).
fn key_identifier(public_key: &BitString) -> Result<OctetString, String> {
    let digest = Sha256::digest(public_key.raw_bytes());
    OctetString::new(&digest[..20]).map_err(shown)
}

/// Returns the subject key identifier in a certificate.
fn subject_key_identifier(certificate: &TbsCertificate) -> Option<OctetString> {
    let extensions = certificate.extensions()?;
    let extension = extensions.iter().find(|extension| extension.extn_id == SubjectKeyIdentifier::OID)?;
    let identifier = SubjectKeyIdentifier::from_der(extension.extn_value.as_bytes()).ok()?.0;
    (!identifier.as_bytes().is_empty()).then_some(identifier)
}

fn extension<T: Encode + AssociatedOid>(critical: bool, value: &T) -> Result<Extension, String> {
    let encoded = value.to_der().and_then(OctetString::new).map_err(shown)?;
    Ok(Extension { extn_id: T::OID, critical, extn_value: encoded })
}

/// Returns a name that consists of a common name only, or of nothing if that is empty.
fn name(common_name: &[u8]) -> Result<Name, String> {
    let text = std::str::from_utf8(common_name).map_err(|_| "asn1: string not valid UTF-8".to_owned())?;
    let mut name = RdnSequence::default();
    if !text.is_empty() {
        // As in Go, `*` and `&` are not printable here.
        let is_printable = |byte: u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte);
        let tag = if text.bytes().all(is_printable) { Tag::PrintableString } else { Tag::Utf8String };
        let value = Any::new(tag, text.as_bytes()).map_err(shown)?;
        let mut attributes = SetOfVec::new();
        attributes.insert(AttributeTypeAndValue { oid: COMMON_NAME, value }).map_err(shown)?;
        name.push(RelativeDistinguishedName::from(attributes));
    }
    name.to_der().and_then(|der| Name::from_der(&der)).map_err(shown)
}

/// Returns the validity from now on for so many days. As in Go, the duration wraps beyond 292 years.
fn validity(now: &GoTime, days: i64) -> Result<Validity, String> {
    const DAY: i64 = 24 * 3_600 * 1_000_000_000;
    let time = |time: &GoTime| -> Result<Time, String> {
        let year = time.civil().date.year;
        let seconds = u64::try_from(time.to_unix()).map_err(|_| format!("the year {year} is before 1970"))?;
        let date = DateTime::from_unix_duration(Duration::from_secs(seconds));
        date.map(Time::from).map_err(|_| "asn1: structure error: cannot represent time as GeneralizedTime".to_owned())
    };
    let end = now.add(GoDuration(DAY.wrapping_mul(days)));
    Ok(Validity::new(time(now)?, time(&end)?))
}

/// What the certificate builder asks for.
struct Profile {
    subject: Name,
    issuer: Name,
    extensions: Vec<Extension>,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> BuilderResult<Vec<Extension>> {
        Ok(self.extensions.clone())
    }
}
