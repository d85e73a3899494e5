//! Labels whose value is chosen among a closed set: index arithmetic instead of text.

/// A type with a closed set of label values. Implemented by `#[derive(LabelValue)]` on enums without fields.
///
/// ```
/// #[derive(Clone, Copy, obs::LabelValue)]
/// enum Outcome {
///     Ok,
///     TimedOut,
/// }
///
/// use obs::LabelValue;
/// assert_eq!(Outcome::VALUES, ["ok", "timed_out"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no closed set of label values",
    label = "no label value",
    note = "derive it on an enum without fields: `#[derive(Clone, Copy, obs::LabelValue)]`"
)]
pub trait LabelValue: Copy + 'static {
    /// The texts, by index.
    const VALUES: &'static [&'static str];

    /// Which of [`VALUES`](LabelValue::VALUES) this is.
    fn index(self) -> usize;
}

impl LabelValue for bool {
    const VALUES: &'static [&'static str] = &["false", "true"];

    #[inline(always)]
    fn index(self) -> usize {
        usize::from(self)
    }
}

/// A type of errors with a closed set of labels. Implemented by `#[derive(ErrorLabel)]` on enums, with fields or without.
///
/// An error's text never becomes a label: its variant does. So there are as many series as variants, whatever goes wrong.
///
/// ```
/// #[derive(Debug, obs::ErrorLabel)]
/// enum FetchError {
///     TimedOut,
///     Status(u16),
/// }
///
/// use obs::ErrorLabel;
/// assert_eq!(FetchError::LABELS, ["timed_out", "status"]);
/// assert_eq!(FetchError::Status(503).label_index(), 1);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no closed set of errors",
    label = "no label of an error",
    note = "derive it on the enum of errors: `#[derive(obs::ErrorLabel)]`"
)]
pub trait ErrorLabel: 'static {
    /// The labels, by index.
    const LABELS: &'static [&'static str];

    /// Which of [`LABELS`](ErrorLabel::LABELS) this is.
    fn label_index(&self) -> usize;
}

/// The enum labels of a metric, in the order of its definition: nothing, one value, or a tuple of up to four.
pub trait LabelSet: Copy + 'static {
    /// How many combinations there are.
    const COUNT: u32;

    /// Which combination this is, below [`COUNT`](LabelSet::COUNT).
    fn series(self) -> u32;
}

impl LabelSet for () {
    const COUNT: u32 = 1;

    #[inline(always)]
    fn series(self) -> u32 {
        0
    }
}

impl<A: LabelValue> LabelSet for A {
    const COUNT: u32 = A::VALUES.len() as u32;

    #[inline(always)]
    fn series(self) -> u32 {
        position(self)
    }
}

/// The index of a value, kept below the count whatever a handwritten implementation says.
#[inline(always)]
fn position<A: LabelValue>(value: A) -> u32 {
    let (index, count) = (value.index(), A::VALUES.len());
    debug_assert!(index < count, "a label value beyond its own list");
    index.min(count.saturating_sub(1)) as u32
}

macro_rules! tuples {
    ($(($($label:ident)+))+) => {$(
        impl<$($label: LabelValue),+> LabelSet for ($($label,)+) {
            const COUNT: u32 = 1 $(* $label::VALUES.len() as u32)+;

            #[inline(always)]
            #[expect(non_snake_case, reason = "the labels are named like their types")]
            fn series(self) -> u32 {
                let ($($label,)+) = self;
                let mut series = 0;
                $(series = series * $label::VALUES.len() as u32 + position($label);)+
                series
            }
        }
    )+};
}

tuples! { (A B) (A B C) (A B C D) }
