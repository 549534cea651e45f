//! sprig's functions for passwords, keys and certificates.

use std::any::Any;

use super::format::shown;
use crate::engine::gotpl::call::{Args, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::times::{as_object, object};
use crate::engine::gotpl::value::{Kind, Object, Value};
use crate::engine::sprig;
use crate::engine::sprig::crypto::{self, Certificate, Names, PrivateKey, Subject};
use crate::engine::sprig::random::Random;

const TEXT: &[Param] = &[Param::Str];
const TWO: &[Param] = &[Param::Str, Param::Str];
const CERTIFICATE: Param = Param::Object("sprig.certificate");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::random("bcrypt", TEXT, |run, args| {
        run.spend_costly(1)?;
        let memory = run.memory();
        Ok(Value::str(crypto::bcrypt(&mut run.random()?, &memory, args.bytes(0))))
    }),
    Function::random("htpasswd", TWO, |run, args| {
        run.spend_costly(1)?;
        let memory = run.memory();
        Ok(Value::str(crypto::htpasswd(&mut run.random()?, &memory, args.bytes(0), args.bytes(1))))
    }),
    Function::new("derivePassword", &[Param::Uint32, Param::Str, Param::Str, Param::Str, Param::Str], |run, args| {
        run.spend_costly(1)?;
        let counter = args.int(0) as u32;
        let subject = [2, 3, 4].map(|index| args.bytes(index));
        Ok(Value::str(crypto::derive_password(&run.memory(), counter, args.bytes(1), subject)?))
    }),
    Function::random("encryptAES", TWO, |run, args| {
        run.spend(args.bytes(1).len().saturating_mul(4))?;
        Ok(Value::str(crypto::encrypt_aes(&mut run.random()?, args.bytes(0), args.bytes(1))))
    }),
    Function::new("decryptAES", TWO, |run, args| {
        run.spend(args.bytes(1).len().saturating_mul(3))?;
        Ok(Value::str(crypto::decrypt_aes(args.bytes(0), args.bytes(1))?))
    }),
    Function::random("genPrivateKey", TEXT, |run, args| {
        run.spend_costly(match args.bytes(0) {
            b"rsa" => RSA_KEY,
            b"dsa" => DSA_KEY,
            _ => 1,
        })?;
        let memory = run.memory();
        let key = PrivateKey::generate(&mut run.random()?, &memory, args.bytes(0))?;
        Ok(Value::str(match key {
            Some(key) => key.to_pem()?,
            None => [b"Unknown type ", args.bytes(0)].concat(),
        }))
    }),
    Function::new("buildCustomCert", TWO, |run, args| {
        run.spend((args.bytes(0).len() + args.bytes(1).len()).saturating_mul(2))?;
        Ok(object(crypto::build_custom(args.bytes(0), args.bytes(1))?))
    }),
    Function::random("genCA", &[Param::Str, Param::Int], |run, args| {
        generate(run, Call { args, has_names: false, key: None }, crypto::generate_ca)
    }),
    Function::random("genCAWithKey", &[Param::Str, Param::Int, Param::Str], |run, args| {
        generate(run, Call { args, has_names: false, key: Some(2) }, crypto::generate_ca)
    }),
    Function::random("genSelfSignedCert", &[Param::Str, Param::List, Param::List, Param::Int], |run, args| {
        generate(run, Call { args, has_names: true, key: None }, crypto::generate_self_signed)
    }),
    Function::random(
        "genSelfSignedCertWithKey",
        &[Param::Str, Param::List, Param::List, Param::Int, Param::Str],
        |run, args| generate(run, Call { args, has_names: true, key: Some(4) }, crypto::generate_self_signed),
    ),
    Function::random("genSignedCert", &[Param::Str, Param::List, Param::List, Param::Int, CERTIFICATE], |run, args| {
        let authority = authority(args);
        generate(run, Call { args, has_names: true, key: None }, |random, subject, key| {
            crypto::generate_signed(random, subject, &authority, key)
        })
    }),
    Function::random(
        "genSignedCertWithKey",
        &[Param::Str, Param::List, Param::List, Param::Int, CERTIFICATE, Param::Str],
        |run, args| {
            let authority = authority(args);
            generate(run, Call { args, has_names: true, key: Some(5) }, |random, subject, key| {
                crypto::generate_signed(random, subject, &authority, key)
            })
        },
    ),
];

/// The cost of a 4096-bit RSA key. A cost of 1 is about the time for a 2048-bit one.
const RSA_KEY: u32 = 10;

/// The cost of a DSA key, whose parameters must be found too.
const DSA_KEY: u32 = 16;

/// A call that creates a certificate. The common name is the first argument; the validity in days follows the addresses
/// and names.
#[derive(Clone, Copy)]
struct Call<'a> {
    args: Args<'a>,
    has_names: bool,
    /// The index of the argument with the private key.
    key: Option<usize>,
}

fn generate(
    run: &mut dyn Evaluate,
    call: Call<'_>,
    make: impl FnOnce(&mut Random, &Subject<'_>, &PrivateKey) -> Result<Certificate, sprig::Error>,
) -> Result<Value, FnError> {
    run.spend_costly(1)?;
    let Call { args, has_names, key } = call;
    let key = match key {
        Some(index) => {
            let key = PrivateKey::parse(args.bytes(index));
            Some(key.map_err(|message| FnError::Message(format!("parsing private key: {message}")))?)
        }
        None => None,
    };
    let mut names = Names::default();
    if has_names {
        for address in args.list(1) {
            names.add_address(&text_of(run, address, "error parsing ip")?)?;
        }
        for host in args.list(2) {
            names.hosts.push(text_of(run, host, "error processing alternate dns name")?);
        }
    }
    let now = run.environment().now();
    let days = args.int(if has_names { 3 } else { 1 });
    let subject = Subject { common_name: args.bytes(0), names, days, now: &now };
    let memory = run.memory();
    let random = &mut run.random()?;
    let key = key.map_or_else(|| PrivateKey::for_certificate(random, &memory), Ok)?;
    Ok(object(make(random, &subject, &key)?))
}

fn text_of(run: &mut dyn Evaluate, value: &Value, what: &str) -> Result<Vec<u8>, FnError> {
    match value {
        Value::Str(text) => Ok(text.to_vec()),
        other => {
            let other = shown(run, other)?;
            Err(FnError::Message(format!("{what}: {} is not a string", other.lossy())))
        }
    }
}

fn authority(args: Args<'_>) -> Certificate {
    as_object::<Certificate>(args.get(4)).cloned().unwrap_or(Certificate { cert: Vec::new(), key: Vec::new() })
}

impl Object for Certificate {
    fn go_type(&self) -> &'static str {
        "sprig.certificate"
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![("Cert", Value::str(self.cert.clone())), ("Key", Value::str(self.key.clone()))]
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<Certificate>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
