//! Visits every text of a value, so that secrets can be replaced.

use serde_json::Value;

/// A type whose texts come from AWS, a registry, a builder or this library.
pub(crate) trait Texts {
    /// Calls `act` with each text.
    fn each(&mut self, act: &mut dyn FnMut(&mut String));
}

impl Texts for String {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        act(self);
    }
}

impl<T: Texts> Texts for Option<T> {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        self.iter_mut().for_each(|one| one.each(act));
    }
}

impl<T: Texts> Texts for Vec<T> {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        self.iter_mut().for_each(|one| one.each(act));
    }
}

impl<T: Texts> Texts for Box<T> {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        T::each(self, act);
    }
}

impl<T: Texts, F: Texts> Texts for Result<T, F> {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        match self {
            Ok(one) => one.each(act),
            Err(other) => other.each(act),
        }
    }
}

impl Texts for Value {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        match self {
            Value::String(text) => act(text),
            Value::Array(items) => items.iter_mut().for_each(|item| item.each(act)),
            Value::Object(members) => members.values_mut().for_each(|member| member.each(act)),
            _ => {}
        }
    }
}

/// The members of a type that are, or have, texts.
macro_rules! texts {
    ($($of:ty: $($member:ident)*;)+) => {$(
        impl $crate::texts::Texts for $of {
            fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
                let _ = &act;
                $($crate::texts::Texts::each(&mut self.$member, act);)*
            }
        }
    )+};
}
pub(crate) use texts;
