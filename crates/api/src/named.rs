//! Closed lists of names on the wire.

use std::fmt;

/// A closed list of values, each with one exact name on the wire.
pub trait Named: Copy + Sized + 'static {
    /// Every value, in documented order.
    const ALL: &'static [Self];

    /// The name on the wire.
    fn as_str(self) -> &'static str;

    /// The value of this name, compared exactly.
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.as_str() == name)
    }

    /// All names, joined by commas, for error texts.
    fn names() -> String {
        let names: Vec<_> = Self::ALL.iter().map(|value| value.as_str()).collect();
        names.join(", ")
    }
}

/// The text is none of the names of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// The names that would have been right, joined by commas.
    pub expected: String,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "must be one of {}", self.expected)
    }
}

impl std::error::Error for UnknownName {}

/// Declares an enumeration together with its names on the wire, so that each name is written once.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$value_meta:meta])* $value:ident = $wire:tt,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[$value_meta])* #[serde(rename = $wire)] $value,)+
        }

        impl $crate::named::Named for $name {
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn as_str(self) -> &'static str {
                match self { $(Self::$value => $wire),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str($crate::named::Named::as_str(*self))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::named::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                <Self as $crate::named::Named>::from_name(name).ok_or_else(|| $crate::named::UnknownName {
                    expected: <Self as $crate::named::Named>::names(),
                })
            }
        }
    };
}

pub(crate) use named;
