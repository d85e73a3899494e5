;; Keeps 16 bytes per file: its hash, and how many times in a row it was seen with that hash.
(func (export "handle") (param $key i32) (param $key_len i32) (param $body i32) (param $body_len i32) (result i32)
  (local $seen i64)
  (call $get (local.get $key) (local.get $key_len) (i32.const 32))
  (if (i32.eq (i32.load (i32.const 36)) (i32.const 16)) (then
    (if (i64.eq (i64.load (i32.load (i32.const 32))) (i64.load (local.get $body))) (then
      (local.set $seen (i64.load offset=8 (i32.load (i32.const 32))))))))
  (i64.store (i32.const 64) (i64.load (local.get $body)))
  (i64.store (i32.const 72) (i64.add (local.get $seen) (i64.const 1)))
  (call $set (local.get $key) (local.get $key_len) (i32.const 64) (i32.const 16))
  (call $answer (i32.const 64) (i32.const 16)))
