//! Events of `tracing` for what functions return, asked for one by one.

/// Logs what a call returned.
#[doc(hidden)]
#[macro_export]
macro_rules! __log {
    (err: $level:ident, $function:expr, $result:expr) => {
        if let ::core::result::Result::Err(error) = $result {
            $crate::private::tracing::event!(
                $crate::private::tracing::Level::$level,
                function = $function,
                error = %error
            );
        }
    };
    (ok: $level:ident, $function:expr, $result:expr) => {
        if let ::core::result::Result::Ok(value) = $result {
            $crate::__log!(ret: $level, $function, value);
        }
    };
    (ret: $level:ident, $function:expr, $value:expr) => {
        $crate::private::tracing::event!(
            $crate::private::tracing::Level::$level,
            function = $function,
            return = ?$value
        );
    };
}
