#!/bin/sh
# Checks what no compiler sees: the sample configuration loads, the shell
# scripts parse, the man pages are there. The programs are in $BUILD.
set -eu
cd "$(dirname "$0")/.."
passed=0
failed=0

check() # WHAT COMMAND...: must succeed
{
	what=$1
	shift
	if output=$("$@" 2>&1); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'not so: %s\n%s\n' "$what" "$output"
	fi
}

check "etc/callsieve.conf loads" "$BUILD/callsieved" -t -c etc/callsieve.conf
for script in scripts/*.sh tests/*/*.sh .ci/run; do
	if [ -e "$script" ]; then
		check "$script parses" sh -n "$script"
	fi
done
for page in callsieved.8 callsieve.1; do
	check "$page exists" test -n "$(find etc include src scripts man \
		-name "$page" 2>/dev/null)"
done
# What the stack aborts in, or on whose account: see tests/fuzz/README.md.
for name in nta_outgoing_tagged nta_outgoing_prack sip_extend_mclass \
	sip_update_default_mclass; do
	check "callsieved does without $name()" sh -c \
		'! nm -D --undefined-only "$0" | grep -qw "$1"' \
		"$BUILD/callsieved" "$name"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
