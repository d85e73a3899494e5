;; Asks the host for the file that the message names; the host's answer has the shape of the guest's own.
(func (export "handle") (param $key i32) (param $key_len i32) (param $body i32) (param $body_len i32) (result i32)
  (call $read (local.get $key) (local.get $key_len) (i32.const 16))
  (i32.const 16))
