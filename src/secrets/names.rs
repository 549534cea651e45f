//! Decides by the name of a key whether its value is secret.

/// The possible ends of keys that name secrets, in lower case: a quick check that rules out most keys.
const ENDS: &[&str] = &[
    "token",
    "secret",
    "cookie",
    "password",
    "passwd",
    "passphrase",
    "pass",
    "pwd",
    "key",
    "credentials",
    "auth",
    "dsn",
    "string",
    "url",
];

/// Words before `key` that make it the name of a secret. `access` is not one of them: an access key of S3 is an identifier.
const SECRET_KEYS: &[&str] = &["api", "private", "encryption", "signing", "master", "hmac", "account", "ssh"];

/// Words before `credentials` that make it the name of a switch or of a file.
const PLAIN_CREDENTIALS: &[&str] = &["allow", "with", "use", "send", "include", "application"];

/// Whether a key names a secret, by its last words: password, passphrase, pass, token, secret, cookie, credentials, dsn, apiKey,
/// privateKey, secretAccessKey, encryptionKey, basicAuth, connectionString, webhookUrl and similar, in any spelling
/// (`dbPassword`, `API_KEY`, `erlang-cookie`, `token2`). A key that refers to an existing object (`existingSecret`) or to
/// something public (`publicSigningKey`) names no secret.
///
/// ```
/// use mim_chart::secrets::names_a_secret;
///
/// assert!(names_a_secret("rdbmsPassword") && names_a_secret("PGPASSWORD") && names_a_secret("API_KEY"));
/// assert!(!names_a_secret("secretName") && !names_a_secret("existingSecret") && !names_a_secret("key"));
/// ```
pub fn names_a_secret(key: &str) -> bool {
    if !ENDS.iter().any(|word| may_end_in(key, word)) {
        return false;
    }
    let mut words = words(key);
    while words.last().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit())) {
        words.pop();
    }
    if words.first().is_some_and(|word| word.starts_with("existing")) || words.iter().any(|word| word == "public") {
        return false;
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => false,
        [.., "secret", "access", "key"] => true,
        // `tls.key` is the name of a file, but `tlsKey` may be the name of a key in a Secret.
        [.., "tls", "key"] => key.to_ascii_lowercase().contains("tls.key"),
        [.., before, "key"] => SECRET_KEYS.contains(&before),
        [.., before, "credentials"] => !PLAIN_CREDENTIALS.contains(&before),
        [first, .., "basic", "auth"] if ["enable", "disable", "use"].iter().any(|word| first.starts_with(word)) => {
            false
        }
        [.., "basic", "auth"] | [.., "connection", "string"] => true,
        // Anyone who knows the URL can post to it.
        [.., "webhook", "url"] | [.., "slack", "api", "url"] => true,
        // Directives of nginx, and the working directory.
        [.., "proxy" | "fastcgi" | "grpc" | "memcached" | "scgi" | "uwsgi", "pass"] | ["pwd"] => false,
        [.., last] => {
            let last = last.trim_end_matches(|c: char| c.is_ascii_digit());
            // These words are never the end of another word, so they need no word boundary in front: PGPASSWORD, apikey.
            matches!(last, "token" | "secret" | "cookie" | "pass" | "pwd" | "credentials" | "dsn" | "basicauth")
                || ["password", "passwd", "passphrase", "apikey", "privatekey", "connectionstring"]
                    .iter()
                    .any(|word| last.ends_with(word))
        }
    }
}

/// Whether a key may hold the name of a Secret object (`tlsSecret`). Only a schema can decide that.
pub(super) fn may_name_an_object(key: &str) -> bool {
    may_end_in(key, "secret") && words(key).last().is_some_and(|word| word == "secret")
}

/// Whether a key may end in a word: a cheap check that rules out most keys.
fn may_end_in(key: &str, word: &str) -> bool {
    let letters = key.trim_end_matches(|c: char| c.is_ascii() && !c.is_ascii_alphabetic()).as_bytes();
    !key.is_ascii()
        || letters.len().checked_sub(word.len()).is_some_and(|at| letters[at..].eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether a string may contain keys that name secrets, or a Secret: a cheap check before it is read.
pub fn may_hold_secrets(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["secret", "pass", "pwd", "token", "cookie", "key", "credentials", "basic", "dsn", "connection", "webhook", "slack"]
        .iter()
        .any(|word| text.contains(word))
}

/// Splits a key into words in lower case: `DBPassword`, `db_password` and `db-password` have the same words.
fn words(key: &str) -> Vec<String> {
    let characters: Vec<char> = key.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, &c) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(at + 1);
        let begins_a_word = c.is_uppercase()
            && before.is_some_and(|before| !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()));
        if (begins_a_word || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_a_key_decides() {
        for key in [
            "password",
            "Password",
            "PASSWORD",
            "dbPassword",
            "DBPassword",
            "db_password",
            "DB-PASSWD",
            "PGPASSWORD",
            "rootpassword",
            "auth.token",
            "accessToken",
            "ACCESS_TOKEN",
            "token2",
            "TOKEN_2",
            "clientSecret",
            "secret",
            "nodeCookie",
            "cookie",
            "apiKey",
            "APIKey",
            "apikey",
            "API_KEY",
            "x-api-key",
            "privateKey",
            "private_key",
            "secretAccessKey",
            "AWS_SECRET_ACCESS_KEY",
            "encryptionKey",
            "N8N_ENCRYPTION_KEY",
            "signingKey",
            "masterKey",
            "hmacKey",
            "accountKey",
            "serviceAccountKey",
            "sshKey",
            "tls.key",
            "passphrase",
            "rootPass",
            "DB_PASS",
            "pass",
            "dbPwd",
            "MYSQL_PWD",
            "credentials",
            "awsCredentials",
            "basicAuth",
            "BASIC_AUTH",
            "connectionString",
            "dsn",
            "SENTRY_DSN",
            "slack_api_url",
            "webhookUrl",
            "SLACK_WEBHOOK_URL",
        ] {
            assert!(names_a_secret(key), "{key}");
        }
    }

    #[test]
    fn references_names_and_counts_are_not_secrets() {
        for key in [
            "",
            "key",
            "keys",
            "publicKey",
            "secretName",
            "secretRef",
            "secretKeyRef",
            "passwordRef",
            "passwordKey",
            "existingSecret",
            "existingCookieSecret",
            "existing_password",
            "tokenAudience",
            "tokens",
            "secrets",
            "passwords",
            "cookiePath",
            "tokenName",
            "passwordMinLength",
            "imagePullSecrets",
            "monkey",
            "apiKeyName",
            "2",
            "accessKey",
            "accessKeyId",
            "AWS_ACCESS_KEY_ID",
            "secretKeyName",
            "publicKey",
            "sshPublicKey",
            "publicSigningKey",
            "keyName",
            "sshKeyName",
            "tlsKey",
            "existingEncryptionKeySecret",
            "proxyPass",
            "proxy_pass",
            "PWD",
            "bypass",
            "pin",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "nginx.ingress.kubernetes.io/cors-allow-credentials",
            "enableBasicAuth",
            "auth",
            "queryString",
            "url",
            "webhook",
            "apiUrl",
        ] {
            assert!(!names_a_secret(key), "{key}");
        }
    }
}
