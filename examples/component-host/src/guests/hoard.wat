;; Takes another mebibyte with every message and gives none back, until the host says no.
(func (export "handle") (param $key i32) (param $key_len i32) (param $body i32) (param $body_len i32) (result i32)
  (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))
  (call $answer (local.get $body) (i32.const 0)))
