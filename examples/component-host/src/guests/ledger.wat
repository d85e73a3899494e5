;; Keeps an entry per key, anew each time. When the host keeps no more for it, it looks how many there are, and says no.
(func (export "handle") (param $key i32) (param $key_len i32) (param $body i32) (param $body_len i32) (result i32)
  (if (call $exists (local.get $key) (local.get $key_len)) (then
    (drop (call $delete (local.get $key) (local.get $key_len)))))
  (if (call $put (local.get $key) (local.get $key_len) (local.get $body) (local.get $body_len)) (then
    (drop (call $count))
    (return (call $refuse))))
  (call $answer (local.get $body) (i32.const 0)))
