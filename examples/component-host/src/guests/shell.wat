;; Has the host run the program that the message names. Below 0 is what did not end by itself, or may not be run.
(func (export "handle") (param $key i32) (param $key_len i32) (param $body i32) (param $body_len i32) (result i32)
  (if (i32.lt_s (call $run (local.get $key) (local.get $key_len)) (i32.const 0)) (then (return (call $refuse))))
  (call $answer (local.get $body) (i32.const 0)))
