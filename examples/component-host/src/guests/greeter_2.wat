;; The greeter's version 2: it reads what it is sent.
(func (export "handle") (param $key i32) (param $key_len i32) (param $body i32) (param $body_len i32) (result i32)
  (call $answer (local.get $body) (local.get $body_len)))
