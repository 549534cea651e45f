//! Passwords, encryption, keys and certificates.

mod aes;
mod certificates;
mod generate;
mod keys;
mod memory;
mod passwords;
mod pem;
mod site_password;

pub use aes::{decrypt_aes, encrypt_aes};
pub use certificates::{Certificate, Names, Subject, build_custom, generate_ca, generate_self_signed, generate_signed};
pub use keys::PrivateKey;
pub use memory::Memory;
pub use passwords::{bcrypt, htpasswd};
pub use site_password::derive_password;
