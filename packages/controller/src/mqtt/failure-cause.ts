import type { MqttCause } from '@perista/protocol/api';

/** Reason codes of a broker that does not let somebody in: MQTT 3.1.1 section 3.2.2.3, MQTT 5 section 3.2.2.2. */
const LOGIN: ReadonlySet<unknown> = new Set([4, 5, 134, 135, 140]);
/** Of Node: nobody listens there, or the way to it is broken. */
const UNREACHABLE = /^E(CONN|HOST|NET|PIPE|TIMEDOUT|AI_|NOTFOUND|NOENT|ADDRNOTAVAIL)/;
/** Of OpenSSL and Node, as `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT`, `ERR_TLS_CERT_ALTNAME_INVALID`. */
const CERTIFICATE = /CERT|^ERR_(TLS|SSL)|UNABLE_TO_(GET|VERIFY)/;

/** What is wrong with a broker or with how one came to it, by the code of an error of MQTT.js or of Node. */
export function causeOf({ code, message }: { readonly code?: unknown; readonly message: string }): MqttCause {
  if (LOGIN.has(code)) return 'login';
  const name = typeof code === 'string' ? code : '';
  if (CERTIFICATE.test(name)) return 'certificate';
  return UNREACHABLE.test(name) || message === 'connack timeout' ? 'unreachable' : 'other';
}
