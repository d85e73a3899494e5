;; FNV-1a, 64 bits, over every byte of the file: the part that costs processor time.
(func (export "handle") (param $key i32) (param $key_len i32) (param $body i32) (param $body_len i32) (result i32)
  (local $end i32) (local $hash i64)
  (local.set $end (i32.add (local.get $body) (local.get $body_len)))
  (local.set $hash (i64.const 0xcbf29ce484222325))
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $body) (local.get $end)))
    (local.set $hash (i64.mul
      (i64.xor (local.get $hash) (i64.load8_u (local.get $body)))
      (i64.const 0x100000001b3)))
    (local.set $body (i32.add (local.get $body) (i32.const 1)))
    (br $next)))
  (i64.store (i32.const 64) (local.get $hash))
  (call $answer (i32.const 64) (i32.const 8)))
