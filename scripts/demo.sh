#!/bin/sh
# demo.sh BUILD: real calls through a real callsieved on loopback, told as a
# story. Everything it starts and writes is its own and gone at the end.
# Exits non-zero if any call went otherwise than told.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.."
build=$(cd "${1:?BUILD}" && pwd)
scenarios=$PWD/tests/sipp

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
trap 'echo; finish 130' INT
trap 'finish 143' TERM
cd "$dir"

# shellcheck disable=SC2046 # a list of words
set -- $(free_ports 5)
sip=$1 callee=$2 caller=$3 api=$4 reputation=$5
url=http://127.0.0.1:$api
wrong=0

ALICE=+12125550100
CROOK=+12025550166
STRANGER=+13125550177

bold='' plain=''
if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; then
	bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi
say() { printf '%s\n' "$*"; }
title() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
line() { printf '   %-8s %s\n' "$1" "$2"; }
oops() { line WRONG "$1"; wrong=$((wrong + 1)); }

# ---- what runs

configure()
{
	cat >callsieve.conf <<-CONF
	listen outside {
	        address = "127.0.0.1"
	        port = $sip
	}
	trunk carrier {
	        sources = {"127.0.0.1"}
	        identity = "pai"
	        country = "1"
	        route = "inside"
	}
	gateway pbx {
	        uri = "sip:127.0.0.1:$callee"
	        options_interval_s = 0
	}
	route inside {
	        gateways = {"pbx"}
	}
	reputation {
	        url = "http://127.0.0.1:$reputation/v1/number/{e164}"
	        score = "/score"
	        deadline_ms = 300
	        points = 120
	}
	api {
	        address = "127.0.0.1"
	        port = $api
	}
	database {
	        path = "$dir/callsieve.db"
	}
	CONF
}

start_callsieved()
{
	"$build/callsieved" -c callsieve.conf >callsieved.log 2>&1 &
	daemon=$!
	pids="$pids $daemon"
	within 10 curl -fsS "$url/healthz" ||
		die "callsieved did not start: $(cat callsieved.log)"
}

start_callee()
{
	sipp -sf "$scenarios/callee.xml" -i 127.0.0.1 -p "$callee" -nostdin \
		-trace_shortmsg -shortmessage_file callee.log \
		>callee.out 2>&1 &
	pids="$pids $!"
	within 10 udp_port_taken "$callee" ||
		die "the callee did not start: $(tail -n 5 callee.out)"
}

start_reputation()
{
	"$build/tests/fake/repserver" --port "$reputation" --default 3 \
		--score $CROOK=98 >reputation.log 2>&1 &
	reputation_pid=$!
	pids="$pids $!"
	within 10 grep -q listening reputation.log ||
		die "the reputation service did not start: $(cat reputation.log)"
}

metric() # NAME
{
	curl -fsS "$url/metrics" | awk -v name="$1" '$1 == name { print $2 }'
}

database() { sqlite3 -cmd '.timeout 5000' callsieve.db "$1"; }

# ---- one call

# What a leg sent (>) and got (<), from SIPp's short log.
story() # FILE FIRST-LINE
{
	tail -n "+$2" "$1" 2>/dev/null | awk -F'\t' '
	{
		said = $7
		if (!sub(/^SIP\/2.0 /, "", said))
			sub(/ .*/, "", said)
		printf "%s%s %s", (n++ ? "  " : ""), ($4 == "S" ? ">" : "<"), said
	}
	END { print n ? "" : "(heard nothing)" }'
}

lines_of() { if [ -e "$1" ]; then wc -l <"$1"; else echo 0; fi; }

recorded() { [ "$(database "SELECT count(*) FROM calls WHERE call_id = '$1'")" = 1 ]; }

# call CALLER EXPECTED: EXPECTED is `bridge` or `reject`. Leaves the call's
# record in $record for more questions.
call()
{
	number=$1 expected=$2
	calls=$((${calls:-0} + 1))
	record=demo-$calls@127.0.0.1
	from=$(($(lines_of callee.log) + 1))
	asked=$(($(lines_of reputation.log) + 1))
	rc=0
	sipp -sf "$scenarios/caller.xml" -i 127.0.0.1 -p "$caller" \
		"127.0.0.1:$sip" -key caller "$number" -key callee +12025550199 \
		-cid_str "$record" -m 1 -timeout 15 -timeout_error -nostdin \
		-trace_shortmsg -shortmessage_file "caller$calls.log" \
		>caller.out 2>&1 || rc=$?
	line caller "$(story "caller$calls.log" 1)"
	line callee "$(story callee.log "$from")"
	tail -n "+$asked" reputation.log |
		sed -nE -e 's/.*%2B([0-9]+) -> .*"score":([0-9]+).*/asked about +\1: score \2/p' \
			-e 's/.*%2B([0-9]+) -> silence/asked about +\1: silence/p' |
		while read -r answer; do
			line service "$answer"
		done

	within 5 recorded "$record" || oops "no record in the calls table"
	verdict=$(database "
		SELECT CASE action WHEN 'reject' THEN 'rejected' ELSE 'bridged' END
			|| ' with ' || score || ' of ' ||
			json_extract(explanation, '\$.thresholds.reject') || ' points, ' ||
			printf('decided in %.2f ms',
				json_extract(explanation, '\$.decide_us') / 1000.0)
		FROM calls WHERE call_id = '$record'")
	line verdict "$verdict"
	[ "$verdict" ] || oops "the record should tell the verdict"
	why | while read -r reason; do
		line because "$reason"
	done
	judge
}

why() # one line for each signal
{
	database "
		SELECT json_extract(value, '\$.name') ||
			CASE json_extract(value, '\$.outcome') WHEN 'fired'
			THEN ' +' || json_extract(value, '\$.points')
			ELSE ' unavailable' END || ': ' ||
			json_extract(value, '\$.detail')
		FROM calls, json_each(explanation, '\$.signals')
		WHERE call_id = '$record'"
}

judge()
{
	final=$(awk -F'\t' '$4 == "R" && $6 == "CSeq:1 INVITE" {
		last = $7 } END { print last }' "caller$calls.log")
	invites=$(tail -n "+$from" callee.log 2>/dev/null |
		grep -c "	INVITE ") || :
	action=$(database "SELECT action FROM calls WHERE call_id = '$record'")
	[ "$rc" = 0 ] || oops "the caller's SIPp ended with $rc"
	case $expected in
	bridge) want='SIP/2.0 200 OK' want_invites=1 want_action=allow ;;
	reject) want='SIP/2.0 607 Unwanted' want_invites=0 want_action=reject ;;
	esac
	[ "$final" = "$want" ] || oops "the caller should have got: $want"
	[ "$invites" = "$want_invites" ] ||
		oops "the callee saw $invites INVITEs instead of $want_invites"
	[ "$action" = "$want_action" ] || oops "the verdict should be $want_action"
}

because() # PATTERN: among the reasons of the last call
{
	why | grep -q "$1" || oops "a reason should have been: $1"
}

# ---- edits, and until they are live

# live METRIC VALUE SINCE: waits until callsieved shows it and says how long
# that took. More than a second would break the promise.
live()
{
	within 3 metric_is "$1" "$2" || oops "not live after 3 s"
	took=$(($(now_ms) - $3))
	line live "after $took ms, without any reload"
	[ "$took" -le 1000 ] || oops "an edit should be live within a second"
}

now_ms() { date +%s%3N; }

metric_is() { [ "$(metric "$1")" = "$2" ]; }

edit() # ROWS SQL: the statement makes so many rows more
{
	entries=$(($(metric callsieve_list_entries) + $1))
	line '$' "sqlite3 callsieve.db \"$2\""
	database "$2"
	live callsieve_list_entries $entries "$(now_ms)"
}

report() # SUBSCRIBER NUMBER
{
	token=$("$build/callsieve" -c callsieve.conf token new "$1")
	line '$' "curl -H 'Authorization: Bearer ($1)' -d '{\"number\": \"$2\"}' $url/v1/reports"
	code=$(curl -sS -o answer -w '%{http_code}' "$url/v1/reports" \
		-H "Authorization: Bearer $token" \
		-H 'Content-Type: application/json' \
		-d "{\"number\": \"$2\", \"category\": \"scam\"}")
	line '' "$code $(cat answer)"
	[ "$code" = 201 ] || oops "the report should have been accepted with 201"
}

# ---- the demonstration

configure
start_callee
start_reputation
start_callsieved

say "callsieve between a carrier and a switchboard, all on this machine:"
say
line '' "caller (SIPp) -> callsieved 127.0.0.1:$sip -> callee (SIPp) 127.0.0.1:$callee"
line '' "reputation service on port $reputation, HTTP API on port $api"
line '' "database callsieve.db, edited below by the real sqlite3"

say
say "For each call: what its phones sent (>) and got (<), what the reputation"
say "service was asked, and the verdict with its reasons."

title "1. Alice ($ALICE) calls. Nothing is known against her."
call $ALICE bridge

title "2. A number on the block list, pasted in as people write it, calls."
edit +1 "INSERT INTO blocklist(number, reason, source) VALUES ('(202) 555-0123', 'fake invoices', 'noc')"
call +12025550123 reject
because 'blocklist +100'

title "3. A number on no list calls, but the reputation service knows it."
call $CROOK reject
because reputation

title "4. A premium number calls; all of them are blocked, by prefix."
edit +1 "INSERT INTO blocklist(number, reason) VALUES ('+1900*', 'premium rate')"
call +19005550111 reject
because '+1900\*'

title "5. An admin blocks Alice while all this runs, and she calls again."
edit +1 "INSERT INTO blocklist(number, reason) VALUES ('$ALICE', 'complaint 4711')"
call $ALICE reject
because 'blocklist +100'

title "6. That was a mistake. The row is deleted, and Alice calls again."
edit -1 "DELETE FROM blocklist WHERE number = '$ALICE'"
call $ALICE bridge

title "7. Three subscribers report Alice (and one somebody else). She calls."
report ann $ALICE
report ben $ALICE
report cem $ALICE
report cem $CROOK
# The last one being live, so are those before it.
live callsieve_reported_numbers 2 "$(now_ms)"
call $ALICE reject
because 'reports +.*: reported by 3 subscribers'
line '$' "callsieve explain $record"
"$build/callsieve" -c callsieve.conf explain "$record" | sed 's/^/            /'

title "8. The reputation service hangs, and a number it was never asked of calls."
line '$' "kill -USR1 repserver"
kill -USR1 "$reputation_pid"
within 5 grep -q silent reputation.log || oops "the reputation service goes on"
call $STRANGER bridge
because 'reputation unavailable'

# The last record is in, so no call is left.
metric_is callsieve_calls 0 || oops "there are call objects left"
kill "$daemon"
wait "$daemon" || oops "callsieved ended with $?"

say
if [ "$wrong" = 0 ]; then
	say "All $calls calls went as told."
else
	say "$wrong things went otherwise. callsieved's log:"
	cat callsieved.log
	exit 1
fi
