#!/bin/sh
# deps.sh GROUP...: installs what the groups need and Debian 12 has not got
# yet. Silent and quick when nothing is missing.
set -eu

packages()
{
	case $1 in
	build) echo gcc libc6-dev make pkg-config libsofia-sip-ua-dev \
		libcurl4-openssl-dev libc-ares-dev libjansson-dev libsqlite3-dev \
		libmicrohttpd-dev libconfuse-dev libssl-dev libsystemd-dev \
		libjemalloc-dev ;;
	demo) echo sip-tester sqlite3 curl ;;
	check) echo check libsubunit-dev sqlite3 curl ;;
	# libclang-rt has the sanitizers' and the fuzzer's run time, llvm the
	# program that gives their reports function names.
	fuzz) echo clang llvm libclang-rt-14-dev ;;
	interop) echo sip-tester sqlite3 kamailio ;;
	week) echo python3 ;;
	bench) echo sip-tester sqlite3 kamailio kamailio-sqlite-modules ;;
	*)
		echo "deps.sh: no group '$1' (build demo check fuzz interop week bench)" >&2
		return 2
		;;
	esac
}

installed()
{
	dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' "$@" \
		2>/dev/null | sed -n 's/^installed \([^:]*\).*/\1/p'
}

wanted=
for group; do
	wanted="$wanted $(packages "$group")"
done

if ! command -v dpkg-query >/dev/null; then
	echo "deps.sh: not a Debian system; make sure you have what these" \
		"packages hold:$wanted" >&2
	exit 0
fi

# shellcheck disable=SC2086 # a list of words
have=$(installed $wanted)
missing=
for package in $wanted; do
	case " $missing " in *" $package "*) continue ;; esac
	printf '%s\n' "$have" | grep -qxF "$package" || missing="$missing $package"
done
[ "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root='env'
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	as_root='sudo -n env'
elif command -v sudo >/dev/null && [ -t 0 ] && [ -t 2 ]; then
	as_root='sudo env'
else
	echo "callsieve needs these Debian packages, and installing them needs" \
		"root. Please run as root:" >&2
	echo "  apt-get install --no-install-recommends$missing" >&2
	exit 1
fi

# Nobody asked for Debian's kamailio service: tests start their own.
# While this file says so, maintainer scripts start no service.
policy=/usr/sbin/policy-rc.d
case " $missing " in
*" kamailio "*)
	if ! [ -e "$policy" ]; then
		trap '$as_root rm -f "$policy"' EXIT
		trap 'exit 130' INT TERM
		printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
		$as_root chmod 755 "$policy"
	fi
	;;
esac

install()
{
	# shellcheck disable=SC2086
	$as_root DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		-o Dpkg::Use-Pty=0 install --no-install-recommends \
		$missing </dev/null
}

# The lists of a fresh machine are empty, those of an old one stale.
echo "installing:$missing"
install >/dev/null 2>&1 && exit 0
$as_root DEBIAN_FRONTEND=noninteractive apt-get -qq update </dev/null
install >/dev/null
