//! `s3://bucket/prefix`: where a site lies in a store, and at which store.

use std::fmt;

/// A bucket, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreAddress {
    /// The bucket's name.
    pub(super) bucket: String,
    /// The part of it, without slashes at its ends; empty is all of it.
    pub(super) prefix: String,
    /// `https://…` of a store that is not AWS.
    pub(super) endpoint: Option<String>,
    /// Which part of the world; stores that have only one take any.
    pub(super) region: String,
}

/// What cannot be an address of a site in a store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no address like {expected}", expected = if .0.contains("://") && !.0.starts_with("s3:") { "https://s3.example" } else { "s3://bucket/prefix" })]
pub struct NotAStoreAddress(String);

const REGION: &str = "us-east-1";

impl StoreAddress {
    /// Reads `s3://bucket` or `s3://bucket/prefix`, with the endpoint of a store that is not AWS. Where buckets
    /// have names of their own, such as `https://bucket.store.example`, the endpoint is that name.
    ///
    /// # Errors
    /// `NotAStoreAddress`.
    pub fn of(place: &str, endpoint: Option<&str>, region: Option<&str>) -> Result<Self, NotAStoreAddress> {
        let wrong = || NotAStoreAddress(place.to_owned());
        let rest = place.strip_prefix("s3://").ok_or_else(wrong)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let is_prefix = prefix.is_empty() || prefix.split('/').all(is_part);
        if !is_bucket(bucket) || !is_prefix {
            return Err(wrong());
        }
        let endpoint = endpoint.map(|endpoint| endpoint.trim_end_matches('/').to_owned());
        if let Some(endpoint) = &endpoint
            && !is_endpoint(endpoint)
        {
            return Err(NotAStoreAddress(endpoint.clone()));
        }
        let region = region.filter(|region| !region.is_empty()).unwrap_or(REGION).to_owned();
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned(), endpoint, region })
    }

    /// Whether the endpoint is the bucket's own.
    pub(super) fn names_bucket(&self) -> bool {
        let host = self.endpoint.as_deref().and_then(|endpoint| endpoint.split_once("://"));
        host.is_some_and(|(_, host)| host.starts_with(&format!("{}.", self.bucket)))
    }
}

/// The rules for names of buckets that every store shares.
fn is_bucket(name: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    (3..=63).contains(&name.len())
        && name.bytes().all(allowed)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
}

fn is_part(part: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !part.is_empty() && part.len() <= 128 && part.bytes().all(allowed) && !part.starts_with('.')
}

fn is_endpoint(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    !host.is_empty() && !host.contains(['?', '#', '@', ' ', '"'])
}

impl fmt::Display for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.bucket)?;
        if !self.prefix.is_empty() {
            write!(f, "/{}", self.prefix)?;
        }
        self.endpoint.iter().try_for_each(|endpoint| write!(f, " at {endpoint}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_said_again() {
        for (place, endpoint, said) in [
            ("s3://county-news", None, Some("s3://county-news")),
            ("s3://county-news/", None, Some("s3://county-news")),
            ("s3://news.example/www/daily/", None, Some("s3://news.example/www/daily")),
            ("s3://news", Some("http://127.0.0.1:9000/"), Some("s3://news at http://127.0.0.1:9000")),
            (
                "s3://news/a",
                Some("https://news.oss.example"),
                Some("s3://news/a at https://news.oss.example"),
            ),
            ("s3://", None, None),
            ("s3://ab", None, None),
            ("s3://County", None, None),
            ("s3://-county", None, None),
            ("s3://county/../other", None, None),
            ("s3://county//a", None, None),
            ("s3://county/新闻", None, None),
            ("https://county", None, None),
            ("/var/www", None, None),
            ("s3://county", Some("127.0.0.1:9000"), None),
            ("s3://county", Some("https://key@store.example"), None),
            ("s3://county", Some("https://"), None),
        ] {
            let address = StoreAddress::of(place, endpoint, None);
            assert_eq!(
                address.map(|address| address.to_string()).ok().as_deref(),
                said,
                "{place} {endpoint:?}"
            );
        }
    }

    #[test]
    fn an_endpoint_that_is_the_buckets_own_is_known_by_its_name() {
        for (endpoint, is_own) in [
            (Some("https://news.oss-cn-hangzhou.example"), true),
            (Some("https://oss-cn-hangzhou.example"), false),
            (Some("https://news2.oss.example"), false),
            (None, false),
        ] {
            assert_eq!(StoreAddress::of("s3://news", endpoint, None).unwrap().names_bucket(), is_own);
        }
    }
}
