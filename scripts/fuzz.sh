#!/bin/sh
# fuzz.sh BUILD SECONDS: runs each fuzz target that long, starting from the
# cases in tests/data. What breaks one is kept in BUILD/fuzz-found. Those named
# in FUZZ_REPLAY only run the cases there are.
set -eu

build=$1
seconds=$2
found=$build/fuzz-found
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$found"

export ASAN_OPTIONS="suppressions=$PWD/tests/fuzz/asan.supp"

passed=0
failed=0
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	unit=${name#fuzz_}
	mkdir -p "$corpus/$unit"
	find "tests/data/$unit" -type f 2>/dev/null | while read -r file; do
		cp "$file" "$corpus/$unit/$(echo "$file" | tr / _)"
	done
	limit=-max_total_time=$seconds
	case " ${FUZZ_REPLAY:-} " in
	*" $unit "*) limit=-runs=0 ;;
	esac
	if "$build/tests/fuzz/$name" "$limit" -timeout=5 \
		-rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix="$found/$unit-" "$corpus/$unit" \
		>"$corpus/log" 2>&1; then
		passed=$((passed + 1))
		sed -n "s/^stat::number_of_executed_units: */ok    $name: runs: /p" \
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
