;; The inner loops of the scan: find the lines that can have a call, the ends of their strings, and the offsets of the wanted
;; fields. The kernel compares sixteen bytes at a time and builds no values: names and kinds of fields come from
;; wanted-fields.ts, and extract-call.ts builds calls from them.
;;
;; The kernel supports plain JSON only. Any other line (invalid JSON, a \u, a control character, more than 1,000 nested
;; brackets) is odd and has to be parsed by JSON.parse. Accepted lines are validated like in JSON.parse.
;;
;; `npm run build:scan-kernel -w @signalbox/ledger` compiles it to scan-kernel.wasm; a test checks that it is up to date.
;;
;; Memory, by address:
;;   0       i32, the offset of the found line
;;   4       i32, 1 when the found line is odd
;;   8       i32, 1 when a wanted field of the last object was odd: repeated, or a number that is not plain digits
;;   12      i32, the number of quotes of the found line, when it is not odd
;;   256     256 bytes, 1 for a byte that can follow a backslash
;;   512     the wanted fields, written by scan-kernel.ts: for each object an i32 that counts its fields, then for each
;;           field, the shortest names first, 48 bytes: i32 length of the name, i32 kind (0 text, 1 count, 2 true,
;;           3 object, 4 items, 5 blocks, 6 length), i32 slot, i32 address of the fields of that object or of
;;           each block, 32 bytes name
;;   4096    by slot, up to 64 of them: a byte, 0 field missing, 1 present with another kind of value, 2 found;
;;   4160    i32, the start of a text;
;;   4416    i32, the end of a text, or how many values a length is the sum of;
;;   4672    f64, a count, or the sum of the lengths;
;;   5184    i32, incremented when a text differs from the former text of the slot;
;;   5440    i32, the length of the former text, -1 when it is too long to be stored;
;;   8192    256 bytes, the former text
;;   24576   1,024 bytes, the kinds of the brackets around a skipped value
;;   32768   i32 each: the offsets of the quotes of the line, in order, without escaped ones
;;   262144  the bytes to be searched, and 128 more bytes that can be read
(module
  (memory (export "memory") 5)

  ;; The addresses in the list of quotes of the next one, and after the last one.
  (global $next (mut i32) (i32.const 32768))
  (global $last (mut i32) (i32.const 32768))

  (data (i32.const 288)
    ;;      "                                                   /
    "\00\00\01\00\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00"
    ;;                                                                                                      \
    "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00"
    ;;          b               f                               n               r       t
    "\00\00\01\00\00\00\01\00\00\00\00\00\00\00\01\00\00\00\01\00\01\00\00\00\00\00\00\00\00\00\00\00")

  ;; Finds the next line with `"usage"`, or with `"modelUsage"`, of which it compares the last seven bytes.
  ;; from: the first byte of a line. to: the byte after the newline of the last line.
  ;; Returns the offset of the line's newline, or 0 when there is no such line.
  (func (export "nextLine") (param $from i32) (param $to i32) (result i32)
    (local $p i32)
    (local $bits i32)
    (local $at i32)
    (local $byte i32)
    (local $out i32)
    (local $block v128)
    (local $marker i64)

    ;; 1. Find a marker: first u or U, and g, at their distance, then the whole marker.
    (local.set $p (local.get $from))
    (block $found
      (loop $search
        ;; Most of a transcript has no candidate, so this loop checks 64 bytes at once.
        (loop $nothing
          (if (i32.ge_u (local.get $p) (local.get $to)) (then (return (i32.const 0))))
          (if (i32.eqz
                (v128.any_true
                  (v128.or
                    (v128.or
                      (v128.and
                        (i8x16.eq (v128.or (v128.load offset=1 (local.get $p)) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x75)))
                        (i8x16.eq (v128.load offset=4 (local.get $p)) (i8x16.splat (i32.const 0x67))))
                      (v128.and
                        (i8x16.eq (v128.or (v128.load offset=17 (local.get $p)) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x75)))
                        (i8x16.eq (v128.load offset=20 (local.get $p)) (i8x16.splat (i32.const 0x67)))))
                    (v128.or
                      (v128.and
                        (i8x16.eq (v128.or (v128.load offset=33 (local.get $p)) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x75)))
                        (i8x16.eq (v128.load offset=36 (local.get $p)) (i8x16.splat (i32.const 0x67))))
                      (v128.and
                        (i8x16.eq (v128.or (v128.load offset=49 (local.get $p)) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x75)))
                        (i8x16.eq (v128.load offset=52 (local.get $p)) (i8x16.splat (i32.const 0x67))))))))
            (then
              (local.set $p (i32.add (local.get $p) (i32.const 64)))
              (br $nothing))))
        (local.set $bits
          (i8x16.bitmask
            (v128.and
              (i8x16.eq (v128.or (v128.load offset=1 (local.get $p)) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x75)))
              (i8x16.eq (v128.load offset=4 (local.get $p)) (i8x16.splat (i32.const 0x67))))))
        (block $no_candidate
          (loop $candidate
            (br_if $no_candidate (i32.eqz (local.get $bits)))
            (local.set $at (i32.add (local.get $p) (i32.ctz (local.get $bits))))
            (local.set $marker (i64.and (i64.load (local.get $at)) (i64.const 0x00ffffffffffffff)))
            (br_if $found (i64.eq (local.get $marker) (i64.const 0x0022656761737522)))
            (br_if $found (i64.eq (local.get $marker) (i64.const 0x002265676173556c)))
            (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
            (br $candidate)))
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (br $search)))
    ;; A marker after the complete lines does not count.
    (if (i32.ge_u (local.get $at) (local.get $to)) (then (return (i32.const 0))))

    ;; 2. Find the line's first byte: search backwards for a newline.
    (local.set $p (local.get $at))
    (block $line_start
      (loop $back
        (br_if $line_start (i32.le_u (local.get $p) (local.get $from)))
        (local.set $p (i32.sub (local.get $p) (i32.const 16)))
        (local.set $bits (i8x16.bitmask (i8x16.eq (v128.load (local.get $p)) (i8x16.splat (i32.const 0x0a)))))
        (br_if $back (i32.eqz (local.get $bits)))
        (local.set $p (i32.sub (i32.add (local.get $p) (i32.const 32)) (i32.clz (local.get $bits))))))
    (if (i32.lt_u (local.get $p) (local.get $from)) (then (local.set $p (local.get $from))))
    (i32.store (i32.const 0) (local.get $p))

    ;; 3. List the quotes of the line.
    (local.set $out (i32.const 32768))
    (block $odd
      (loop $next_block
        (local.set $block (v128.load (local.get $p)))
        (local.set $bits
          (i8x16.bitmask
            (v128.or
              (v128.or
                (i8x16.eq (local.get $block) (i8x16.splat (i32.const 0x22)))
                (i8x16.eq (local.get $block) (i8x16.splat (i32.const 0x5c))))
              (i8x16.lt_u (local.get $block) (i8x16.splat (i32.const 0x20))))))
        (loop $next_bit
          (if (i32.eqz (local.get $bits))
            (then
              (local.set $p (i32.add (local.get $p) (i32.const 16)))
              (br $next_block)))
          (local.set $at (i32.add (local.get $p) (i32.ctz (local.get $bits))))
          (local.set $byte (i32.load8_u (local.get $at)))
          (if (i32.eq (local.get $byte) (i32.const 0x22))
            (then
              (br_if $odd (i32.ge_u (local.get $out) (i32.const 262144)))
              (i32.store (local.get $out) (local.get $at))
              (local.set $out (i32.add (local.get $out) (i32.const 4)))
              (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
              (br $next_bit)))
          (if (i32.eq (local.get $byte) (i32.const 0x5c))
            (then
              (br_if $odd (i32.eqz (i32.load8_u offset=256 (i32.load8_u offset=1 (local.get $at)))))
              (local.set $p (i32.add (local.get $at) (i32.const 2)))
              (br $next_block)))
          ;; A control character: the newline, or an invalid one.
          (br_if $odd (i32.ne (local.get $byte) (i32.const 0x0a)))
          (i32.store (i32.const 4) (i32.const 0))
          (i32.store (i32.const 12) (i32.shr_u (i32.sub (local.get $out) (i32.const 32768)) (i32.const 2)))
          (global.set $next (i32.const 32768))
          (global.set $last (local.get $out))
          (return (local.get $at)))))

    ;; 4. Find the end of an odd line.
    (i32.store (i32.const 4) (i32.const 1))
    (loop $newline
      (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x0a)) (then (return (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $newline))
    (unreachable))
  ;; Reads the object whose opening brace is at $at, in the line found last, after the objects read before.
  ;; Returns the offset after it, or -1 when it is odd.
  (func (export "readObject") (param $at i32) (result i32)
    (memory.fill (i32.const 4096) (i32.const 0) (i32.const 64))
    (i32.store (i32.const 8) (i32.const 0))
    (call $walk (local.get $at) (i32.const 512)))

  ;; Reads an object and records its wanted fields.
  ;; at: its opening brace. wanted: address of the fields. Returns the offset after it, or -1.
  (func $walk (param $at i32) (param $wanted i32) (result i32)
    (local $p i32)
    (local $name i32)
    (local $length i32)
    (local $field i32)
    (local $fields_end i32)
    (local $slot i32)
    (local $kind i32)
    (local $byte i32)

    (local.set $fields_end (i32.add (i32.add (local.get $wanted) (i32.const 4)) (i32.mul (i32.load (local.get $wanted)) (i32.const 48))))
    (local.set $p (call $to_token (i32.add (local.get $at) (i32.const 1))))
    (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x7d)) (then (return (i32.add (local.get $p) (i32.const 1)))))
    (loop $member
      (local.set $name (i32.add (local.get $p) (i32.const 1)))
      (local.set $p (call $closing_quote (local.get $p)))
      (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1))))
      (local.set $length (i32.sub (local.get $p) (local.get $name)))

      ;; Look up the name in the wanted fields.
      (local.set $field (i32.add (local.get $wanted) (i32.const 4)))
      (block $known
        (block $unknown
          (loop $next_field
            (br_if $unknown (i32.ge_u (local.get $field) (local.get $fields_end)))
            (br_if $unknown (i32.gt_u (i32.load (local.get $field)) (local.get $length)))
            (br_if $known
              (i32.and
                (i32.eq (i32.load (local.get $field)) (local.get $length))
                (call $is_same (local.get $name) (i32.add (local.get $field) (i32.const 16)) (local.get $length))))
            (local.set $field (i32.add (local.get $field) (i32.const 48)))
            (br $next_field)))
        (local.set $field (i32.const 0)))

      (local.set $p (call $to_token (i32.add (local.get $p) (i32.const 1))))
      (if (i32.ne (i32.load8_u (local.get $p)) (i32.const 0x3a)) (then (return (i32.const -1))))
      (local.set $p (call $to_token (i32.add (local.get $p) (i32.const 1))))

      (block $read
        (if (i32.eqz (local.get $field))
          (then
            (local.set $p (call $skip (local.get $p)))
            (br $read)))
        (local.set $kind (i32.load offset=4 (local.get $field)))
        (local.set $slot (i32.load offset=8 (local.get $field)))
        ;; Lengths are added up over all blocks; anything else may be there once.
        (if (i32.and (i32.ne (i32.load8_u offset=4096 (local.get $slot)) (i32.const 0)) (i32.ne (local.get $kind) (i32.const 6)))
          (then (i32.store (i32.const 8) (i32.const 1))))
        (local.set $byte (i32.load8_u (local.get $p)))
        (if (i32.and (i32.eqz (local.get $kind)) (i32.eq (local.get $byte) (i32.const 0x22)))
          (then
            (local.set $name (i32.add (local.get $p) (i32.const 1)))
            (local.set $p (call $closing_quote (local.get $p)))
            (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1))))
            (call $note_text (local.get $slot) (local.get $name) (local.get $p))
            (local.set $p (i32.add (local.get $p) (i32.const 1)))
            (br $read)))
        (if (i32.eq (local.get $kind) (i32.const 1))
          (then
            (local.set $p (call $note_count (local.get $slot) (local.get $p)))
            (br $read)))
        (if (i32.and (i32.eq (local.get $kind) (i32.const 3)) (i32.eq (local.get $byte) (i32.const 0x7b)))
          (then
            (i32.store8 offset=4096 (local.get $slot) (i32.const 2))
            (local.set $p (call $walk (local.get $p) (i32.load offset=12 (local.get $field))))
            (br $read)))
        (if (i32.and (i32.eq (local.get $kind) (i32.const 5)) (i32.eq (local.get $byte) (i32.const 0x5b)))
          (then
            (i32.store8 offset=4096 (local.get $slot) (i32.const 2))
            (local.set $p (call $walk_blocks (local.get $p) (i32.load offset=12 (local.get $field))))
            (br $read)))
        (if (i32.eq (local.get $kind) (i32.const 6))
          (then
            (local.set $p (call $add_length (local.get $slot) (local.get $p)))
            (br $read)))
        ;; A value that begins with t is true, an array that does not close at once has items; skipping it validates the rest.
        (i32.store8 offset=4096 (local.get $slot)
          (i32.add
            (i32.const 1)
            (i32.or
              (i32.and (i32.eq (local.get $kind) (i32.const 2)) (i32.eq (local.get $byte) (i32.const 0x74)))
              (i32.and
                (i32.and (i32.eq (local.get $kind) (i32.const 4)) (i32.eq (local.get $byte) (i32.const 0x5b)))
                (i32.ne (i32.load8_u (call $to_token (i32.add (local.get $p) (i32.const 1)))) (i32.const 0x5d))))))
        (local.set $p (call $skip (local.get $p))))
      (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1))))

      (local.set $p (call $to_token (local.get $p)))
      (local.set $byte (i32.load8_u (local.get $p)))
      (if (i32.eq (local.get $byte) (i32.const 0x7d)) (then (return (i32.add (local.get $p) (i32.const 1)))))
      (if (i32.ne (local.get $byte) (i32.const 0x2c)) (then (return (i32.const -1))))
      (local.set $p (call $to_token (i32.add (local.get $p) (i32.const 1))))
      (br $member))
    (unreachable))

  ;; Reads an array, and adds up the lengths of the wanted fields of the objects in it.
  ;; at: its opening bracket. wanted: address of the fields. Returns the offset after it, or -1.
  (func $walk_blocks (param $at i32) (param $wanted i32) (result i32)
    (local $p i32)
    (local.set $p (call $to_token (i32.add (local.get $at) (i32.const 1))))
    (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x5d)) (then (return (i32.add (local.get $p) (i32.const 1)))))
    (loop $block
      (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x7b))
        (then (local.set $p (call $walk (local.get $p) (local.get $wanted))))
        (else (local.set $p (call $skip (local.get $p)))))
      (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1))))
      (local.set $p (call $to_token (local.get $p)))
      (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x5d)) (then (return (i32.add (local.get $p) (i32.const 1)))))
      (if (i32.ne (i32.load8_u (local.get $p)) (i32.const 0x2c)) (then (return (i32.const -1))))
      (local.set $p (call $to_token (i32.add (local.get $p) (i32.const 1))))
      (br $block))
    (unreachable))

  ;; Adds the length of a value in bytes, of a text without its quotes. null has none. Returns the offset after the value, or -1.
  (func $add_length (param $slot i32) (param $at i32) (result i32)
    (local $p i32)
    (local $byte i32)
    (local $length i32)
    (local $sum i32)
    (local.set $byte (i32.load8_u (local.get $at)))
    (local.set $p (call $skip (local.get $at)))
    (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1))))
    (if (i32.eq (local.get $byte) (i32.const 0x6e)) (then (return (local.get $p))))
    (local.set $length (i32.sub (local.get $p) (local.get $at)))
    (if (i32.eq (local.get $byte) (i32.const 0x22)) (then (local.set $length (i32.sub (local.get $length) (i32.const 2)))))
    (local.set $sum (i32.add (i32.const 4672) (i32.shl (local.get $slot) (i32.const 3))))
    (if (i32.eqz (i32.load8_u offset=4096 (local.get $slot)))
      (then
        (i32.store8 offset=4096 (local.get $slot) (i32.const 2))
        (i32.store offset=4416 (i32.shl (local.get $slot) (i32.const 2)) (i32.const 0))
        (f64.store (local.get $sum) (f64.const 0))))
    (i32.store offset=4416 (i32.shl (local.get $slot) (i32.const 2))
      (i32.add (i32.load offset=4416 (i32.shl (local.get $slot) (i32.const 2))) (i32.const 1)))
    (f64.store (local.get $sum) (f64.add (f64.load (local.get $sum)) (f64.convert_i32_u (local.get $length))))
    (local.get $p))

  ;; Records a text, and whether it differs from the former text of the slot.
  (func $note_text (param $slot i32) (param $from i32) (param $to i32)
    (local $index i32)
    (local $length i32)
    (local $copy i32)
    (local.set $index (i32.shl (local.get $slot) (i32.const 2)))
    (local.set $length (i32.sub (local.get $to) (local.get $from)))
    (local.set $copy (i32.add (i32.const 8192) (i32.shl (local.get $slot) (i32.const 8))))
    (i32.store8 offset=4096 (local.get $slot) (i32.const 2))
    (i32.store offset=4160 (local.get $index) (local.get $from))
    (i32.store offset=4416 (local.get $index) (local.get $to))
    (if (i32.eq (local.get $length) (i32.load offset=5440 (local.get $index)))
      (then (if (call $is_same (local.get $from) (local.get $copy) (local.get $length)) (then (return)))))
    (i32.store offset=5184 (local.get $index) (i32.add (i32.load offset=5184 (local.get $index)) (i32.const 1)))
    (if (i32.gt_u (local.get $length) (i32.const 256))
      (then
        (i32.store offset=5440 (local.get $index) (i32.const -1))
        (return)))
    (i32.store offset=5440 (local.get $index) (local.get $length))
    (memory.copy (local.get $copy) (local.get $from) (local.get $length)))

  ;; Records a count of up to twelve digits. null counts as missing, and any other value is odd.
  ;; Returns the offset after the value, or -1.
  (func $note_count (param $slot i32) (param $at i32) (result i32)
    (local $p i32)
    (local $digit i32)
    (local $length i32)
    (local $count i64)
    (local.set $p (local.get $at))
    (block $counted
      (loop $next_digit
        (local.set $digit (i32.sub (i32.load8_u (local.get $p)) (i32.const 0x30)))
        (br_if $counted (i32.gt_u (local.get $digit) (i32.const 9)))
        (local.set $count (i64.add (i64.mul (local.get $count) (i64.const 10)) (i64.extend_i32_u (local.get $digit))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $next_digit)))
    (local.set $length (i32.sub (local.get $p) (local.get $at)))
    (block $other
      (br_if $other (i32.eqz (local.get $length)))
      (br_if $other (i32.gt_u (local.get $length) (i32.const 12)))
      ;; A leading zero, a fraction, or an exponent.
      (br_if $other
        (i32.and (i32.gt_u (local.get $length) (i32.const 1)) (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x30))))
      (br_if $other (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x2e)))
      (br_if $other (i32.eq (i32.or (i32.load8_u (local.get $p)) (i32.const 0x20)) (i32.const 0x65)))
      (i32.store8 offset=4096 (local.get $slot) (i32.const 2))
      (f64.store offset=4672 (i32.shl (local.get $slot) (i32.const 3)) (f64.convert_i64_u (local.get $count)))
      (return (local.get $p)))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x6e)) (then (i32.store (i32.const 8) (i32.const 1))))
    (i32.store8 offset=4096 (local.get $slot) (i32.const 1))
    (call $skip (local.get $at)))

  ;; Skips one value of any kind. Returns the offset after it, or -1.
  (func $skip (param $at i32) (result i32)
    (local $p i32)
    (local $depth i32)
    (local $byte i32)
    (local.set $p (local.get $at))
    (loop $value
      (block $ended
        (local.set $byte (i32.load8_u (local.get $p)))
        (if (i32.eq (local.get $byte) (i32.const 0x22))
          (then
            (local.set $p (call $closing_quote (local.get $p)))
            (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1))))
            (local.set $p (i32.add (local.get $p) (i32.const 1)))
            (br $ended)))
        ;; { and [ differ from each other in one bit.
        (if (i32.eq (i32.or (local.get $byte) (i32.const 0x20)) (i32.const 0x7b))
          (then
            (local.set $p (call $to_token (i32.add (local.get $p) (i32.const 1))))
            ;; For both kinds of brackets, the closing one is the opening one + 2.
            (if (i32.eq (i32.load8_u (local.get $p)) (i32.add (local.get $byte) (i32.const 2)))
              (then
                (local.set $p (i32.add (local.get $p) (i32.const 1)))
                (br $ended)))
            (if (i32.eq (local.get $depth) (i32.const 1024)) (then (return (i32.const -1))))
            (i32.store8 offset=24576 (local.get $depth) (local.get $byte))
            (local.set $depth (i32.add (local.get $depth) (i32.const 1)))
            (if (i32.eq (local.get $byte) (i32.const 0x7b))
              (then
                (local.set $p (call $skip_name (local.get $p)))
                (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1))))))
            (br $value)))
        (local.set $p (call $skip_scalar (local.get $p)))
        (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1)))))

      ;; After the end of a value, close the brackets that end with it.
      (loop $close
        (if (i32.eqz (local.get $depth)) (then (return (local.get $p))))
        (local.set $p (call $to_token (local.get $p)))
        (local.set $byte (i32.load8_u offset=24575 (local.get $depth)))
        (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x2c))
          (then
            (local.set $p (call $to_token (i32.add (local.get $p) (i32.const 1))))
            (if (i32.eq (local.get $byte) (i32.const 0x7b))
              (then
                (local.set $p (call $skip_name (local.get $p)))
                (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1))))))
            (br $value)))
        (if (i32.ne (i32.load8_u (local.get $p)) (i32.add (local.get $byte) (i32.const 2))) (then (return (i32.const -1))))
        (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $close)))
    (unreachable))

  ;; Skips `"name" :` and the spaces after it. Returns the offset after them, or -1.
  (func $skip_name (param $at i32) (result i32)
    (local $p i32)
    (local.set $p (call $closing_quote (local.get $at)))
    (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1))))
    (local.set $p (call $to_token (i32.add (local.get $p) (i32.const 1))))
    (if (i32.ne (i32.load8_u (local.get $p)) (i32.const 0x3a)) (then (return (i32.const -1))))
    (call $to_token (i32.add (local.get $p) (i32.const 1))))

  ;; Skips a number, true, false or null. Returns the offset after it, or -1.
  (func $skip_scalar (param $at i32) (result i32)
    (local $p i32)
    (if (i32.eq (i32.load (local.get $at)) (i32.const 0x65757274)) (then (return (i32.add (local.get $at) (i32.const 4)))))
    (if (i32.eq (i32.load (local.get $at)) (i32.const 0x6c6c756e)) (then (return (i32.add (local.get $at) (i32.const 4)))))
    (if (i32.eq (i32.load (local.get $at)) (i32.const 0x736c6166))
      (then
        (if (i32.eq (i32.load8_u offset=4 (local.get $at)) (i32.const 0x65)) (then (return (i32.add (local.get $at) (i32.const 5)))))))
    (local.set $p (i32.add (local.get $at) (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2d))))
    (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x30))
      (then (local.set $p (i32.add (local.get $p) (i32.const 1))))
      (else
        (local.set $p (call $skip_digits (local.get $p)))
        (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1))))))
    (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x2e))
      (then
        (local.set $p (call $skip_digits (i32.add (local.get $p) (i32.const 1))))
        (if (i32.eq (local.get $p) (i32.const -1)) (then (return (i32.const -1))))))
    (if (i32.ne (i32.or (i32.load8_u (local.get $p)) (i32.const 0x20)) (i32.const 0x65)) (then (return (local.get $p))))
    (local.set $p (i32.add (local.get $p) (i32.const 1)))
    (if (i32.or (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x2b)) (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x2d)))
      (then (local.set $p (i32.add (local.get $p) (i32.const 1)))))
    (call $skip_digits (local.get $p)))

  ;; Skips one or more digits. Returns the offset after them, or -1 when there is none.
  (func $skip_digits (param $at i32) (result i32)
    (local $p i32)
    (local.set $p (local.get $at))
    (loop $next_digit
      (if (i32.le_u (i32.sub (i32.load8_u (local.get $p)) (i32.const 0x30)) (i32.const 9))
        (then
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br $next_digit))))
    (select (i32.const -1) (local.get $p) (i32.eq (local.get $p) (local.get $at))))

  ;; Returns the offset of the quote that closes the string whose opening quote is at $at, or -1 when there is no such string.
  (func $closing_quote (param $at i32) (result i32)
    (local $closing i32)
    (if (i32.ne (i32.load (global.get $next)) (local.get $at)) (then (return (i32.const -1))))
    (local.set $closing (i32.add (global.get $next) (i32.const 4)))
    (if (i32.ge_u (local.get $closing) (global.get $last)) (then (return (i32.const -1))))
    (global.set $next (i32.add (local.get $closing) (i32.const 4)))
    (i32.load (local.get $closing)))

  ;; Returns the offset of the first byte from $at that is not a space. Other whitespace makes a line odd.
  (func $to_token (param $at i32) (result i32)
    (loop $space
      (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x20))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $space))))
    (local.get $at))

  ;; Returns 1 when $length bytes at two addresses are equal, else 0.
  (func $is_same (param $a i32) (param $b i32) (param $length i32) (result i32)
    (local $differ i32)
    (loop $next_block
      (local.set $differ
        (i32.xor
          (i8x16.bitmask (i8x16.eq (v128.load (local.get $a)) (v128.load (local.get $b))))
          (i32.const 0xffff)))
      ;; Bytes beyond the end do not count.
      (if (i32.le_s (local.get $length) (i32.const 16))
        (then
          (return
            (i32.eqz
              (i32.and
                (local.get $differ)
                (i32.sub (i32.shl (i32.const 1) (local.get $length)) (i32.const 1)))))))
      (if (local.get $differ) (then (return (i32.const 0))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (local.set $length (i32.sub (local.get $length) (i32.const 16)))
      (br $next_block))
    (unreachable)))
