#!/bin/sh
# interop.sh BUILD: calls through Kamailio, callsieve and Kamailio again, made
# and taken by SIPp, over UDP and over TCP:
#
#   caller -> Kamailio -> callsieve -> Kamailio -> callee, second
#
# Nothing in it is ours but callsieve. Exits non-zero if any call went otherwise
# than its scenario says.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.."
build=$(cd "${1:?BUILD}" && pwd)
here=$PWD/tests/interop
calls=10

dir=$(mktemp -d)
pids=
finish()
{
	trap - EXIT INT TERM
	# shellcheck disable=SC2086 # a list of words
	end $pids
	rm -rf "$dir"
	exit "$1"
}
trap 'finish $?' EXIT
trap 'finish 130' INT
trap 'finish 143' TERM PIPE
cd "$dir"

# Each at the usual port of an address of its own.
net=127.$(($$ / 250 % 250 + 1)).$(($$ % 250 + 1))
callsieve=$net.1 before=$net.2 behind=$net.3 caller=$net.4 callee=$net.5
second=$net.6 asking=$net.7

fill_in() # FILE SELF
{
	sed -e "s/@CALLSIEVE@/$callsieve/g" -e "s/@BEFORE@/$before/g" \
		-e "s/@BEHIND@/$behind/g" -e "s/@SECOND@/$second/g" \
		-e "s/@CALLEE@/$callee/g" -e "s/@ASKING@/$asking/g" \
		-e "s/@SELF@/${2:-}/g" -e "s/@T@/$transport/g" \
		-e "s:@DATABASE@:$dir/callsieve.db:" \
		-e "s:@MODULES@:/usr/lib/$(gcc -print-multiarch)/kamailio/modules/:" \
		"$here/$1"
}

start_kamailio() # NAME ADDRESS DEFINE
{
	{
		echo '#!KAMAILIO'
		[ -z "$3" ] || echo "#!define $3"
		fill_in kamailio.cfg "$2"
	} >"$1.cfg"
	kamailio -DD -E -f "$dir/$1.cfg" -Y "$dir" -P "$dir/$1.main" \
		>"$1.log" 2>&1 &
	pids="$pids $!"
}

listening() # ADDRESS TRANSPORT...
{
	# As /proc has it: bytes turned around.
	hex=$(echo "$1" | awk -F. '{ printf "%02X%02X%02X%02X:13C4", $4, $3, $2, $1 }')
	shift
	for over; do
		state=0A
		[ "$over" = tcp ] || state=07
		grep -q " $hex [^ ]* $state " "/proc/net/$over" || return 1
	done
}

start()
{
	rm -f callsieve.db*
	fill_in callsieve.conf >callsieve.conf
	"$build/callsieved" -c callsieve.conf >callsieve.log 2>&1 &
	pids="$pids $!"
	start_kamailio before "$before" BEFORE
	start_kamailio behind "$behind" ''
	for address in $callsieve $before $behind; do
		within 10 listening "$address" udp tcp ||
			die "$address does not listen: $(cat ./*.log)"
	done
	sqlite3 -cmd '.timeout 5000' callsieve.db \
		"INSERT INTO blocklist(number) VALUES('+12026660101');
		INSERT INTO subscribers(id, name) VALUES(1, 'callee');
		INSERT INTO subscriber_numbers(number, subscriber)
			VALUES('+12025550140', 1);
		INSERT INTO subscriber_rules(subscriber, number, action)
			VALUES(1, '+12026660100', 'block');"
	sleep 1 # and it is live
}

stop()
{
	# shellcheck disable=SC2086 # a list of words
	end $pids
	pids=
}

passed=0
failed=0

sipp_at() # ADDRESS SCENARIO ARGUMENT...
{
	at=$1 scenario=$2
	shift 2
	mode=u1
	[ "$transport" = udp ] || mode=t1
	# Kamailio's processes answer a CANCEL and its INVITE in any order: what
	# comes unexpected ends no call, what does not come still fails it.
	sipp -sf "$here/$scenario.xml" -i "$at" -p 5060 -t $mode -m $calls \
		-default_behaviors all,-abortunexp \
		-nostdin -timeout 20s -timeout_error -key elsewhere "$second" \
		-trace_err -error_file "$dir/$scenario.err" "$@" \
		>"$scenario.out" 2>&1
}

start_phone() # ADDRESS SCENARIO
{
	sipp_at "$1" "$2" -s "$number" &
	sipps="$sipps $!"
	pids="$pids $!"
	within 10 listening "$1" "$transport" || die "$1 does not listen"
}

# what SAYS SCENARIO NUMBER [CALLEE [SECOND]]
what()
{
	says=$1 scenario=$2 number=$3 sipps=
	from=+12125550100
	[ "$scenario" != caller-refused ] || from=+12026660100
	[ "$scenario${4:-}" != caller-blocked ] || from=+12026660101
	[ -z "${4:-}" ] || start_phone "$callee" "$4"
	[ -z "${5:-}" ] || start_phone "$second" "$5"
	ok=yes
	sipp_at "$caller" "$scenario" -s "$number" -key caller $from -r 20 \
		"$before:5060" || ok=
	for sipp in $sipps; do
		wait "$sipp" || ok=
	done
	if [ "$ok" ]; then
		passed=$((passed + 1))
		echo "ok    $transport: $says"
	else
		failed=$((failed + 1))
		echo "FAIL  $transport: $says"
		cat ./*.err callsieve.log 2>/dev/null | head -n 60
	fi
	rm -f ./*.err
}

for transport in udp tcp; do
	start
	what "early media, re-INVITE and BYE by the caller" \
		caller-bye +12025550140 callee-answer
	what "re-INVITE and BYE by the callee" \
		caller-wait +12025550140 callee-hangup
	what "CANCEL while it rings" caller-cancel +12025550140 callee-ring
	what "a caller whom the callee blocks" caller-refused +12025550140
	what "a caller on the block list, which is 603+" \
		caller-blocked +12025550140
	what "603+ by who comes after callsieve" \
		caller-blocked +12025550140 callee-blocked
	what "two phones ring, one answers" \
		caller-wait +12025550142 callee-ring callee-hangup
	what "CANCEL while two phones ring" \
		caller-cancel +12025550142 callee-ring callee-ring
	what "a redirection, followed by callsieve" \
		caller-wait +12025550143 callee-redirect callee-hangup
	what "a redirection, followed by the proxy behind" \
		caller-bye +12025550144 callee-redirect callee-answer
	what "redirect mode, for the proxy before" \
		caller-wait +12025550145 callee-hangup
	stop
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
