#!/bin/sh
# bench.sh BUILD [CASE...]: what calls cost, callsieve beside Kamailio. The
# cases are bridge, reject, memory, rate, overload, silent and index; all of
# them when none is named. Prints tables and never judges.
#
# The system under test runs on processor 0, SIPp on processor 1, all
# traffic on loopback. CPU is the kernel's account of all threads and
# processes of a system, less what it uses when idle; everything is in it,
# callsieve's call records too, and what transactions still do until the last
# of their timers half a minute after the call.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.."

ROUNDS=${ROUNDS:-3}
BRIDGE_RATE=${BRIDGE_RATE:-300} BRIDGE_CALLS=${BRIDGE_CALLS:-3600}
REJECT_RATE=${REJECT_RATE:-1000} REJECT_CALLS=${REJECT_CALLS:-8000}
HELD_RATE=${HELD_RATE:-400} HELD_CALLS=${HELD_CALLS:-5000}
STEP_SECONDS=${STEP_SECONDS:-5}
OVERLOAD_SECONDS=${OVERLOAD_SECONDS:-20}
SILENT_RATE=${SILENT_RATE:-1000} SILENT_SECONDS=${SILENT_SECONDS:-20}
SILENT_INTERVAL=${SILENT_INTERVAL:-30} # options_interval_s of the gateway
LINGER=${LINGER:-36} # until the last timer of a SIP transaction has run
SYSTEMS=${SYSTEMS:-callsieve kamailio kamailio-topoh}

CLEAN=+12125550100
BLOCKED=+12026660100

[ "$(nproc)" -ge 2 ] || die "needs two processors: SIPp has one for itself"
here=$PWD/tests/bench
build=$(cd "${1:?BUILD}" && pwd)
shift
cases=${*:-all}
[ "$cases" != all ] || cases='bridge reject memory rate overload silent index'

# All but the systems under test.
taskset -cp 1 $$ >/dev/null

dir=$(mktemp -d)
pids=
finish()
{
	trap - EXIT INT TERM
	# shellcheck disable=SC2046,SC2086 # lists of words
	end $pids $(cat "$dir/sipps" 2>/dev/null)
	rm -rf "$dir"
	exit "$1"
}
trap 'finish $?' EXIT
trap 'finish 130' INT
trap 'finish 143' TERM

ports=$(free_ports 12)
port() # ROLE: one for each system and each side
{
	line=$(echo callsieve kamailio kamailio-topoh callee caller second third \
		held-callsieve held-kamailio held-kamailio-topoh fading |
		tr ' ' '\n' | grep -nx -- "$1" | cut -d: -f1)
	echo "$ports" | sed -n "${line}p"
}

# ---- the systems under test

fill_in() # FILE SYSTEM
{
	sed -e "s:@PORT@:$(port "$2"):" -e "s:@GATEWAY@:$(port callee):" \
		-e "s:@FADING@:$(port fading):" -e "s:@INTERVAL@:$SILENT_INTERVAL:" \
		-e "s:@DATABASE@:$dir/$2.db:" \
		-e "s:@MODULES@:/usr/lib/$(gcc -print-multiarch)/kamailio/modules/:" "$1"
}

# The same thousand numbers for each.
blocked_rows() # INSERT-CLAUSE
{
	echo "WITH RECURSIVE n(i) AS
		(SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
		$1 FROM (SELECT printf('+1202666%04d', i) AS number FROM n);"
}

start_callsieve()
{
	fill_in "$here/${CONF:-callsieve}.conf" "$1" >"$dir/$1.conf"
	taskset -c 0 "$build/callsieved" -c "$dir/$1.conf" >"$dir/$1.log" 2>&1 &
	echo $! >"$dir/$1.pid"
	within 10 udp_port_taken "$(port "$1")" || return 1
	blocked_rows "INSERT INTO blocklist(number) SELECT number" |
		sqlite3 -cmd '.timeout 5000' "$dir/$1.db"
}

start_kamailio()
{
	sqlite3 "$dir/$1.db" <"$here/kamailio.sql"
	blocked_rows "INSERT INTO blocklist(key_name, key_value) SELECT number, '1'" |
		sqlite3 "$dir/$1.db"
	{
		echo '#!KAMAILIO'
		[ "$1" = kamailio ] || echo '#!define WITH_TOPOH'
		fill_in "$here/kamailio.cfg" "$1"
	} >"$dir/$1.cfg"
	# The allocator that is the default (qm) looks for errors of
	# Kamailio's programmers and costs it half its speed and more.
	taskset -c 0 kamailio -DD -E -m 512 -x fm -X fm -f "$dir/$1.cfg" -Y "$dir" \
		-P "$dir/$1.main" >"$dir/$1.log" 2>&1 &
	echo $! >"$dir/$1.pid"
	within 10 udp_port_taken "$(port "$1")"
}

pid_of() { cat "$dir/$1.pid"; }

start() # SYSTEM
{
	rm -f "$dir/$1".*
	case $1 in
	callsieve) start_callsieve "$1" ;;
	*) start_kamailio "$1" ;;
	esac || die "$1 did not start: $(tail -n 5 "$dir/$1.log")"
	pids="$pids $(pid_of "$1")"
	within 10 place rejected "$1" $BLOCKED 1 1 0 try ||
		die "$1 does not reject the blocked caller"
	within 10 place caller "$1" $CLEAN 1 1 0 try ||
		die "$1 does not bridge the clean caller: $(cat "$dir/try.err")"
}

stop() # SYSTEM
{
	end "$(pid_of "$1")"
}

# ---- what they use

processes() # SYSTEM
{
	pid_of "$1"
	tr ' ' '\n' <"/proc/$(pid_of "$1")/task/$(pid_of "$1")/children"
}

cpu_us() # SYSTEM
{
	processes "$1" | sed '/./!d; s:.*:/proc/&/task:' |
		while read -r tasks; do cat "$tasks"/*/schedstat; done |
		awk '{ ns += $1 } END { printf "%d\n", ns / 1000 }'
}

memory_kb() # SYSTEM: proportional set size, so nothing shared counts twice
{
	processes "$1" | sed '/./!d; s:.*:/proc/&/smaps_rollup:' | xargs cat |
		awk '$1 == "Pss:" { kb += $2 } END { print kb }'
}

now_ms() { date +%s%3N; }

# ---- SIPp

start_callee() # ROLE
{
	sipp -sf "$here/callee.xml" -i 127.0.0.1 \
		-p "$(port "$1")" -nostdin -buff_size 4194304 \
		-l 100000 >"$dir/$1.out" 2>&1 &
	callee=$!
	pids="$pids $callee"
	within 5 udp_port_taken "$(port "$1")" || die "the $1 did not start"
}

# place SCENARIO SYSTEM CALLER RATE CALLS HOLD-MS NAME [FROM-PORT-ROLE]:
# counts go to NAME.csv. Calls that hang may take SLACK seconds longer. (SIPp's
# own -timeout waits for them.)
SLACK=20
place()
{
	rm -f "$dir/$7".*
	sipp -sf "$here/$1.xml" -i "${FROM:-127.0.0.1}" \
		-p "$(port "${8:-caller}")" "127.0.0.1:$(port "$2")" \
		-key caller "$3" -r "$4" -m "$5" -d "$6" -l 1000000 \
		-nostdin \
		-buff_size 4194304 -trace_stat -fd 1 -stf "$dir/$7.csv" \
		-trace_err -error_file "$dir/$7.err" >"$dir/$7.out" 2>&1 &
	echo $! >>"$dir/sipps"
	ended_within $(($5 / $4 + $6 / 1000 + SLACK)) $! || kill -9 $!
	wait $! 2>/dev/null
}

ended_within() { within "$1" ended "$2"; }

count() # NAME FIELD [LAST-SECONDS]: in all, or in the last seconds
{
	awk -F';' -v field="$2" -v last="${3:-0}" '
	NR == 1 {
		for (i = 1; i <= NF; i++)
			if ($i == field "(C)" || $i == field)
				at = i
		next
	}
	{ n[NR] = $at }
	END { print n[NR] - (last && NR > last + 1 ? n[NR - last] : 0) }' \
		"$dir/$1.csv"
}

# ---- the cases

# Rounds A B C A B C ... of equal load. A round's CPU runs to the next round
# of the same system, so that late timers are in it.
alternate() # NAME SCENARIO CALLER RATE CALLS HOLD-MS
{
	for system in $SYSTEMS; do
		start "$system"
	done
	sleep 3
	for system in $SYSTEMS; do
		echo "idle $system $(cpu_us "$system") $(now_ms) 0 0"
	done >"$dir/$1.marks"
	sleep 5
	for _ in $(seq "$ROUNDS"); do
		for system in $SYSTEMS; do
			before="$system $(cpu_us "$system") $(now_ms)"
			place "$2" "$system" "$3" "$4" "$5" "$6" load || :
			echo "round $before $(count load SuccessfulCall) $(count load FailedCall)"
		done
	done >>"$dir/$1.marks"
	sleep "$LINGER"
	for system in $SYSTEMS; do
		echo "end $system $(cpu_us "$system") $(now_ms) 0 0"
		stop "$system"
	done >>"$dir/$1.marks"
	per_call "$dir/$1.marks"
}

# From the marks of alternate(): idle is the slope before the first round.
per_call()
{
	awk '
	function median(list, n,   i, j, t) {
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
				t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
			}
		return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
	}
	!($2 in last) { order[++systems] = $2 }
	$1 != "idle" {
		s = $2
		us = $3 - last_us[s]
		ms = $4 - last_ms[s]
		if (last[s] == "idle")
			idle[s] = us / ms
		else if (calls[s] > 0)
			cost[s, ++n[s]] = (us - idle[s] * ms) / calls[s]
	}
	{
		last[$2] = $1; last_us[$2] = $3; last_ms[$2] = $4
		calls[$2] = $5; failed[$2] += $6
	}
	END {
		printf "%-18s %10s %10s   %s\n", "", "us a call", "relative", "rounds (failed calls)"
		for (k = 1; k <= systems; k++) {
			s = order[k]
			rounds = ""
			for (i = 1; i <= n[s]; i++) {
				list[i] = cost[s, i]
				rounds = rounds sprintf(" %d", cost[s, i])
			}
			result[s] = median(list, n[s])
			text[s] = rounds
		}
		for (k = 1; k <= systems; k++) {
			s = order[k]
			base = result["kamailio"]
			printf "%-18s %10d %10s  %s (%d)\n", s, result[s],
				base && result[s] ? sprintf("%.2f", base / result[s]) : "-",
				text[s], failed[s]
		}
	}' "$1"
}

case_bridge()
{
	title "CPU of a bridged call: $BRIDGE_CALLS calls at $BRIDGE_RATE a second, $ROUNDS rounds"
	alternate bridge caller $CLEAN "$BRIDGE_RATE" "$BRIDGE_CALLS" 500
}

case_reject()
{
	title "CPU of a block-listed call: $REJECT_CALLS calls at $REJECT_RATE a second, $ROUNDS rounds"
	LINGER=3 alternate reject rejected $BLOCKED "$REJECT_RATE" "$REJECT_CALLS" 0
}

hold() # SYSTEM: places calls that stay until both measurements are done
{
	ramp=$((HELD_CALLS / HELD_RATE))
	before=$(memory_kb "$1")
	place caller "$1" $CLEAN "$HELD_RATE" "$HELD_CALLS" \
		$(((ramp + 45) * 1000)) "held-$1" "held-$1" &
	sipp=$!
	sleep $((ramp + 10))
	early=$(memory_kb "$1")
	sleep 30
	late=$(memory_kb "$1")
	wait "$sipp" || :
	awk -v name="$1" -v calls="$HELD_CALLS" -v b="$before" -v e="$early" \
		-v l="$late" -v failed="$(count "held-$1" FailedCall)" 'BEGIN {
		printf "%-18s %10.1f %10.1f   (%d)\n", name,
			(e - b) / calls, (l - b) / calls, failed }' >"$dir/$1.memory"
}

case_memory()
{
	title "Memory of a held call: $HELD_CALLS calls, kB each (PSS)"
	holds=
	for system in $SYSTEMS; do
		start "$system"
		sleep 2
		hold "$system" &
		holds="$holds $!"
		sleep $((HELD_CALLS / HELD_RATE + 2))
	done
	# shellcheck disable=SC2086 # a list of words
	wait $holds
	printf '%-18s %10s %10s   %s\n' '' 'after 10 s' 'after 40 s' '(failed calls)'
	for system in $SYSTEMS; do
		cat "$dir/$system.memory"
		stop "$system"
	done
}

# Whether SYSTEM carries RATE cleanly: no call failed, and of a thousand
# INVITEs, ACKs and BYEs of the caller at most one was sent again.
clean() # SYSTEM RATE
{
	before="$(cpu_us "$1") $(now_ms)"
	SLACK=2
	place caller "$1" $CLEAN "$2" $(($2 * STEP_SECONDS)) 200 step || :
	SLACK=20
	after="$(cpu_us "$1") $(now_ms)"
	busy=$(echo "$before $after" | awk '{ printf "%d", ($3 - $1) / ($4 - $2) / 10 }')
	failed=$(($2 * STEP_SECONDS - $(count step SuccessfulCall)))
	again=$(count step Retransmissions)
	[ "$failed" = 0 ] && [ $((again * 1000)) -le $(($2 * STEP_SECONDS * 3)) ]
}

# Doubles while clean, then halves the distance between the best clean rate
# and the lowest that twice was not, down to a twentieth. Sets clean_rate and clean_busy.
highest_clean_rate() # SYSTEM
{
	start "$1"
	low=0
	high=0
	rate=400
	for _ in $(seq 9); do
		if clean "$1" "$rate" || clean "$1" "$rate"; then
			low=$rate clean_busy=$busy
		else
			high=$rate
			stop "$1" # and with it what it still drags along
			start "$1"
		fi
		if [ "$high" = 0 ]; then
			rate=$((rate * 2))
		else
			[ $((high - low)) -gt $((high / 20)) ] || break
			rate=$(((low + high) / 2))
		fi
	done
	stop "$1"
	clean_rate=$low
}

case_rate()
{
	title "Highest clean rate on one core: steps of $STEP_SECONDS s"
	printf '%-18s %10s %10s\n' '' 'calls/s' 'CPU busy'
	for system in $SYSTEMS; do
		highest_clean_rate "$system"
		printf '%-18s %10d %9d%%\n' "$system" "$clean_rate" "${clean_busy:-0}"
		[ "$system" != callsieve ] || callsieve_rate=$clean_rate
	done
}

# One row for each window of OVERLOAD_SECONDS. `shed` got another answer than
# they hoped for, which is our 503; `lost` got none in time.
phase() # NAME RATE FROM-PORT-ROLE WINDOWS
{
	place caller callsieve $CLEAN "$2" $(($2 * OVERLOAD_SECONDS * $4)) 200 \
		"$1" "$3" &
	sipp=$!
	now="0 0 0 0 $(cpu_us callsieve)"
	for window in $(seq "$4"); do
		sleep "$OVERLOAD_SECONDS"
		was=$now
		now="$(count "$1" TotalCallCreated) $(count "$1" SuccessfulCall)"
		now="$now $(count "$1" FailedCall)"
		now="$now $(count "$1" FailedUnexpectedMessage) $(cpu_us callsieve)"
		echo "$1 $window $was $now"
	done | awk -v rate="$2" -v s="$OVERLOAD_SECONDS" '{
		calls = $8 - $3
		printf "%-34s %8d %8d %8d %8d %10d\n",
			$1 ", " rate " calls/s, " ($2 - 1) * s "-" $2 * s " s",
			calls, $9 - $4, $11 - $6, $10 - $5 - ($11 - $6),
			calls ? ($12 - $7) / calls : 0
	}'
	# No new calls; those it has may end.
	kill -USR1 "$(tail -n 1 "$dir/sipps")"
}

# Twice what it can carry, then at once half of it, while the caller still
# repeats what got no answer.
case_overload()
{
	callsieve_rate=${CLEAN_RATE:-${callsieve_rate:-}}
	if [ -z "$callsieve_rate" ]; then
		highest_clean_rate callsieve
		callsieve_rate=$clean_rate
	fi
	title "Overload of callsieve: clean up to $callsieve_rate calls/s"
	start callsieve
	printf '%-34s %8s %8s %8s %8s %10s\n' '' calls ended shed lost 'us a call'
	phase before $((callsieve_rate / 2)) caller 1
	sipps=$sipp
	phase overload $((callsieve_rate * 2)) second 1
	sipps="$sipps $sipp"
	phase after $((callsieve_rate / 2)) third 4
	# shellcheck disable=SC2046 # a list of words
	kill $(cat "$dir/sipps") 2>/dev/null || :
	# shellcheck disable=SC2086 # a list of words
	wait $sipps $sipp 2>/dev/null || :
	stop callsieve
}

# Of the calls answered, how long that took, on average.
answer_us() # NAME
{
	awk -F';' '
	NR == 1 {
		for (i = 1; i <= NF; i++)
			if ($i == "ResponseTime1(C)")
				at = i
		next
	}
	{ split($at, t, ":") }
	END { print ((t[1] * 60 + t[2]) * 60 + t[3]) * 1000000 + t[4] }' \
		"$dir/$1.csv"
}

# One round: SILENT_RATE calls a second by way of `fading`, which in a silent
# round is stopped while they run, and a tenth of that to `callee` alone. Adds
# a line of WAY and CPU per call, then of the calls to `callee` alone and of the
# others how many failed and how long an answer took.
silent_round() # WAY
{
	start_callee fading
	fading=$callee
	CONF=silent start callsieve
	before=$(cpu_us callsieve)
	FROM=127.0.0.2 place caller callsieve $CLEAN "$SILENT_RATE" \
		$((SILENT_RATE * SILENT_SECONDS)) 500 around second &
	around=$!
	{
		sleep 3
		[ "$1" = alive ] || kill -STOP "$fading"
	} &
	place caller callsieve $CLEAN $((SILENT_RATE / 10)) \
		$((SILENT_RATE * SILENT_SECONDS / 10)) 500 direct || :
	wait $around || :
	sleep "$LINGER"
	calls=$((SILENT_RATE * SILENT_SECONDS * 11 / 10))
	echo "$1 $((($(cpu_us callsieve) - before) / calls))" \
		"$(count direct FailedCall) $(answer_us direct)" \
		"$(count around FailedCall) $(answer_us around)" \
		>>"$dir/silent.rounds"
	stop callsieve
	kill -9 "$fading"
	wait "$fading" 2>/dev/null || :
}

case_silent()
{
	title "A gateway falls silent under $SILENT_RATE calls/s, $ROUNDS rounds of" \
		"$SILENT_SECONDS s with and without"
	for _ in $(seq "$ROUNDS"); do
		silent_round alive
		silent_round silent
	done
	awk '
	{ us[$1, ++n[$1]] = $2; direct[$1] += $3; delay[$1] += $4
	  around[$1] += $5; detour[$1] += $6
	  rounds[$1] = rounds[$1] " " $2 }
	function mean(way,   i, sum) {
		for (i = 1; i <= n[way]; i++)
			sum += us[way, i]
		return sum / n[way]
	}
	function row(way) {
		printf "%-18s %10d %10.2f %10d %10d %10d %10d   %s\n", way,
			mean(way), mean(way) / mean("alive"), direct[way],
			delay[way] / n[way], around[way],
			detour[way] / n[way], rounds[way]
	}
	END {
		printf "%-18s %10s %10s %10s %10s %10s %10s   %s\n", "",
			"us a call", "relative", "failed", "answer us",
			"others", "answer us", "rounds"
		row("alive"); row("silent")
	}' "$dir/silent.rounds"
}

case_index()
{
	title "The list index"
	for entries in 1000000 10000000; do
		taskset -c 0 "$build/tests/bench/index" "$entries"
	done
}

title() { printf '\n%s\n' "$*"; }

# Figures of a machine with other things to do are worth little.
echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), Linux" \
	"$(uname -r), $(kamailio -v | head -n 1 | cut -d' ' -f 2-3)," \
	"load before: $(cut -d' ' -f1 /proc/loadavg)"
start_callee callee
for name in $cases; do
	case $name in
	bridge | reject | memory | rate | overload | silent | index) "case_$name" ;;
	*) die "no case '$name'" ;;
	esac
done
