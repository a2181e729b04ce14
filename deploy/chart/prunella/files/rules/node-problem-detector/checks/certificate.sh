#!/bin/sh
# A certificate ends within --seconds, or has ended.
. "${0%/*}/lib.sh"
file=/var/lib/kubelet/pki/kubelet-client-current.pem seconds=86400 timeout=5
options 'seconds timeout' 'file' "$@"
: "${OPENSSL:=openssl}"
needs timeout "$OPENSSL"

# the exit code is 1 both for a certificate that ends and for one that cannot be read
case $(bounded "$timeout" "$OPENSSL" x509 -noout -checkend "$seconds" -in "$HOST_ROOT$file" 2>/dev/null) in
  'Certificate will not expire') ok "the certificate lasts longer than $seconds s" ;;
  'Certificate will expire') bad "the certificate ends within $seconds s" ;;
  *) unknown "cannot read the certificate ${file##*/}" ;;
esac
