;; Finds the lines that can hold a call, and in each the quotes that begin and end its strings, sixteen bytes at a time.
;; What the bytes mean is none of its business: that is decided in extract-call.ts, which without this file would spend
;; most of its time looking at the words between the quotes.
;;
;; `npm run build:line-finder -w @signalbox/ledger` makes line-finder.wasm of it; a test makes sure that it was run.
;;
;; Memory:
;;   0       i32   where the found line begins
;;   4       i32   how many quotes it has, or -1: it is odd, and has to be read the slow way
;;   256     256 bytes, 1 for a byte that can be behind a backslash; \u is left to the slow way
;;   1024    i32 each: where the quotes are, in order, those behind a backslash left out
;;   262144  the bytes to be searched; 128 more bytes behind them can be read
(module
  (memory (export "memory") 5)

  (data (i32.const 288)
    ;;      "                                                   /
    "\00\00\01\00\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00"
    ;;                                                                                                      \
    "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00"
    ;;          b               f                               n               r       t
    "\00\00\01\00\00\00\01\00\00\00\00\00\00\00\01\00\00\00\01\00\01\00\00\00\00\00\00\00\00\00\00\00")

  ;; Finds the next line with `"usage"` in it.
  ;; from: the first byte of a line. to: the byte behind the newline of the last.
  ;; Returns where the line's newline is, or 0 when there is no such line.
  (func (export "nextLine") (param $from i32) (param $to i32) (result i32)
    (local $p i32)
    (local $bits i32)
    (local $at i32)
    (local $byte i32)
    (local $out i32)
    (local $block v128)

    ;; 1. The marker: u and g at their distance first, then all of it.
    (local.set $p (local.get $from))
    (block $found
      (loop $search
        ;; Most of a transcript is neither: look at 64 bytes at once for as long as that is so.
        (loop $nothing
          (if (i32.ge_u (local.get $p) (local.get $to)) (then (return (i32.const 0))))
          (if (i32.eqz
                (v128.any_true
                  (v128.or
                    (v128.or
                      (v128.and
                        (i8x16.eq (v128.load offset=1 (local.get $p)) (i8x16.splat (i32.const 0x75)))
                        (i8x16.eq (v128.load offset=4 (local.get $p)) (i8x16.splat (i32.const 0x67))))
                      (v128.and
                        (i8x16.eq (v128.load offset=17 (local.get $p)) (i8x16.splat (i32.const 0x75)))
                        (i8x16.eq (v128.load offset=20 (local.get $p)) (i8x16.splat (i32.const 0x67)))))
                    (v128.or
                      (v128.and
                        (i8x16.eq (v128.load offset=33 (local.get $p)) (i8x16.splat (i32.const 0x75)))
                        (i8x16.eq (v128.load offset=36 (local.get $p)) (i8x16.splat (i32.const 0x67))))
                      (v128.and
                        (i8x16.eq (v128.load offset=49 (local.get $p)) (i8x16.splat (i32.const 0x75)))
                        (i8x16.eq (v128.load offset=52 (local.get $p)) (i8x16.splat (i32.const 0x67))))))))
            (then
              (local.set $p (i32.add (local.get $p) (i32.const 64)))
              (br $nothing))))
        (local.set $bits
          (i8x16.bitmask
            (v128.and
              (i8x16.eq (v128.load offset=1 (local.get $p)) (i8x16.splat (i32.const 0x75)))
              (i8x16.eq (v128.load offset=4 (local.get $p)) (i8x16.splat (i32.const 0x67))))))
        (block $no_candidate
          (loop $candidate
            (br_if $no_candidate (i32.eqz (local.get $bits)))
            (local.set $at (i32.add (local.get $p) (i32.ctz (local.get $bits))))
            (br_if $found
              (i64.eq
                (i64.and (i64.load (local.get $at)) (i64.const 0x00ffffffffffffff))
                (i64.const 0x0022656761737522)))
            (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
            (br $candidate)))
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (br $search)))
    ;; What lies behind the whole lines is not asked for.
    (if (i32.ge_u (local.get $at) (local.get $to)) (then (return (i32.const 0))))

    ;; 2. The line's first byte: backwards to a newline.
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

    ;; 3. Its quotes.
    (local.set $out (i32.const 1024))
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
          ;; A control character: the line's end, or one that has no business here.
          (br_if $odd (i32.ne (local.get $byte) (i32.const 0x0a)))
          (i32.store (i32.const 4) (i32.shr_u (i32.sub (local.get $out) (i32.const 1024)) (i32.const 2)))
          (return (local.get $at)))))

    ;; 4. An odd line has only an end.
    (i32.store (i32.const 4) (i32.const -1))
    (loop $newline
      (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x0a)) (then (return (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $newline))
    (unreachable)))
