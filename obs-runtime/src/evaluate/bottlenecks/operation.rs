//! What is done where, as numbers.

use crate::model::trace::{Call, Node, Root};

/// An operation of a component: numbers that whoever makes the nodes gives to their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operation {
    /// The number of the operation.
    pub operation: u32,
    /// The number of the component that it ran in.
    pub component: u32,
}

impl Operation {
    /// That of spans that are missing.
    pub const MISSING: Operation = Operation::special(u32::MAX);
    /// That of everything beyond a limit.
    pub const OTHER: Operation = Operation::special(u32::MAX - 1);

    const fn special(number: u32) -> Operation {
        Operation {
            operation: number,
            component: number,
        }
    }

    /// The name of one that is not an operation of the program.
    pub fn special_name(self) -> Option<&'static str> {
        match self {
            Operation::MISSING => Some("(missing span)"),
            Operation::OTHER => Some("(other)"),
            _ => None,
        }
    }
}

macro_rules! operation_of {
    ($($what:ident)*) => {$(
        impl From<&$what> for Operation {
            #[inline]
            fn from(of: &$what) -> Operation {
                Operation {
                    operation: of.operation,
                    component: of.component,
                }
            }
        }
    )*};
}

operation_of!(Node Call Root);
