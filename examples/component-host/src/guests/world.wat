;; What every guest is made of: its imports, a memory with an allocator, its own module, and one export,
;;   handle: func(key: string, body: list<u8>) -> result<list<u8>>
;; guest.rs fills in the three lines in braces.
(component
  {imports}
  (core module $Libc
    (memory (export "memory") 1)
    (table 16 funcref)
    (global $next (mut i32) (i32.const 1024))
    ;; A bump allocator: a message's bytes live until its answer has been read.
    (func (export "realloc") (param $old i32) (param $old_len i32) (param $align i32) (param $len i32) (result i32)
      (local $at i32) (local $missing i32)
      (local.set $at (i32.and
        (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
      (global.set $next (i32.add (local.get $at) (local.get $len)))
      (local.set $missing (i32.sub
        (i32.shr_u (i32.add (global.get $next) (i32.const 65535)) (i32.const 16))
        (memory.size)))
      (if (i32.gt_s (local.get $missing) (i32.const 0)) (then
        (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1)) (then unreachable))))
      (memory.copy (local.get $at) (local.get $old) (local.get $old_len))
      (local.get $at))
    (func (export "free") (param $answer i32) (global.set $next (i32.const 1024))))
  (core instance $libc (instantiate $Libc))
  {lowered}
  (core module $Guest
    (import "libc" "memory" (memory 1))
    {core_imports}
    ;; The answer: at 16 the discriminant (0 ok, 1 error), at 20 where the bytes start, at 24 how many they are.
    (func $answer (param $at i32) (param $len i32) (result i32)
      (i32.store8 (i32.const 16) (i32.const 0))
      (i32.store (i32.const 20) (local.get $at))
      (i32.store (i32.const 24) (local.get $len))
      (i32.const 16))
    (func $refuse (result i32)
      (i32.store8 (i32.const 16) (i32.const 1))
      (i32.const 16))
    {body})
  (core instance $guest (instantiate $Guest
    (with "libc" (instance $libc))
    {host}))
  (func (export "handle") (param "key" string) (param "body" (list u8)) (result (result (list u8)))
    (canon lift (core func $guest "handle")
      (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")) (post-return (core func $libc "free")))))
