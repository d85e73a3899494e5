;; Hands the record on to whoever the host delivers to: the end of a file's way.
(func (export "handle") (param $key i32) (param $key_len i32) (param $body i32) (param $body_len i32) (result i32)
  (call $send (local.get $key) (local.get $key_len) (local.get $body) (local.get $body_len))
  (call $answer (local.get $body) (i32.const 0)))
