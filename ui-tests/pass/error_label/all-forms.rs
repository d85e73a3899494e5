//! Enums of errors: fields, parameters, texts.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::ErrorLabel;

#[derive(ErrorLabel)]
pub enum FetchError {
    TimedOut,
    #[label("5xx")]
    Status(u16),
    #[label(value = "dns")]
    NoSuchHost { name: String },
    Io(std::io::Error),
}

#[derive(ErrorLabel)]
pub enum Wrapped<E: std::error::Error, const N: usize>
where
    E: Send,
{
    r#Else(E),
    Buffer([u8; N]),
}

fn main() {
    assert_eq!(FetchError::LABELS, ["timed_out", "5xx", "dns", "io"]);
    for (index, error) in [
        FetchError::TimedOut,
        FetchError::Status(503),
        FetchError::NoSuchHost { name: "a".to_owned() },
        FetchError::Io(std::io::ErrorKind::Other.into()),
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(error.label_index(), index);
    }
    let wrapped = Wrapped::<std::fmt::Error, 2>::Buffer([0; 2]);
    assert_eq!(wrapped.label_index(), 1);
    assert_eq!(Wrapped::<std::fmt::Error, 2>::Else(std::fmt::Error).label_index(), 0);
    assert_eq!(Wrapped::<std::fmt::Error, 2>::LABELS, ["else", "buffer"]);
}
