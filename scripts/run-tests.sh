#!/bin/sh
# run-tests.sh PROGRAM...: runs test programs, JOBS (2) at once, one line
# each and the whole output of those that fail; at the end once more what
# failed, each in a line, and the sum as the last line.
# A program's tests are counted by check's line "N%: Checks: ..." or by one
# that ends in "N passed, N failed"; one that ran no tests has failed.
set -eu

JOBS=${JOBS:-2}
# Generous: a test that takes longer hangs, whatever else the machine does.
TEST_SECONDS=${TEST_SECONDS:-900}
CK_TIMEOUT_MULTIPLIER=${CK_TIMEOUT_MULTIPLIER:-5}
TSAN_OPTIONS=${TSAN_OPTIONS:-suppressions=$PWD/tests/tsan.supp:print_suppressions=0}

counts()
{
	sed -nE -e 's/^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+)$/\1 \2 \3/p' \
		-e 's/^(.*[^0-9])?([0-9]+) passed, ([0-9]+) failed$/\2+\3 \3 0/p' "$1" |
	awk '{ split($1, n, "+"); ran += n[1] + n[2]; bad += $2 + $3 }
		END { print ran + 0, bad + 0 }'
}

# Check's lines are "file:line:F:case:test:0: why", E when it crashed or took
# too long; ours begin with FAIL.
failures() # NAME OUTPUT WHY
{
	lines=$(grep -aE '^[^: ]+:[0-9]+:[FE]:|^FAIL' "$2" | cut -c 1-400) || :
	[ -z "$lines" ] || printf '%s\n' "$lines" | sed "s/^/$1: /"
	[ -z "$3" ] || echo "$1: $3"
}

# Real daemons, sockets and clocks, on a machine that others use too: a claim
# that failed is put once more, with nothing else of its program beside it, and
# is told of. Never so a crash, a time-out, a sanitizer's word, or more than two
# test cases.
again() # PROGRAM OUTPUT
{
	! grep -aqE ':E:|Sanitizer|runtime error:' "$2" || return 1
	cases=$(sed -nE 's/^[^: ]+:[0-9]+:F:([^:]+):.*/\1/p' "$2" | sort -u)
	[ "$cases" ] && [ "$(echo "$cases" | wc -l)" -le 2 ] || return 1
	for case in $cases; do
		CK_RUN_CASE=$case timeout -k 5 "$TEST_SECONDS" "$1" \
			>"$2.again" 2>&1 </dev/null || return 1
	done
}

run_one()
{
	out=$(mktemp "$RUN_TESTS/out.XXXXXX")
	rc=0
	timeout -k 5 "$TEST_SECONDS" "$1" >"$out" 2>&1 </dev/null || rc=$?
	counts "$out" >"$out.n"
	read -r ran bad <"$out.n"

	# A crash, a time-out or silence is one failure more.
	why=
	if [ "$rc" = 124 ]; then
		why="no end after $TEST_SECONDS s"
	elif [ "$rc" != 0 ] && [ "$bad" = 0 ]; then
		why="exit status $rc"
	elif [ "$ran" = 0 ]; then
		why="ran no tests"
	fi
	name=${1##*/}
	if [ "$bad" != 0 ] && [ -z "$why" ] && again "$1" "$out"; then
		failures "$name" "$out" "" | sed 's/^/passed when put again: /' \
			>>"$RUN_TESTS/again"
		bad=0
	fi
	[ -z "$why" ] || bad=$((bad + 1)) ran=$((ran + 1))
	echo $((ran - bad)) "$bad" >>"$RUN_TESTS/sum"

	if [ "$bad" = 0 ]; then
		echo "ok    $name: $ran"
	else
		{
			echo "FAIL  $name: $bad of $ran failed${why:+ ($why)}"
			sed 's/^/      /' "$out"
		} >"$out.text"
		cat "$out.text" # in one piece: others write too
		failures "$name" "$out" "$why" >"$out.failures"
		cat "$out.failures" >>"$RUN_TESTS/failures"
	fi
	rm -f "$out"*
}

if [ "${RUN_TESTS:-}" ]; then
	run_one "$1"
	exit 0
fi

RUN_TESTS=$(mktemp -d)
export RUN_TESTS TEST_SECONDS CK_TIMEOUT_MULTIPLIER TSAN_OPTIONS
trap 'rm -rf "$RUN_TESTS"' EXIT
trap 'exit 130' INT TERM
: >"$RUN_TESTS/sum"
printf '%s\n' "$@" | xargs -P "$JOBS" -n 1 "$0"
echo
cat "$RUN_TESTS/again" 2>/dev/null || :
if [ -s "$RUN_TESTS/failures" ]; then
	echo "what failed:"
	cat "$RUN_TESTS/failures"
	echo
fi
awk '{ passed += $1; failed += $2 }
	END { print passed + 0 " passed, " failed + 0 " failed"; exit failed + 0 > 0 || !passed }' \
	"$RUN_TESTS/sum"
