#!/bin/sh
# fuzz.sh BUILD SECONDS: runs each fuzz target that long, starting from the
# cases in tests/data and from what was found worth keeping in
# tests/fuzz/corpus. What breaks one is kept in BUILD/fuzz-found. Those named
# in FUZZ_REPLAY only run the cases there are; FUZZ_ONLY names one target.
set -eu

build=$1
seconds=$2
found=$build/fuzz-found
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$found"

gather() # UNIT
{
	find "tests/data/$1" "tests/fuzz/corpus/$1" -type f 2>/dev/null |
		while read -r file; do
			cp "$file" "$corpus/$1/$(echo "$file" | tr / _)"
		done
	[ "$1" = sip ] || return 0
	# Each as a script of one datagram, and of one stream.
	find tests/data/torture -name '*.sip' | while read -r file; do
		name=$corpus/$1/$(basename "$file")
		{ echo %a; cat "$file"; } >"$name-datagram"
		{ echo %s; cat "$file"; } >"$name-stream"
	done
}

passed=0
failed=0
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	unit=${name#fuzz_}
	[ "${FUZZ_ONLY:-$unit}" = "$unit" ] || continue
	mkdir -p "$corpus/$unit"
	gather "$unit"
	# Whole calls take longer to explore than a parser.
	limit=-max_total_time=$seconds
	[ "$unit" != sip ] || limit=-max_total_time=$((seconds * 3))
	case " ${FUZZ_REPLAY:-} " in
	*" $unit "*) limit=-runs=0 ;;
	esac
	dict=
	[ ! -e "tests/fuzz/$unit.dict" ] || dict=-dict=tests/fuzz/$unit.dict
	# Weighing the inputs by what is rare in them costs more than it finds.
	if "$build/tests/fuzz/$name" "$limit" -timeout=25 -entropic=0 \
		-rss_limit_mb=1024 -print_final_stats=1 $dict \
		-artifact_prefix="$found/$unit-" "$corpus/$unit" \
		>"$corpus/log" 2>&1; then
		passed=$((passed + 1))
		sed -nE -e "s/^stat::number_of_executed_units: */ok    $name: runs: /p" \
			-e "s/^messages: /ok    $name: messages: /p" \
			"$corpus/log"
	else
		failed=$((failed + 1))
		echo "FAIL  $name"
		tail -n 60 "$corpus/log"
	fi
done
echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
