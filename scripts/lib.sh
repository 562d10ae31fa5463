# For demo.sh and bench.sh: what both need of ports and waiting.
# shellcheck shell=sh

die()
{
	echo "$(basename "$0"): $*" >&2
	exit 1
}

# free_ports N: that many ports no socket of this machine holds, none of
# them among those the kernel gives out by itself.
free_ports()
{
	# shellcheck disable=SC2046 # a list of files
	awk -v want="$1" -v seed="$$" '
	FNR > 1 { split($2, local, ":"); taken[local[2]] = 1 }
	END {
		port = 20000 + seed % 8000
		for (; want > 0; port++)
			if (!(sprintf("%04X", port) in taken)) {
				print port
				want--
			}
	}' $(ls /proc/net/udp /proc/net/udp6 /proc/net/tcp /proc/net/tcp6 \
		2>/dev/null)
}

# within SECONDS COMMAND...: whether COMMAND succeeded in that time; it is
# tried ten times a second. May be nested.
within()
{
	tries=$(($1 * 10))
	shift
	# Expanded once, so that COMMAND may use the name too.
	for _ in $(seq "$tries"); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}

udp_port_taken()
{
	grep -q ":$(printf '%04X' "$1") " /proc/net/udp /proc/net/udp6
}

# end PID...: asks them to end, and insists after five seconds. Only for
# children of this shell.
end()
{
	for pid; do
		kill "$pid" 2>/dev/null || continue
		within 5 ended "$pid" || kill -9 "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null || :
	done
}

# A child that ended but was not yet waited for is still there, as a zombie.
ended()
{
	case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in
	'' | Z*) return 0 ;;
	esac
	return 1
}
